//! `hotcore run`: one machine on this process's terminal, until its end.

mod gdb;
mod keys;
pub(crate) mod serial;
pub(crate) mod terminal;

use std::process::ExitCode;
use std::sync::Arc;

use hotcore_engine::EngineError;
use hotcore_engine::trace::Trace;
use hotcore_vmm::{Command, CommandError, MachineError, Stop, Vmm, in_full};

use self::gdb::{Gdb, GdbError};
use self::serial::SerialError;
use crate::cli::Run;
use crate::doors::{Doors, DoorsError};
use crate::ending::{self, Signals, SignalsError};
use crate::trace::{TraceError, Writer};
use crate::{report, status};

/// Why a machine could not be run to its end.
#[derive(Debug, thiserror::Error)]
enum RunError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Machine(#[from] MachineError),
    #[error(transparent)]
    Command(#[from] CommandError),
    #[error(transparent)]
    Serial(#[from] SerialError),
    #[error(transparent)]
    Doors(#[from] DoorsError),
    #[error(transparent)]
    Signals(#[from] SignalsError),
    #[error(transparent)]
    Trace(#[from] TraceError),
    #[error(transparent)]
    Gdb(#[from] GdbError),
    /// The machine ended because of something in this process or on this host.
    #[error("{0}")]
    Failed(String),
}

/// Runs the machine and says how it ended.
pub(crate) fn main(arguments: &Run) -> ExitCode {
    if let Err(error) = arguments.machine().validate() {
        report::error(&error);
        return status::USAGE.into();
    }
    ending::end_on_panic();
    let result = run(arguments);
    terminal::restore();
    let status = result.unwrap_or_else(|error| {
        report::error(&error);
        status::FAILURE
    });
    status.into()
}

fn run(arguments: &Run) -> Result<u8, RunError> {
    let engine = arguments.engine.open()?;
    let writer = trace_writer(arguments)?;
    let mut config = arguments.machine();
    config.trace = writer.clone().map(|sink| Trace { kinds: arguments.trace_kinds(), sink });
    let serial = arguments.serial.clone();
    let vmm = Vmm::new(
        engine,
        Box::new(move || serial::output(&serial).map_err(|error| in_full(&error))),
    );
    vmm.command(Command::Create(Box::new(config)))?;
    let machine = vmm.view().ok_or(CommandError::NoMachine)?;
    serial::begin(&arguments.serial)?;
    for warning in &machine.control.info().facts.warnings {
        report::warning(warning);
    }
    vmm.announce();
    let signals = Signals::watch(vmm.clone())?;
    let doors = Doors::open(&arguments.doors, &vmm)?;
    let gdb = arguments.gdb.as_ref().zip(machine.debugger);
    let gdb = gdb.map(|(place, debugger)| Gdb::start(place, debugger)).transpose()?;
    serial::connect_input(&arguments.serial, machine.console, machine.control)?;
    let stop = vmm.run();
    // Clients that wait learn of the end before this process is gone.
    drop(doors);
    if let Some(Err(error)) = writer.map(|writer| writer.finish()) {
        report::warning(&format!("the trace is not complete: {error}"));
    }
    // Nothing was run where a signal came first.
    let stop = stop.unwrap_or(Ok(Stop::ByHost));
    let status = stop.map_err(RunError::from).and_then(|stop| match signals.received() {
        Some(signal) => Ok(status::of_signal(signal)),
        None => status_of(stop),
    });
    if let Some(gdb) = gdb {
        gdb.end(*status.as_ref().unwrap_or(&status::FAILURE));
    }
    status
}

fn trace_writer(arguments: &Run) -> Result<Option<Arc<Writer>>, TraceError> {
    let Some(path) = &arguments.trace_file else { return Ok(None) };
    Writer::create(path, arguments.symbols.as_deref()).map(Some)
}

fn status_of(stop: Stop) -> Result<u8, RunError> {
    match stop {
        Stop::PoweredOff | Stop::ByHost => Ok(status::SUCCESS),
        Stop::Reset => Ok(status::RESET),
        Stop::Failed { reason } => Err(RunError::Failed(reason)),
        Stop::Crashed { reason } => {
            terminal::restore();
            eprintln!("hotcore: the guest crashed: {reason}");
            Ok(status::CRASHED)
        }
    }
}
