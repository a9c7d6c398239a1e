//! `hotcore --api-socket PATH`: a VMM without a machine, which clients make, boot and delete.

use std::process::ExitCode;

use clap::CommandFactory;
use clap::error::ErrorKind;
use hotcore_engine::EngineError;
use hotcore_vmm::{Vmm, in_full};

use crate::cli::{Cli, Serve};
use crate::doors::{Doors, DoorsError};
use crate::ending::{self, Signals, SignalsError};
use crate::run::serial;
use crate::{report, status};

/// Why there is no VMM.
#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Doors(#[from] DoorsError),
    #[error(transparent)]
    Signals(#[from] SignalsError),
}

/// Serves clients until one of them, or a signal, ends the VMM.
pub(crate) fn main(arguments: &Serve) -> ExitCode {
    if arguments.doors.is_none() {
        let text = "nothing to do: `hotcore run` boots a guest; `hotcore --api-socket PATH` waits for clients that do";
        Cli::command().error(ErrorKind::MissingRequiredArgument, text).exit();
    }
    ending::end_on_panic();
    let status = serve(arguments).unwrap_or_else(|error| {
        report::error(&error);
        status::FAILURE
    });
    status.into()
}

fn serve(arguments: &Serve) -> Result<u8, ServeError> {
    let engine = arguments.engine.open()?;
    let console = arguments.serial.clone();
    let output = move || serial::output(&console).map_err(|error| in_full(&error));
    let vmm = Vmm::new(engine, Box::new(output));
    let signals = Signals::watch(vmm.clone())?;
    let doors = Doors::open(&arguments.doors, &vmm)?;
    vmm.serve();
    // Clients that wait learn of the end before this process is gone.
    drop(doors);
    Ok(signals.received().map_or(status::SUCCESS, status::of_signal))
}
