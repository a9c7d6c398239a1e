//! `hotcore autoscale`: has a guest have as many CPUs as it uses.
//!
//! A client of the API like any other. [`controller`] decides, and is fed by [`live`] with a running
//! guest, or by [`simulate`] with a recorded [`trace`]; [`explain`] says what it decided and why,
//! [`plot`] draws it.

mod backoff;
mod controller;
mod explain;
mod live;
mod options;
mod plot;
mod policy;
mod simulate;
mod trace;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::CommandFactory;
use clap::error::ErrorKind;
use hotcore_api::ClientError;

pub(crate) use self::options::{Autoscale, HELP};

use self::explain::{Line, Log};
use self::policy::Policy;
use self::trace::TraceError;
use crate::cli::Cli;
use crate::ending::SignalsError;
use crate::{report, status};

/// Why the scaling ended before its end.
#[derive(Debug, thiserror::Error)]
enum AutoscaleError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Trace(#[from] TraceError),
    #[error(transparent)]
    Signals(#[from] SignalsError),
    #[error("standard output")]
    Output(#[source] io::Error),
    #[error("{}", .0.display())]
    Plot(PathBuf, #[source] io::Error),
}

/// Scales a guest, or tells how it would have scaled one.
pub(crate) fn main(arguments: &Autoscale) -> ExitCode {
    let policy = arguments.policy().unwrap_or_else(|error| {
        Cli::command().error(ErrorKind::ValueValidation, error.to_string()).exit()
    });
    let mut out = io::stdout().lock();
    let result = match &arguments.dry_run {
        Some(trace) => rehearse(arguments, &policy, trace, &mut out),
        None => live::run(arguments, policy, &mut out),
    };
    let status = result.unwrap_or_else(|error| {
        report::error(&error);
        status::FAILURE
    });
    status.into()
}

fn rehearse(
    arguments: &Autoscale,
    policy: &Policy,
    trace: &Path,
    out: &mut dyn Write,
) -> Result<u8, AutoscaleError> {
    let steps = simulate::run(policy, &trace::read(trace)?);
    let mut log = Log::new(arguments.json, out);
    for step in &steps {
        log.decision(policy, &step.sample, &step.decision).map_err(AutoscaleError::Output)?;
    }
    let tally = simulate::tally(&steps);
    let text = format!(
        "{} additions, {} removals; {:.2} CPUs on average for a demand of {:.2}, too few of them {:.1} % of the time",
        tally.additions,
        tally.removals,
        tally.cpus,
        tally.demand,
        tally.starved * 100.0
    );
    let end = steps.last().map_or(Duration::ZERO, |step| step.sample.at);
    log.line(&Line::note(end, "summary", text)).map_err(AutoscaleError::Output)?;
    if let Some(path) = &arguments.plot {
        let drawing = plot::of(policy, &steps);
        fs::write(path, drawing).map_err(|error| AutoscaleError::Plot(path.clone(), error))?;
    }
    Ok(status::SUCCESS)
}
