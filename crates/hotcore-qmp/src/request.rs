//! One request of a client, taken apart: what to execute, with which arguments, under which id.
//!
//! Nothing of the client's JSON is unfolded before it is known to be wanted, so that ten megabytes of
//! brackets cost ten megabytes.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::error::{Failure, quoted};

/// What a client sent.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// Repeated in the answer.
    pub(crate) id: Option<&'a RawValue>,
    /// The command's name and arguments, or what is wrong with them.
    pub(crate) command: Result<(String, Option<&'a RawValue>), Failure>,
}

/// Takes a request apart. A failure here has no id to be told with.
pub(crate) fn parse(line: &[u8]) -> Result<Request<'_>, Failure> {
    let text = std::str::from_utf8(line).map_err(Failure::syntax)?;
    let value: &RawValue = serde_json::from_str(text).map_err(Failure::syntax)?;
    if !value.get().starts_with('{') {
        return Err(Failure::generic("QMP input must be a JSON object"));
    }
    let members: Members<'_> = serde_json::from_str(value.get()).map_err(Failure::syntax)?;
    Ok(Request { id: members.id, command: members.command() })
}

#[derive(Default)]
struct Members<'a> {
    execute: Option<&'a RawValue>,
    arguments: Option<&'a RawValue>,
    id: Option<&'a RawValue>,
    unexpected: Option<String>,
}

impl<'a> Members<'a> {
    fn command(&self) -> Result<(String, Option<&'a RawValue>), Failure> {
        if let Some(name) = &self.unexpected {
            return Err(Failure::generic(format!("QMP input member '{name}' is unexpected")));
        }
        if self.arguments.is_some_and(|value| !value.get().starts_with('{')) {
            return Err(Failure::generic("QMP input member 'arguments' must be an object"));
        }
        let name = self.execute.ok_or_else(|| Failure::generic("QMP input lacks member 'execute'"));
        let name: Cow<'_, str> = serde_json::from_str(name?.get())
            .map_err(|_| Failure::generic("QMP input member 'execute' must be a string"))?;
        Ok((quoted(&name).to_owned(), self.arguments))
    }
}

impl<'a> Deserialize<'a> for Members<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'a> Visitor<'a> for MembersVisitor {
    type Value = Members<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Members::default();
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
            let place = match name.as_ref() {
                "execute" => &mut members.execute,
                "arguments" => &mut members.arguments,
                "id" => &mut members.id,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    members.unexpected.get_or_insert_with(|| quoted(&name).to_owned());
                    continue;
                }
            };
            if place.replace(map.next_value()?).is_some() {
                return Err(A::Error::custom("duplicate key"));
            }
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(line: &str) -> String {
        match parse(line.as_bytes()).map(|request| request.command) {
            Ok(Ok((name, _))) => name,
            Ok(Err(failure)) | Err(failure) => failure.text,
        }
    }

    #[test]
    fn a_request_is_taken_apart_in_any_order() {
        let line = br#" {"id": {"a":[1]}, "arguments": {"x": 1}, "execute": "stop"} "#;
        let request = parse(line).unwrap();
        assert_eq!(request.id.unwrap().get(), r#"{"a":[1]}"#);
        let (name, arguments) = request.command.unwrap();
        assert_eq!((name.as_str(), arguments.unwrap().get()), ("stop", r#"{"x": 1}"#));
        assert_eq!(text(r#"{"execute": "st\u006fp"}"#), "stop");
    }

    #[test]
    fn mistakes_are_told_in_qemus_words() {
        for (line, wanted) in [
            ("[]", "QMP input must be a JSON object"),
            ("1", "QMP input must be a JSON object"),
            ("{}", "QMP input lacks member 'execute'"),
            (r#"{"execute": 1}"#, "QMP input member 'execute' must be a string"),
            (r#"{"execute": null}"#, "QMP input member 'execute' must be a string"),
            (
                r#"{"execute": "a", "arguments": []}"#,
                "QMP input member 'arguments' must be an object",
            ),
            (r#"{"execute": "a", "x": {}}"#, "QMP input member 'x' is unexpected"),
            (r#"{"exec-oob": "a"}"#, "QMP input member 'exec-oob' is unexpected"),
        ] {
            assert_eq!(text(line), wanted, "{line}");
        }
        for line in ["x", "{", "}", "{\"a\"}", "{} {}", r#"{"id":1,"id":2}"#, "\u{0}"] {
            assert!(text(line).starts_with("JSON parse error, "), "{line}");
        }
        assert!(parse(b"\"\xff\"").is_err());
    }

    #[test]
    fn deep_nesting_is_no_danger() {
        let depth = 1_000_000;
        let deep = format!(r#"{{"execute":"a","id":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
        assert_eq!(parse(deep.as_bytes()).unwrap().id.unwrap().get().len(), 2 * depth);
        assert!(parse("[".repeat(depth).as_bytes()).is_err());
    }
}
