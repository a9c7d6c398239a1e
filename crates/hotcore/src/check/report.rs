//! The report: for people, for programs, and for a page of documentation.

use std::fmt::Write as _;

use serde::Serialize;

use super::verdict::{Finding, Verdict};

/// What was checked.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Subject {
    /// Hotcore and its version, or a command line.
    pub(super) vmm: String,
    /// What executes guests, where that is known.
    pub(super) engine: Option<String>,
    /// In which way it was broken.
    pub(super) fault: Option<String>,
}

/// Everything that was found.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Report {
    #[serde(flatten)]
    subject: Subject,
    passed: usize,
    failed: usize,
    not_applicable: usize,
    behaviours: Vec<Finding>,
}

impl Report {
    pub(super) fn new(subject: Subject, mut behaviours: Vec<Finding>) -> Self {
        behaviours.sort_by_key(|finding| order(finding.number));
        let count = |verdict| behaviours.iter().filter(|one| one.verdict == verdict).count();
        Self {
            subject,
            passed: count(Verdict::Pass),
            failed: count(Verdict::Fail),
            not_applicable: count(Verdict::NotApplicable),
            behaviours,
        }
    }

    /// Whether something was judged and nothing failed.
    pub(super) fn is_conformant(&self) -> bool {
        self.failed == 0 && !self.behaviours.is_empty()
    }

    /// A line for each, and a sum.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for Finding { number, title, verdict, seen } in &self.behaviours {
            let verdict = word(*verdict);
            let _ = writeln!(text, "{verdict:<4}  {number:<16}  {title}\n{:24}{seen}", "");
        }
        let _ = writeln!(text, "{}", self.sum());
        text
    }

    /// An object.
    pub(super) fn json(&self) -> String {
        // Numbers, strings and lists of them always are JSON.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// A table.
    pub(super) fn markdown(&self) -> String {
        let mut text =
            format!("{}\n\n| behaviour | | verdict | seen |\n|---|---|---|---|\n", self.sum());
        for Finding { number, title, verdict, seen } in &self.behaviours {
            let (verdict, seen) = (word(*verdict), seen.replace('|', "\\|"));
            let _ = writeln!(text, "| {number} | {title} | {verdict} | {seen} |");
        }
        text
    }

    fn sum(&self) -> String {
        let Subject { vmm, engine, fault } = &self.subject;
        let engine =
            engine.as_ref().map_or_else(String::new, |engine| format!(", engine {engine}"));
        let fault = fault.as_ref().map_or_else(String::new, |fault| format!(", broken by {fault}"));
        format!(
            "{vmm}{engine}{fault}: {} passed, {} failed, {} not applicable",
            self.passed, self.failed, self.not_applicable
        )
    }
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Fail => "FAIL",
        Verdict::NotApplicable => "n/a",
    }
}

/// By number; what has none comes last.
fn order(number: &str) -> (u32, String) {
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    (digits.parse().unwrap_or(u32::MAX), number.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(number: &'static str, verdict: Verdict) -> Finding {
        Finding { number, title: "a title", verdict, seen: "a|b".to_owned() }
    }

    fn report(findings: Vec<Finding>) -> Report {
        let subject =
            Subject { vmm: "hotcore 1".to_owned(), engine: Some("soft".to_owned()), fault: None };
        Report::new(subject, findings)
    }

    #[test]
    fn behaviours_are_in_the_order_of_their_numbers() {
        let all =
            ["H1", "92 (spin-table)", "9", "92", "10"].map(|number| finding(number, Verdict::Pass));
        let report = report(all.into());
        let order: Vec<_> = report.behaviours.iter().map(|finding| finding.number).collect();
        assert_eq!(order, ["9", "10", "92", "92 (spin-table)", "H1"]);
        assert!(
            report
                .text()
                .ends_with("hotcore 1, engine soft: 5 passed, 0 failed, 0 not applicable\n")
        );
    }

    #[test]
    fn one_failure_is_enough_and_nothing_is_no_success() {
        let failed = report(vec![finding("1", Verdict::Pass), finding("2", Verdict::Fail)]);
        assert!(!failed.is_conformant());
        assert!(failed.text().contains("FAIL  2"));
        assert!(failed.markdown().contains("| 2 | a title | FAIL | a\\|b |"));
        let json: serde_json::Value = serde_json::from_str(&failed.json()).unwrap();
        assert_eq!(
            (&json["failed"], &json["behaviours"][1]["verdict"]),
            (&1.into(), &"fail".into())
        );
        assert!(!report(Vec::new()).is_conformant());
        assert!(report(vec![finding("1", Verdict::NotApplicable)]).is_conformant());
    }
}
