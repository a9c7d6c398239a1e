//! `cargo xtask demo`: CPUs come and go in a stock Linux guest, shown as it happens.
//!
//! What is shown is measured and checked next to the guest by `hotcore-demo` (`hotcore-e2e`);
//! here it is only rendered: [`timeline`] for a terminal, [`drawing`] as SVG, [`report`] as JSON.

mod drawing;
mod report;
mod timeline;

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use hotcore_report::Event;

use crate::guest_side::{self, Program};
use crate::lab::EngineChoice;
use crate::{fetch, here};
use report::Report;
use timeline::Timeline;

/// What `cargo xtask demo` takes.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The guest's kernel: Debian's 6.12 or 7.2, or an arm64 Image of yours
    #[arg(long, value_name = "6.12|7.2|PATH", default_value = "6.12")]
    kernel: String,
    /// What executes the guest: what this machine has, KVM (on a nested arm64 machine where this
    /// is none), or software
    #[arg(long, value_enum, default_value_t)]
    engine: EngineChoice,
    /// Print the report (target/demo/report.json) instead of the timeline
    #[arg(long)]
    json: bool,
    /// Write the drawing to docs/timeline.svg, too
    #[arg(long, hide = true)]
    write_docs: bool,
}

/// Plays the demo. The last line is the verdict; what more there is to say comes before it.
pub(crate) fn run(arguments: &Arguments) -> ExitCode {
    let played = play(arguments);
    let verdict = match &played {
        Ok(report) => report.verdict(),
        Err(error) => format!("failed: {error}"),
    };
    let (verdict, details) = verdict.split_once('\n').unwrap_or((&verdict, ""));
    if !details.is_empty() {
        eprintln!("{details}");
    }
    if arguments.json {
        eprintln!("demo: {verdict}");
    } else {
        println!("demo: {verdict}");
    }
    let passed = played.is_ok_and(|report| report.passed);
    if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn play(arguments: &Arguments) -> Result<Report, Box<dyn Error>> {
    let (kernel, files) = match arguments.kernel.as_str() {
        known @ ("6.12" | "7.2") => (known, Vec::new()),
        path => {
            let image = fs::canonicalize(path).map_err(|why| format!("--kernel {path}: {why}"))?;
            ("other", vec![("guest/vmlinuz-other".to_owned(), image)])
        }
    };
    let output: Box<dyn Write + Send> =
        if arguments.json { Box::new(io::sink()) } else { Box::new(io::stdout()) };
    let mut timeline = Timeline::new(output);
    let mut report = Report::default();
    let mut shown = Ok(());
    let program = Program {
        name: "hotcore-demo",
        engine: arguments.engine.engine(),
        profile: here::LAB,
        args: &[kernel],
        files,
        ..Program::default()
    };
    let status = program.run(|event: Event| {
        if shown.is_ok() {
            shown = timeline.show(&event);
        }
        report.add(event);
    })?;
    shown.map_err(|why| format!("the timeline cannot be shown: {why}"))?;
    report.ended(status);
    save(&report, arguments)?;
    Ok(report)
}

fn save(report: &Report, arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let folder = fetch::workspace().join("target").join("demo");
    let json = report.json()?;
    guest_side::save(&folder.join("report.json"), &json)?;
    if arguments.json {
        io::stdout().write_all(json.as_bytes())?;
    }
    let drawing = drawing::of(report);
    guest_side::save(&folder.join("timeline.svg"), &drawing)?;
    if arguments.write_docs {
        guest_side::save(&fetch::workspace().join("docs").join("timeline.svg"), &drawing)?;
    }
    Ok(())
}
