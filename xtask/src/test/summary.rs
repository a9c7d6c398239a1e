//! The sum of many test programs' results, read from what libtest prints.

use std::fmt;

/// How many tests did what, so far.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    passed: u64,
    failed: u64,
    skipped: u64,
    passed_of_run: u64,
    failed_of_run: u64,
}

impl Summary {
    /// Takes a line of output: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub(super) fn line(&mut self, line: &str) {
        let Some(result) = line.trim_start().strip_prefix("test result: ") else { return };
        let count = |what| count(result, what).unwrap_or(0);
        self.passed += count("passed");
        self.passed_of_run += count("passed");
        self.skipped += count("ignored");
        self.failed += count("failed");
        self.failed_of_run += count("failed");
    }

    /// One `cargo test` has ended. One that failed without a failed test (it did not build, a test
    /// program died) counts as a failure, and so does one that ran nothing where it should have
    /// (`whole`: no filter chose among its tests).
    pub(super) fn end(&mut self, success: bool, whole: bool) {
        let ran_nothing = whole && self.passed_of_run + self.failed_of_run == 0;
        if (!success && self.failed_of_run == 0) || (success && ran_nothing) {
            self.failed += 1;
        }
        self.passed_of_run = 0;
        self.failed_of_run = 0;
    }

    /// Whether tests ran and none failed.
    pub(super) fn is_success(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, skipped, .. } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped")
    }
}

fn count(result: &str, what: &str) -> Option<u64> {
    let part = result.split(['.', ';']).find(|part| part.trim_end().ends_with(what))?;
    part.trim().strip_suffix(what)?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OK: &str = "test result: ok. 12 passed; 0 failed; 2 ignored; 0 measured; 1 filtered out; \
                      finished in 0.04s";
    const FAILED: &str = "test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured; 0 \
                          filtered out; finished in 1.00s";

    fn summary(lines: &[&str], success: bool) -> Summary {
        let mut summary = Summary::default();
        for line in lines {
            summary.line(line);
        }
        summary.end(success, true);
        summary
    }

    #[test]
    fn results_add_up() {
        let good = summary(&["running 12 tests", OK, OK], true);
        assert_eq!(good.to_string(), "24 passed, 0 failed, 4 skipped");
        assert!(good.is_success());
        let bad = summary(&[OK, FAILED], false);
        assert_eq!(bad.to_string(), "15 passed, 1 failed, 2 skipped");
        assert!(!bad.is_success());
    }

    #[test]
    fn a_run_that_dies_is_a_failure() {
        assert_eq!(summary(&[OK], false).to_string(), "12 passed, 1 failed, 2 skipped");
    }

    #[test]
    fn a_run_without_tests_is_no_success() {
        assert!(!summary(&["test result: ok. 0 passed; 0 failed; 0 ignored"], true).is_success());
    }
}
