//! Times in seconds, such as `--timeout 2.5`.

use std::time::Duration;

/// A time that cannot be waited for.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("seconds are expected, from 0.001 to 86400")]
pub(crate) struct BadSeconds;

/// Reads a time.
pub(crate) fn parse(text: &str) -> Result<Duration, BadSeconds> {
    let seconds: f64 = text.parse().map_err(|_| BadSeconds)?;
    if !(0.001..=86_400.0).contains(&seconds) {
        return Err(BadSeconds);
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| BadSeconds)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn seconds_have_bounds() {
        assert_eq!(parse("2.5"), Ok(Duration::from_millis(2500)));
        assert_eq!(parse("30"), Ok(Duration::from_secs(30)));
        for text in ["", "0", "-1", "86401", "inf", "NaN", "1e300", "1s"] {
            assert_eq!(parse(text), Err(BadSeconds), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in ".*") {
            let _ = parse(&text);
        }
    }
}
