//! `--serial tty|null|file=PATH`: where the guest's console is.

use std::path::PathBuf;

/// The guest's console.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Serial {
    /// Standard input and output.
    Tty,
    /// Nowhere.
    Null,
    /// Output to a file, no input.
    File(PathBuf),
}

/// A console that does not exist.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("tty, null or file=PATH is expected")]
pub(crate) struct UnknownSerial;

/// Reads the value of `--serial`.
pub(crate) fn parse(text: &str) -> Result<Serial, UnknownSerial> {
    match (text, text.strip_prefix("file=")) {
        ("tty", _) => Ok(Serial::Tty),
        ("null", _) => Ok(Serial::Null),
        (_, Some(path)) if !path.is_empty() => Ok(Serial::File(path.into())),
        _ => Err(UnknownSerial),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn consoles() {
        assert_eq!(parse("tty"), Ok(Serial::Tty));
        assert_eq!(parse("null"), Ok(Serial::Null));
        assert_eq!(parse("file=/tmp/a,b=c"), Ok(Serial::File("/tmp/a,b=c".into())));
        for text in ["", "file", "file=", "pty", "TTY"] {
            assert_eq!(parse(text), Err(UnknownSerial));
        }
    }
}
