//! The arguments of a command, held to its type.

use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::error::{Failure, quoted};
use crate::schema::{Object, Type};

/// Arguments that are as the command wants them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Arguments {
    values: Vec<(&'static str, Value)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Value {
    Text(String),
    Number(i64),
    Flag(bool),
    Words(Vec<String>),
}

impl Arguments {
    /// Checks what a client sent: first what there should be, then what there should not, as QEMU does.
    pub(crate) fn check(wanted: &Object, sent: Option<&RawValue>) -> Result<Self, Failure> {
        let sent = sent.map_or("{}", RawValue::get);
        let sent: Sent<'_> = serde_json::from_str(sent).map_err(Failure::syntax)?;
        let mut values = Vec::new();
        for member in wanted.members {
            match sent.find(member.name, wanted)? {
                Some(value) => values.push((member.name, read(member.name, member.kind, value)?)),
                None if member.optional => {}
                None => return Err(Failure::missing(member.name)),
            }
        }
        match sent.members.iter().find(|(name, _)| is_unknown(wanted, name)) {
            Some((name, _)) => Err(Failure::unexpected(name)),
            None => Ok(Self { values }),
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        match self.get(name) {
            Some(Value::Number(number)) => Some(*number),
            _ => None,
        }
    }

    /// The first word of an array.
    pub(crate) fn first_word(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Some(Value::Words(words)) => words.first().map(String::as_str),
            _ => None,
        }
    }
}

fn is_unknown(wanted: &Object, name: &str) -> bool {
    !wanted.members.iter().any(|member| member.name == name)
}

fn read(name: &str, kind: Type, value: &RawValue) -> Result<Value, Failure> {
    let wrong = |_| Failure::wrong_type(name, kind.expected());
    let text = value.get();
    Ok(match kind {
        Type::Int => Value::Number(serde_json::from_str(text).map_err(wrong)?),
        Type::Bool => Value::Flag(serde_json::from_str(text).map_err(wrong)?),
        Type::Enum(kind) => {
            let word: Cow<'_, str> = serde_json::from_str(text).map_err(wrong)?;
            if !kind.values.contains(&word.as_ref()) {
                return Err(Failure::not_accepted(name, &word));
            }
            Value::Text(word.into_owned())
        }
        Type::Array(Type::Enum(kind)) => {
            let words: Distinct = serde_json::from_str(text).map_err(wrong)?;
            match words.0.iter().find(|word| !kind.values.contains(&word.as_str())) {
                Some(word) => return Err(Failure::not_accepted(name, word)),
                None => Value::Words(words.0),
            }
        }
        Type::Str | Type::Any | Type::Object(_) | Type::Array(_) => {
            Value::Text(serde_json::from_str(text).map_err(wrong)?)
        }
    })
}

/// The members of an object; of many unknown ones, the first.
#[derive(Default)]
struct Sent<'a> {
    members: Vec<(Cow<'a, str>, &'a RawValue)>,
}

/// More members than any command has arguments.
const MEMBERS: usize = 32;

impl<'a> Sent<'a> {
    fn find(&self, name: &str, wanted: &Object) -> Result<Option<&'a RawValue>, Failure> {
        let found = self.members.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
        if found.is_none() && self.members.len() == MEMBERS {
            // It may be among those that were not kept; so many cannot all be wanted.
            let unknown = self.members.iter().find(|(name, _)| is_unknown(wanted, name));
            return unknown.map_or(Ok(None), |(name, _)| Err(Failure::unexpected(name)));
        }
        Ok(found)
    }
}

impl<'a> Deserialize<'a> for Sent<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(SentVisitor)
    }
}

struct SentVisitor;

impl<'a> Visitor<'a> for SentVisitor {
    type Value = Sent<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut sent = Sent::default();
        while let Some(name) = map.next_key::<Name<'_>>()? {
            if sent.members.len() == MEMBERS {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let value = map.next_value()?;
            if sent.members.iter().any(|(known, _)| *known == name.0) {
                return Err(serde::de::Error::custom("duplicate key"));
            }
            sent.members.push((name.0, value));
        }
        Ok(sent)
    }
}

/// A text, borrowed where it can be.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

/// The different words of an array, up to as many as any set of words has.
struct Distinct(Vec<String>);

impl<'a> Deserialize<'a> for Distinct {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(DistinctVisitor)
    }
}

struct DistinctVisitor;

impl<'a> Visitor<'a> for DistinctVisitor {
    type Value = Distinct;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of strings")
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut array: A) -> Result<Self::Value, A::Error> {
        let mut words: Vec<String> = Vec::new();
        while let Some(word) = array.next_element::<Name<'_>>()? {
            let word = quoted(&word.0);
            if words.len() < MEMBERS && !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
        Ok(Distinct(words))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Enum, object, optional, required};

    static COLOUR: Enum = Enum { name: "Colour", values: &["red", "green"] };
    static WANTED: Object = object(
        "Wanted",
        &[
            required("name", Type::Str),
            optional("count", Type::Int),
            optional("deep", Type::Bool),
            optional("colour", Type::Enum(&COLOUR)),
            optional("colours", Type::Array(&Type::Enum(&COLOUR))),
        ],
    );

    fn check(text: &str) -> Result<Arguments, String> {
        let raw: &RawValue = serde_json::from_str(text).unwrap();
        Arguments::check(&WANTED, Some(raw)).map_err(|failure| failure.text)
    }

    #[test]
    fn what_is_wanted_is_found() {
        let text =
            r#"{"colours":["red","red"],"deep":true,"count":-3,"name":"\u0061","colour":"green"}"#;
        let arguments = check(text).unwrap();
        assert_eq!((arguments.text("name"), arguments.number("count")), (Some("a"), Some(-3)));
        assert_eq!(arguments.text("colour"), Some("green"));
        assert_eq!(arguments.first_word("colours"), Some("red"));
        assert_eq!(check(r#"{"name":""}"#).unwrap().number("count"), None);
    }

    #[test]
    fn what_is_not_is_told_in_qemus_words() {
        for (text, wanted) in [
            ("{}", "Parameter 'name' is missing"),
            (r#"{"extra":1}"#, "Parameter 'name' is missing"),
            (r#"{"name":"a","extra":1}"#, "Parameter 'extra' is unexpected"),
            (r#"{"name":1}"#, "Invalid parameter type for 'name', expected: string"),
            (r#"{"name":"","count":"1"}"#, "Invalid parameter type for 'count', expected: integer"),
            (r#"{"name":"","count":1.5}"#, "Invalid parameter type for 'count', expected: integer"),
            (
                r#"{"name":"","count":1e99}"#,
                "Invalid parameter type for 'count', expected: integer",
            ),
            (r#"{"name":"","deep":0}"#, "Invalid parameter type for 'deep', expected: boolean"),
            (r#"{"name":"","colour":[]}"#, "Invalid parameter type for 'colour', expected: string"),
            (r#"{"name":"","colour":"x"}"#, "Parameter 'colour' does not accept value 'x'"),
            (
                r#"{"name":"","colours":{}}"#,
                "Invalid parameter type for 'colours', expected: array",
            ),
            (r#"{"name":"","colours":["x"]}"#, "Parameter 'colours' does not accept value 'x'"),
        ] {
            assert_eq!(check(text).unwrap_err(), wanted, "{text}");
        }
        let twice = check(r#"{"name":"","name":""}"#).unwrap_err();
        assert!(twice.starts_with("JSON parse error, duplicate key"), "{twice}");
    }

    #[test]
    fn many_members_are_refused_by_one_of_their_names() {
        let many: Vec<_> = (0..100_000).map(|n| format!("\"m{n}\":0")).collect();
        let many = format!("{{{},\"name\":\"\"}}", many.join(","));
        assert_eq!(check(&many).unwrap_err(), "Parameter 'm0' is unexpected");
    }
}
