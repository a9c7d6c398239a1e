//! `hotcore check`: the conformance suite. The probe ([`machine`]) runs in machines of this VMM or another
//! one, does what lines on its [`console`] ask for, and each behaviour of the guest contract that can be seen
//! so is judged ([`verdict`], [`families`]).

mod answer;
mod bench;
mod console;
mod families;
mod host;
mod machine;
mod options;
mod qmp;
mod report;
mod verdict;

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hotcore_engine::EngineError;

pub(crate) use self::options::{Check, HELP};

use self::bench::Bench;
use self::families::FAMILIES;
use self::machine::{Shape, Vmm};
use self::report::{Report, Subject};
use self::verdict::{Behaviour, Family, Finding, Trouble, Verdict};
use crate::ending::{Signals, SignalsError};
use crate::{report as say, status};

/// How long any one thing may take, on KVM and elsewhere: what comes is not waited for longer, and a nested
/// lab on busy CPUs is slow.
const PATIENCE_KVM: Duration = Duration::from_secs(180);
const PATIENCE: Duration = Duration::from_secs(60);

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
enum CheckError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error("the probe {} cannot be read", path.display())]
    Probe { path: PathBuf, source: io::Error },
    #[error("--console takes stdio or unix:PATH")]
    Console,
    #[error("--only: there is no behaviour {0}")]
    NoSuchBehaviour(String),
    #[error("nothing can be checked: {0}")]
    NoMachine(String),
    #[error(transparent)]
    Signals(#[from] SignalsError),
    #[error("standard output")]
    Output(#[source] io::Error),
}

/// Checks, and prints the report.
pub(crate) fn main(arguments: &Check) -> ExitCode {
    let status = match run(arguments) {
        Ok(status) => status,
        Err(error @ (CheckError::Console | CheckError::NoSuchBehaviour(_))) => {
            say::error(&error);
            status::USAGE
        }
        Err(error) => {
            say::error(&error);
            status::FAILURE
        }
    };
    status.into()
}

fn run(arguments: &Check) -> Result<u8, CheckError> {
    let path = &arguments.kernel_probe;
    std::fs::metadata(path).map_err(|source| CheckError::Probe { path: path.clone(), source })?;
    if let Some(unknown) = arguments.only.iter().find(|only| !exists(only)) {
        return Err(CheckError::NoSuchBehaviour(unknown.clone()));
    }
    let vmm = vmm(arguments)?;
    let patience = match vmm {
        Vmm::Own { engine: "kvm", .. } => PATIENCE_KVM,
        _ => PATIENCE,
    };
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let signals = Signals::watch_for(move || {
        told.store(true, Ordering::Release);
        machine::end_current();
    })?;

    let mut bench = Bench::new(&vmm, path, patience, arguments.cycles);
    // Without any machine there is nothing to judge.
    if let Err(Trouble::Fail(why)) = bench.begin(Shape::new(1, 4), |_| Ok(())) {
        return Err(CheckError::NoMachine(why));
    }
    let mut findings = Vec::new();
    for family in FAMILIES {
        check_family(family, &mut bench, arguments, &stop, &mut findings);
    }
    bench.end();
    if let Some(signal) = signals.received() {
        return Ok(status::of_signal(signal));
    }
    let report = Report::new(subject(arguments, &vmm), findings);
    let text = if arguments.json {
        report.json()
    } else if arguments.markdown {
        report.markdown()
    } else {
        report.text()
    };
    io::stdout().write_all(text.as_bytes()).map_err(CheckError::Output)?;
    Ok(if report.is_conformant() { status::SUCCESS } else { status::FAILURE })
}

fn exists(only: &str) -> bool {
    let plain = |number: &'static str| number.split(' ').next();
    let mut all = FAMILIES.iter().flat_map(|family| family.behaviours);
    all.any(|behaviour| behaviour.number == only || plain(behaviour.number) == Some(only))
}

fn check_family(
    family: &Family,
    bench: &mut Bench<'_>,
    arguments: &Check,
    stop: &AtomicBool,
    findings: &mut Vec<Finding>,
) {
    bench.end();
    let mut applies = Ok(());
    for behaviour in family.behaviours.iter().filter(|one| arguments.wants(one.number)) {
        if stop.load(Ordering::Acquire) {
            return;
        }
        progress(behaviour);
        // What does not apply to one machine of this shape does not to the next.
        if applies.is_ok() && !bench.is_running() {
            applies = bench.begin(family.shape, |_| Ok(())).and_then(|()| (family.applies)(bench));
        }
        let ready = applies.clone();
        if !matches!(applies, Err(Trouble::NotApplicable(_))) {
            applies = Ok(());
        }
        let finding = Finding::new(behaviour, ready.and_then(|()| (behaviour.check)(bench)));
        tracing::info!("{}: {:?}, {}", finding.number, finding.verdict, finding.seen);
        // Whatever is not as it should be may be so because of what went wrong before.
        if finding.verdict == Verdict::Fail {
            bench.end();
        }
        findings.push(finding);
    }
}

/// For a person who waits.
fn progress(behaviour: &Behaviour) {
    if io::stderr().is_terminal() {
        eprintln!("hotcore: {} {}", behaviour.number, behaviour.title);
    }
}

fn vmm(arguments: &Check) -> Result<Vmm, CheckError> {
    let Some(template) = &arguments.vmm else {
        let engine = arguments.engine.open()?.name();
        return Ok(Vmm::Own { engine, fault: arguments.fault.clone() });
    };
    let console = match arguments.console.split_once(':') {
        None if arguments.console == "stdio" => None,
        Some(("unix", path)) => Some(PathBuf::from(path)),
        _ => return Err(CheckError::Console),
    };
    Ok(Vmm::Foreign { template: template.clone(), console })
}

fn subject(arguments: &Check, vmm: &Vmm) -> Subject {
    match vmm {
        Vmm::Own { engine, .. } => Subject {
            vmm: format!("hotcore {}", env!("CARGO_PKG_VERSION")),
            engine: Some((*engine).to_owned()),
            fault: arguments.fault.clone(),
        },
        Vmm::Foreign { template, .. } => {
            Subject { vmm: template.clone(), engine: None, fault: None }
        }
    }
}
