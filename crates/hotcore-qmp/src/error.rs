//! Failures as QMP tells them: a class and a text, both QEMU's where clients match on them.

use hotcore_vmm::CommandError;
use serde_json::{Value, json};

/// How much of a client's own text is repeated to it.
const QUOTED: usize = 128;

/// QEMU's classes of errors (QAPI's `QapiErrorClass`), as far as this server has use for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    Generic,
    CommandNotFound,
    DeviceNotFound,
}

/// Why a command was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) class: Class,
    pub(crate) text: String,
}

impl Failure {
    pub(crate) fn generic(text: impl Into<String>) -> Self {
        Self { class: Class::Generic, text: text.into() }
    }

    pub(crate) fn unknown_command(name: &str) -> Self {
        let text = format!("The command {} has not been found", quoted(name));
        Self { class: Class::CommandNotFound, text }
    }

    pub(crate) fn unknown_device(id: &str) -> Self {
        let text = format!("Device '{}' not found", quoted(id));
        Self { class: Class::DeviceNotFound, text }
    }

    pub(crate) fn not_negotiated() -> Self {
        let text = "Expecting capabilities negotiation with 'qmp_capabilities'";
        Self { class: Class::CommandNotFound, text: text.into() }
    }

    pub(crate) fn negotiated_already() -> Self {
        let text = "Capabilities negotiation is already complete, command ignored";
        Self { class: Class::CommandNotFound, text: text.into() }
    }

    pub(crate) fn syntax(detail: impl std::fmt::Display) -> Self {
        Self::generic(format!("JSON parse error, {detail}"))
    }

    pub(crate) fn missing(name: &str) -> Self {
        Self::generic(format!("Parameter '{name}' is missing"))
    }

    pub(crate) fn wrong_type(name: &str, expected: &str) -> Self {
        Self::generic(format!("Invalid parameter type for '{name}', expected: {expected}"))
    }

    pub(crate) fn unexpected(name: &str) -> Self {
        Self::generic(format!("Parameter '{}' is unexpected", quoted(name)))
    }

    pub(crate) fn not_accepted(name: &str, value: &str) -> Self {
        Self::generic(format!("Parameter '{name}' does not accept value '{}'", quoted(value)))
    }

    pub(crate) fn to_json(&self) -> Value {
        let class = match self.class {
            Class::Generic => "GenericError",
            Class::CommandNotFound => "CommandNotFound",
            Class::DeviceNotFound => "DeviceNotFound",
        };
        json!({"class": class, "desc": self.text})
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Self {
        Self::generic(error.to_string())
    }
}

/// A client's text, shortened: an answer shall not grow with what is asked.
pub(crate) fn quoted(text: &str) -> &str {
    let mut end = text.len().min(QUOTED);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_shortened_between_characters() {
        assert_eq!(quoted("short"), "short");
        assert_eq!(quoted(&"x".repeat(1 << 20)).len(), QUOTED);
        assert_eq!(quoted(&"€".repeat(1000)).len(), QUOTED / 3 * 3);
    }
}
