//! `hotcore`: run a guest whose CPUs come and go.
//!
//! [`cli`] says what can be typed, [`options`] reads `key=value` lists, [`run`] runs a machine on
//! this process's terminal, [`serve`] waits for clients that make one, [`ctl`] commands one that runs
//! elsewhere, [`top`] shows it live, [`autoscale`] does so as its load asks for, [`trace`] writes down what a
//! guest's CPUs do, [`check`] judges a VMM by the guest contract. The exit statuses are in [`status`].

mod autoscale;
mod check;
mod cli;
mod ctl;
mod doors;
mod ending;
mod engine;
mod logging;
mod look;
mod manual;
mod options;
mod report;
mod run;
mod serve;
mod status;
mod top;
mod trace;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(error) = logging::start(&cli.log) {
        report::error(&error);
        return status::USAGE.into();
    }
    match cli.command {
        Some(Command::Run(arguments)) => run::main(&arguments),
        Some(Command::Ctl(arguments)) => ctl::main(&arguments),
        Some(Command::Top(arguments)) => top::main(&arguments),
        Some(Command::Autoscale(arguments)) => autoscale::main(&arguments),
        Some(Command::Check(arguments)) => check::main(&arguments),
        Some(Command::Completions { shell }) => manual::completions(shell),
        Some(Command::Man { folder }) => manual::pages(&folder),
        None => serve::main(&cli.serve),
    }
}
