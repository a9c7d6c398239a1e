//! The sum of many test programs' results, read from what libtest prints.

use std::fmt;

/// How much of what failed tests printed is told again at the end, in lines of each test program.
const TOLD_AGAIN: usize = 200;

/// How many tests did what, so far.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    passed: u64,
    failed: u64,
    skipped: u64,
    passed_of_run: u64,
    failed_of_run: u64,
    /// What failed tests printed, for the end: hours of output may come after it.
    failures: Vec<String>,
    /// How many lines of failures the test program at hand has printed.
    failing: Option<usize>,
}

impl Summary {
    /// Takes a line of output: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub(super) fn line(&mut self, line: &str) {
        let Some(result) = line.trim_start().strip_prefix("test result: ") else {
            return self.note_failure(line.trim_end());
        };
        self.failing = None;
        let count = |what| count(result, what).unwrap_or(0);
        self.passed += count("passed");
        self.passed_of_run += count("passed");
        self.skipped += count("ignored");
        self.failed += count("failed");
        self.failed_of_run += count("failed");
    }

    /// What failed tests printed stands between the first `failures:` and the result.
    fn note_failure(&mut self, line: &str) {
        if self.failing.is_none() && line == "failures:" {
            self.failing = Some(0);
            return;
        }
        let Some(count) = &mut self.failing else { return };
        *count += 1;
        if *count <= TOLD_AGAIN {
            self.failures.push(line.to_owned());
        }
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
        self.failing = None;
        self.failed_of_run = 0;
    }

    /// Whether tests ran and none failed.
    pub(super) fn is_success(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { passed, failed, skipped, failures, .. } = self;
        if !failures.is_empty() {
            writeln!(f, "what failed, again:")?;
        }
        for line in failures {
            writeln!(f, "{line}")?;
        }
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
    fn what_failed_is_told_again() {
        let lines = ["running 4 tests", "test a ... FAILED", "failures:", "", "---- a stdout ----"];
        let lines =
            [&lines[..], &["why", "failures:", "    a", FAILED, "running 0 tests"]].concat();
        let told = summary(&lines, false).to_string();
        let again = ["what failed, again:", "", "---- a stdout ----", "why", "failures:", "    a"];
        assert_eq!(told, [&again[..], &["3 passed, 1 failed, 0 skipped"]].concat().join("\n"));
    }

    #[test]
    fn little_of_a_long_report_is_told_again() {
        let long = ["line"; TOLD_AGAIN + 5];
        let told = summary(&[&["failures:"], &long[..], &[FAILED]].concat(), false).to_string();
        assert_eq!(told.lines().count(), TOLD_AGAIN + 2);
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
