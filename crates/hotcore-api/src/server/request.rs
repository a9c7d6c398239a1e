//! Reading what a client sends, with bounds on how much and how long.

use std::time::Duration;

use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::StatusCode;
use hyper::body::{Body, Bytes, Incoming};
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::answer::Answer;

/// The largest body.
pub(super) const BODY_LIMIT: usize = 64 << 10;
/// How long a body may take to arrive.
pub(super) const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// The whole body of a request.
pub(super) async fn read(body: Incoming) -> Result<Bytes, Answer> {
    if body.size_hint().lower() > BODY_LIMIT as u64 {
        return Err(too_large());
    }
    match timeout(BODY_PATIENCE, Limited::new(body, BODY_LIMIT).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(error)) => Err(Answer::bad_request(format!("the body cannot be read: {error}"))),
        Err(_) => Err(Answer::error(
            StatusCode::REQUEST_TIMEOUT,
            format!("the body did not arrive within {} s", BODY_PATIENCE.as_secs()),
        )),
    }
}

fn too_large() -> Answer {
    let text = format!("a body has at most {BODY_LIMIT} bytes");
    Answer::error(StatusCode::PAYLOAD_TOO_LARGE, text)
}

/// What a body says, which is an object: serde would take the values without their names as well.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Answer> {
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first.is_some_and(|&byte| byte != b'{') {
        return Err(Answer::bad_request("the body: an object is expected"));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        let at = if path == "." { String::new() } else { format!("{path}: ") };
        Answer::bad_request(format!("the body: {at}{}", error.into_inner()))
    })?;
    json.end().map_err(|error| Answer::bad_request(format!("the body: {error}")))?;
    Ok(value)
}

/// The parameters of a path, which are `known` and appear once each, in the order of `known`.
pub(super) fn query<'a, const N: usize>(
    query: Option<&'a str>,
    known: [&str; N],
) -> Result<[Option<&'a str>; N], Answer> {
    let mut values = [None; N];
    for item in query.unwrap_or_default().split('&').filter(|item| !item.is_empty()) {
        let (name, value) = item.split_once('=').unwrap_or((item, ""));
        let Some(place) = known.iter().position(|&it| it == name) else {
            let known = known.join(", ");
            let text = format!("there is no parameter `{name}`; the parameters are: {known}");
            return Err(Answer::bad_request(text));
        };
        if values[place].replace(value).is_some() {
            return Err(Answer::bad_request(format!("the parameter `{name}` is given twice")));
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::{OneCpu, Resize};

    fn words(answer: &Answer) -> String {
        format!("{answer:?}")
    }

    #[test]
    fn parameters_are_known_and_single() {
        let known = ["id", "wait_ms"];
        assert_eq!(query(None, known).unwrap(), [None, None]);
        assert_eq!(query(Some("wait_ms=5&id=7"), known).unwrap(), [Some("7"), Some("5")]);
        assert!(query(Some("id=1&id=2"), known).is_err());
        assert!(query(Some("is=1"), known).is_err());
    }

    proptest! {
        #[test]
        fn no_body_panics(body: Vec<u8>) {
            let _ = parse::<OneCpu>(&body).map_err(|answer| words(&answer));
            let _ = parse::<Resize>(&body).map_err(|answer| words(&answer));
        }

        #[test]
        fn no_json_panics(body in r#"\{("(cpu|wait|timeout_ms|x)":("|-|[0-9]{0,30}|true|null|\[)?,?){0,4}\}?"#) {
            let _ = parse::<OneCpu>(body.as_bytes()).map_err(|answer| words(&answer));
        }

        #[test]
        fn no_query_panics(text in "((id|wait_ms|seen|.)?=?.{0,5}&?){0,5}") {
            let _ = query(Some(&text), ["id", "wait_ms", "seen"]).map_err(|answer| words(&answer));
        }
    }
}
