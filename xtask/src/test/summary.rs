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
    /// The tests of the program at hand that have failed so far.
    names: Vec<String>,
    /// What it says of them, once it does.
    section: Option<Section>,
}

/// What libtest prints between the first `failures:` and the result: the output of failed tests, then another
/// `failures:` and their names. The output may contain the same of a libtest within, or what looks like it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Section {
    output: Vec<String>,
    left_out: usize,
    /// The latest `failures:`, as long as only names follow it.
    list: Vec<String>,
}

impl Section {
    fn line(&mut self, line: &str) {
        let is_list = line == "failures:";
        if !is_list && !self.list.is_empty() && (line.is_empty() || line.starts_with(NAME)) {
            self.list.push(line.to_owned());
            return;
        }
        for line in std::mem::take(&mut self.list) {
            self.tell(line);
        }
        if is_list {
            self.list.push(line.to_owned());
        } else {
            self.tell(line.to_owned());
        }
    }

    fn tell(&mut self, line: String) {
        if self.output.len() < TOLD_AGAIN {
            self.output.push(line);
        } else {
            self.left_out += 1;
        }
    }

    /// Whether this is the end: all of these tests were listed. What is said of a test before its result
    /// (`name - should panic`) is not in the list.
    fn lists(&self, names: &[String]) -> bool {
        let listed = |name: &String| {
            let mut list = self.list.iter().filter_map(|line| line.strip_prefix(NAME));
            list.any(|it| {
                name.strip_prefix(it).is_some_and(|r| r.is_empty() || r.starts_with(" - "))
            })
        };
        self.list.iter().any(|line| line.starts_with(NAME)) && names.iter().all(listed)
    }

    /// All that is told again.
    fn told(self) -> impl Iterator<Item = String> {
        let Self { output, left_out, list } = self;
        let left_out = (left_out > 0).then(|| format!("({left_out} more lines above)"));
        output.into_iter().chain(left_out).chain(list)
    }
}

/// Before each name in the list.
const NAME: &str = "    ";

impl Summary {
    /// Takes a line of output: `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    pub(super) fn line(&mut self, line: &str) {
        let line = line.trim_end();
        match (line.strip_prefix("test result: "), &mut self.section) {
            (Some(_), Some(section)) if !section.lists(&self.names) => section.line(line),
            (Some(result), _) => self.result(result),
            (None, Some(section)) => section.line(line),
            (None, None) => self.note_failure(line),
        }
    }

    /// What a test program says at its end.
    fn result(&mut self, result: &str) {
        self.close();
        let count = |what| count(result, what).unwrap_or(0);
        self.passed += count("passed");
        self.passed_of_run += count("passed");
        self.skipped += count("ignored");
        self.failed += count("failed");
        self.failed_of_run += count("failed");
    }

    fn note_failure(&mut self, line: &str) {
        let name = line.strip_prefix("test ").and_then(|line| line.strip_suffix(" ... FAILED"));
        self.names.extend(name.map(str::to_owned));
        if line == "failures:" {
            let mut section = Section::default();
            section.line(line);
            self.section = Some(section);
        }
    }

    /// Nothing more comes of the test program at hand.
    fn close(&mut self) {
        self.names.clear();
        self.failures.extend(self.section.take().into_iter().flat_map(Section::told));
    }

    /// One `cargo test` has ended. One that failed without a failed test (it did not build, a test
    /// program died) counts as a failure, and so does one that ran nothing where it should have
    /// (`whole`: no filter chose among its tests).
    pub(super) fn end(&mut self, success: bool, whole: bool) {
        let ran_nothing = whole && self.passed_of_run + self.failed_of_run == 0;
        if (!success && self.failed_of_run == 0) || (success && ran_nothing) {
            self.failed += 1;
        }
        self.close();
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

    /// What a test program prints of `a`, which has failed and printed `output`.
    fn report(output: &[&str]) -> Vec<String> {
        let before = ["running 4 tests", "test a ... FAILED", "", "failures:", ""];
        let list = ["", "failures:", "    a", "", FAILED];
        let lines = [&before[..], &["---- a stdout ----"], output, &list].concat();
        lines.into_iter().map(str::to_owned).collect()
    }

    fn lines(of: &[String]) -> Vec<&str> {
        of.iter().map(String::as_str).collect()
    }

    #[test]
    fn what_failed_is_told_again() {
        let report = report(&["why"]);
        let told = summary(&[&lines(&report)[..], &["running 0 tests"]].concat(), false);
        let again = ["what failed, again:", "failures:", "", "---- a stdout ----", "why", ""];
        let list = ["failures:", "    a", "", "3 passed, 1 failed, 0 skipped"];
        assert_eq!(told.to_string(), [&again[..], &list].concat().join("\n"));
    }

    #[test]
    fn of_a_long_report_the_beginning_and_the_names_are_told_again() {
        let report = report(&["line"; TOLD_AGAIN]);
        let told = summary(&lines(&report), false).to_string();
        // More than all lines: `failures:` and a heading between empty lines, and an empty line at the end.
        let end = ["line", "(4 more lines above)", "failures:", "    a", "", "3 passed, 1 failed"];
        assert!(told.contains(&end.join("\n")), "{told}");
        assert_eq!(told.lines().count(), 1 + TOLD_AGAIN + 1 + 3 + 1);
    }

    #[test]
    fn results_within_the_output_of_a_failed_test_do_not_count() {
        let within =
            ["running 1 test", "failures:", "", "---- b stdout ----", "why", "", "failures:"];
        let report = report(&[&[OK][..], &within, &["    b", "", FAILED, OK, "the end"]].concat());
        let told = summary(&[&lines(&report)[..], &[OK]].concat(), false).to_string();
        assert!(told.ends_with("    a\n\n15 passed, 1 failed, 2 skipped"), "{told}");
        assert!(told.contains("the end"), "{told}");
    }

    #[test]
    fn a_test_that_should_panic_is_listed_by_its_name_alone() {
        let lines = ["test a - should panic ... FAILED", "failures:", "    a", FAILED, OK];
        let told = summary(&lines, false).to_string();
        assert!(told.ends_with("15 passed, 1 failed, 2 skipped"), "{told}");
    }

    #[test]
    fn what_a_program_said_before_it_died_is_told_again() {
        let told = summary(&["test a ... FAILED", "failures:", "", "why"], false).to_string();
        let again = ["what failed, again:", "failures:", "", "why"];
        assert_eq!(told, [&again[..], &["0 passed, 1 failed, 0 skipped"]].concat().join("\n"));
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
