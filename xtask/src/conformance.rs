//! `cargo xtask conformance`: what `hotcore check` finds on both engines, side by side, and the page of
//! documentation that it makes.

use std::fmt::Write as _;
use std::io;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use serde::Deserialize;

use crate::lab::{Engine, Job, Lab, LabError, Streams, folder};
use crate::{fetch, guest_side, here};

/// The page, below the workspace.
const PAGE: &str = "docs/conformance.md";

const PREFACE: &str = "\
# Conformance

What the conformance guest (`guest/probe`) saw of Hotcore's arm64 machine on both engines, behaviour by
behaviour of the guest contract. Behaviours that have no number there begin with a letter. Made by `cargo
xtask conformance`; `hotcore check --kernel-probe PROBE` looks at one engine, or at another VMM.
";

/// What `hotcore check --json` prints, as far as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Report {
    passed: usize,
    failed: usize,
    not_applicable: usize,
    behaviours: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Finding {
    number: String,
    title: String,
    verdict: String,
    seen: String,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConformanceError {
    /// The lab.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// `hotcore check` printed something else.
    #[error("`hotcore check` on {engine} made no report: {source}")]
    Report { engine: &'static str, source: serde_json::Error },
    /// The page.
    #[error("{0}")]
    Page(String),
}

/// Checks both engines and writes the page. A failure of a behaviour is one of the task.
pub(crate) fn run() -> Result<ExitCode, ConformanceError> {
    let soft = check(Engine::Soft)?;
    let kvm = check(Engine::Kvm)?;
    let page = fetch::workspace().join(PAGE);
    guest_side::save(&page, &text(&soft, &kvm)).map_err(ConformanceError::Page)?;
    println!("{}", page.display());
    let good = soft.failed == 0 && kvm.failed == 0;
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(engine: Engine) -> Result<Report, ConformanceError> {
    let folder = folder::prepare(engine, here::LAB)?;
    let args = ["check", "--kernel-probe", "guest/probe", "--engine", engine.name(), "--json"];
    let job =
        Job { command: "bin/hotcore".into(), args: args.map(Into::into).into(), ..Job::default() };
    let printed = Printed::default();
    let streams = Streams::Pipes {
        stdin: Box::new(io::empty()),
        stdout: Box::new(printed.clone()),
        stderr: Box::new(io::stderr()),
    };
    // Its status says what the report says as well.
    Lab { engine, folder: Some(folder), ..Lab::default() }.run(&job, streams)?;
    let text = printed.0.lock().map(|text| text.clone()).unwrap_or_default();
    let error = |source| ConformanceError::Report { engine: engine.name(), source };
    serde_json::from_slice(&text).map_err(error)
}

/// A buffer that is filled by a thread.
#[derive(Debug, Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl io::Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut text = self.0.lock().map_err(|_| io::ErrorKind::BrokenPipe)?;
        text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn text(soft: &Report, kvm: &Report) -> String {
    let mut text = format!("{PREFACE}\n");
    for (name, report) in [("The software engine", soft), ("KVM", kvm)] {
        let Report { passed, failed, not_applicable, .. } = report;
        let _ = writeln!(
            text,
            "- {name}: {passed} passed, {failed} failed, {not_applicable} not applicable"
        );
    }
    text += "\n| behaviour | | software | KVM | seen |\n|---|---|---|---|---|\n";
    for finding in &soft.behaviours {
        let other = kvm.behaviours.iter().find(|other| other.number == finding.number);
        let verdict = other.map_or("", |other| word(&other.verdict));
        let mut seen = finding.seen.clone();
        // What both see is said once; of figures that differ, the software engine's.
        if let Some(other) = other.filter(|other| other.verdict != finding.verdict) {
            let _ = write!(seen, "; KVM: {}", other.seen);
        }
        let Finding { number, title, verdict: own, .. } = finding;
        let _ = writeln!(
            text,
            "| {number} | {title} | {} | {verdict} | {} |",
            word(own),
            seen.replace('|', "\\|")
        );
    }
    text
}

fn word(verdict: &str) -> &str {
    match verdict {
        "fail" => "**fail**",
        "not-applicable" => "n/a",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(verdict: &str, seen: &str) -> Report {
        let finding = Finding {
            number: "59".to_owned(),
            title: "all are found".to_owned(),
            verdict: verdict.to_owned(),
            seen: seen.to_owned(),
        };
        Report { passed: 1, failed: 0, not_applicable: 0, behaviours: vec![finding] }
    }

    #[test]
    fn both_engines_are_side_by_side() {
        let page = text(&report("pass", "300"), &report("not-applicable", "few CPUs"));
        assert!(
            page.contains("| 59 | all are found | pass | n/a | 300; KVM: few CPUs |"),
            "{page}"
        );
        let same = text(&report("pass", "a"), &report("pass", "b"));
        assert!(same.contains("| 59 | all are found | pass | pass | a |"), "{same}");
    }
}
