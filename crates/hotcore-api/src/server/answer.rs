//! Answers: a status and JSON.

use std::fmt::Write;

use hotcore_vcpu::{RequestError, ResizeError};
use hotcore_vmm::CommandError;
use http_body_util::{Either, Full};
use hyper::body::Bytes;
use hyper::ext::ReasonPhrase;
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

use super::events::Stream;
use super::seats::Serving;
use crate::wire::{Operation, Outcome};

/// What a client is answered.
pub(super) struct Answer {
    status: StatusCode,
    content: Content,
    allow: Option<String>,
}

enum Content {
    Nothing,
    /// Of this type.
    Text(&'static str, Bytes),
    Stream(Stream),
}

const JSON: &str = "application/json";

impl Answer {
    /// Done; there is nothing to say.
    pub(super) fn done() -> Self {
        Self { status: StatusCode::NO_CONTENT, content: Content::Nothing, allow: None }
    }

    /// `value`, as JSON.
    pub(super) fn json(status: StatusCode, value: &impl Serialize) -> Self {
        match serde_json::to_string(value) {
            Ok(json) => {
                let content = Content::Text(JSON, in_ascii(&json).into());
                Self { status, content, allow: None }
            }
            // None of our types has maps or writers that could fail.
            Err(error) => {
                tracing::error!("an answer cannot be written as JSON: {error}");
                let status = StatusCode::INTERNAL_SERVER_ERROR;
                Self { status, content: Content::Nothing, allow: None }
            }
        }
    }

    /// Text of a type.
    pub(super) fn text(kind: &'static str, text: impl Into<Bytes>) -> Self {
        let content = Content::Text(kind, text.into());
        Self { status: StatusCode::OK, content, allow: None }
    }

    /// Events, one after the other.
    pub(super) fn stream(stream: Stream) -> Self {
        Self { status: StatusCode::OK, content: Content::Stream(stream), allow: None }
    }

    /// An error in words.
    pub(super) fn error(status: StatusCode, text: impl Into<String>) -> Self {
        Self::json(status, &[text.into()])
    }

    /// A wrong request.
    pub(super) fn bad_request(text: impl Into<String>) -> Self {
        Self::error(StatusCode::BAD_REQUEST, text)
    }

    /// The path exists, for other methods.
    pub(super) fn wrong_method(path: &str, allowed: String) -> Self {
        let text = format!("{path} takes {allowed} only");
        let answer = Self::error(StatusCode::METHOD_NOT_ALLOWED, text);
        Self { allow: Some(allowed), ..answer }
    }

    /// An operation that has ended, as its status says it.
    pub(super) fn ended(operation: &Operation) -> Self {
        let status = match operation.outcome {
            Some(Outcome::Refused | Outcome::Cancelled) => StatusCode::CONFLICT,
            Some(Outcome::TimedOut) => StatusCode::GATEWAY_TIMEOUT,
            Some(
                Outcome::Online
                | Outcome::Ejected
                | Outcome::AcceptedNotOnlined
                | Outcome::CompletedByReset,
            ) => StatusCode::OK,
            None => StatusCode::ACCEPTED,
        };
        Self::json(status, operation)
    }
}

impl From<CommandError> for Answer {
    fn from(error: CommandError) -> Self {
        let status = match error {
            CommandError::Request(error) => return error.into(),
            CommandError::Resize(error) => return error.into(),
            CommandError::NoMachine => StatusCode::NOT_FOUND,
            CommandError::WrongState { .. } => StatusCode::METHOD_NOT_ALLOWED,
            CommandError::Config(_) => StatusCode::BAD_REQUEST,
            CommandError::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::error(status, error.to_string())
    }
}

impl From<RequestError> for Answer {
    fn from(error: RequestError) -> Self {
        let status = match error {
            RequestError::NoSuchCpu { .. } | RequestError::BootCpu | RequestError::Fixed(_) => {
                StatusCode::BAD_REQUEST
            }
            RequestError::AlreadyEnabled(_)
            | RequestError::NotEnabled(_)
            | RequestError::InProgress(..)
            | RequestError::TooLate(_) => StatusCode::CONFLICT,
            RequestError::Ejecting(..) => StatusCode::TOO_MANY_REQUESTS,
            RequestError::NoSuchOperation(_) => StatusCode::NOT_FOUND,
        };
        Self::error(status, too_many_requests(status, &error.to_string()))
    }
}

impl From<ResizeError> for Answer {
    fn from(error: ResizeError) -> Self {
        let status = match error {
            ResizeError::OutOfRange { .. } | ResizeError::TooFewRemovable { .. } => {
                StatusCode::BAD_REQUEST
            }
            ResizeError::Ejecting { .. } => StatusCode::TOO_MANY_REQUESTS,
        };
        Self::error(status, too_many_requests(status, &error.to_string()))
    }
}

/// Kata asks again only where the text of an error has these three words.
fn too_many_requests(status: StatusCode, text: &str) -> String {
    const WORDS: &str = "Too Many Requests";
    if status == StatusCode::TOO_MANY_REQUESTS && !text.contains(WORDS) {
        return format!("{WORDS}: {text}");
    }
    text.to_owned()
}

/// The dialect's own client takes all that follows the version for the status: no words may follow it.
const NO_REASON: ReasonPhrase = ReasonPhrase::from_static(b"");

/// JSON whose strings have escapes for what is not ASCII: the dialect's own client reads 256 bytes at a time,
/// and does not survive where that is in the middle of a character.
fn in_ascii(json: &str) -> String {
    if json.is_ascii() {
        return json.to_owned();
    }
    let mut text = String::with_capacity(json.len() + 64);
    for character in json.chars() {
        if character.is_ascii() {
            text.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

impl Answer {
    /// The status, and what is said.
    pub(super) fn into_text(self) -> (u16, String) {
        let text = match self.content {
            Content::Text(_, text) => String::from_utf8_lossy(&text).into_owned(),
            Content::Nothing | Content::Stream(_) => String::new(),
        };
        (self.status.as_u16(), text)
    }

    /// The answer as HTTP has it. A client that follows events is served for as long as it does.
    pub(super) fn into_response(self, serving: Serving) -> Response<Either<Full<Bytes>, Stream>> {
        let (kind, body) = match self.content {
            Content::Nothing => (None, Either::Left(Full::default())),
            Content::Text(kind, text) => (Some(kind), Either::Left(Full::from(text))),
            Content::Stream(mut stream) => {
                stream.keep(serving);
                (Some("text/event-stream"), Either::Right(stream))
            }
        };
        let is_stream = matches!(body, Either::Right(_));
        let mut response = Response::new(body);
        *response.status_mut() = self.status;
        response.extensions_mut().insert(NO_REASON);
        let headers = response.headers_mut();
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if is_stream {
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        }
        if let Some(value) = self.allow.and_then(|allowed| HeaderValue::try_from(allowed).ok()) {
            headers.insert(ALLOW, value);
        }
        response
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = match &self.content {
            Content::Text(_, text) => String::from_utf8_lossy(text),
            Content::Nothing => "".into(),
            Content::Stream(_) => "...".into(),
        };
        write!(f, "{} {text}", self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_ascii_and_says_the_same() {
        let text = "a \"quoted\" \u{e9} and \u{1f427}\u{7f}";
        let json = serde_json::to_string(text).unwrap();
        let ascii = in_ascii(&json);
        assert!(ascii.is_ascii(), "{ascii}");
        assert_eq!(serde_json::from_str::<String>(&ascii).unwrap(), text);
    }
}
