//! Errors as people read them.

use std::error::Error;

/// An error and its causes on one line. Some errors quote their cause themselves; it is not
/// repeated then.
pub fn in_full(error: &dyn Error) -> String {
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
        assert_eq!(in_full(&Example::Silent(std::fmt::Error)), expected);
        assert_eq!(in_full(&Example::Quoting(std::fmt::Error)), expected);
    }
}
