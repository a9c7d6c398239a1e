//! What people read on stderr besides the log.

use std::error::Error;

/// Prints an error with everything that caused it.
pub(crate) fn error(error: &dyn Error) {
    eprintln!("hotcore: error: {}", chain(error));
}

/// Prints something a person should know, that stops nothing.
pub(crate) fn warning(text: &str) {
    eprintln!("hotcore: warning: {text}");
}

/// Prints what a person is waiting to know.
pub(crate) fn note(text: &str) {
    eprintln!("hotcore: {text}");
}

/// An error and its causes on one line. Some errors quote their cause themselves; it is not
/// repeated then.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.ends_with(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    enum Example {
        #[error("opening `Image`")]
        Silent(#[source] std::fmt::Error),
        #[error("opening `Image`: {0}")]
        Quoting(#[source] std::fmt::Error),
    }

    #[test]
    fn causes_are_told_once() {
        let cause = std::fmt::Error.to_string();
        let expected = format!("opening `Image`: {cause}");
        assert_eq!(chain(&Example::Silent(std::fmt::Error)), expected);
        assert_eq!(chain(&Example::Quoting(std::fmt::Error)), expected);
    }
}
