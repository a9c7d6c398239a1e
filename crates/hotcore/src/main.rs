//! `hotcore`: run a guest whose CPUs come and go.
//!
//! [`cli`] says what can be typed, [`options`] reads `key=value` lists, [`run`] runs a machine on
//! this process's terminal, [`ctl`] commands one that runs elsewhere, [`trace`] writes down what a
//! guest's CPUs do. The exit statuses are in [`status`].

mod cli;
mod ctl;
mod logging;
mod options;
mod report;
mod run;
mod status;
mod trace;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(error) = logging::start() {
        report::error(&error);
        return status::USAGE.into();
    }
    match cli.command {
        Command::Run(arguments) => run::main(&arguments),
        Command::Ctl(arguments) => ctl::main(&arguments),
    }
}
