//! What the command line says of itself, for shells and for man(1).

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::{report, status};

/// Something could not be written.
#[derive(Debug, thiserror::Error)]
#[error("{what} cannot be written")]
struct Unwritten {
    what: String,
    source: io::Error,
}

/// Prints the completions of a shell.
pub(crate) fn completions(shell: Shell) -> ExitCode {
    // All of it before the first byte goes out: a reader that leaves early is an error, not a panic.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "hotcore", &mut script);
    let written = io::stdout().write_all(&script);
    end(written.map_err(|source| Unwritten { what: "standard output".into(), source }))
}

/// Writes `hotcore.1`, `hotcore-run.1` and so on into `folder`.
pub(crate) fn pages(folder: &Path) -> ExitCode {
    let written = clap_mangen::generate_to(Cli::command(), folder);
    end(written.map_err(|source| Unwritten { what: folder.display().to_string(), source }))
}

fn end(result: Result<(), Unwritten>) -> ExitCode {
    match result {
        Ok(()) => status::SUCCESS.into(),
        Err(error) => {
            report::error(&error);
            status::FAILURE.into()
        }
    }
}
