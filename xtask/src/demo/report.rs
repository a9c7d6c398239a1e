//! The demo's facts, for programs: `target/demo/report.json`.

use hotcore_report::{Event, Host, Step};
use serde::Serialize;

/// What happened. Times are in microseconds.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    /// Whether everything was as it has to be.
    pub(crate) passed: bool,
    /// Otherwise, what was not.
    pub(crate) why: Option<String>,
    /// What ran where, and the masks that the guest began with.
    pub(crate) host: Option<Host>,
    /// The steps that were completed.
    pub(crate) steps: Vec<Step>,
}

impl Report {
    /// Takes an event in.
    pub(crate) fn add(&mut self, event: Event) {
        match event {
            Event::Ready(host) => self.host = Some(host),
            Event::Done(step) => self.steps.push(step),
            Event::Passed => self.passed = true,
            Event::Failed { why } => self.why = Some(why),
            Event::Booting | Event::Requested { .. } | Event::Reached { .. } => {}
        }
    }

    /// Takes in how the program that told the events ended.
    pub(crate) fn ended(&mut self, status: i32) {
        if self.passed && status == 0 {
            return;
        }
        self.passed = false;
        self.why.get_or_insert_with(|| format!("hotcore-demo ended with status {status}"));
    }

    /// The verdict, as the last line has it.
    pub(crate) fn verdict(&self) -> String {
        match &self.why {
            None => "passed".to_owned(),
            Some(why) => format!("failed: {why}"),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_needs_both_the_word_and_the_status() {
        for (events, status, verdict) in [
            (vec![Event::Passed], 0, "passed"),
            (vec![Event::Passed], 139, "failed: hotcore-demo ended with status 139"),
            (vec![], 0, "failed: hotcore-demo ended with status 0"),
            (vec![Event::Failed { why: "late".into() }], 1, "failed: late"),
        ] {
            let mut report = Report::default();
            for event in events {
                report.add(event);
            }
            report.ended(status);
            assert_eq!(report.verdict(), verdict);
            assert_eq!(report.passed, verdict == "passed");
        }
    }
}
