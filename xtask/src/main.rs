//! Everything a person types: `cargo xtask <subcommand>`. One module per subcommand; this file only
//! names them.

mod bench;
mod conformance;
mod cross;
mod demo;
mod error;
mod fetch;
mod guest_side;
mod here;
mod image;
mod lab;
mod probe;
mod process;
mod progress;
mod runner;
mod test;

use std::error::Error;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Hotcore's development tasks
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Fetch the kernels, programs and cross tools the other tasks need, once, without root
    Fetch,
    /// Build programs of the workspace for arm64 Linux, static, and print where they are
    Cross(cross::Arguments),
    /// Build the conformance guest, a kernel for bare arm64 metal, and print where it is
    Probe(probe::Arguments),
    /// Have the conformance guest judge both engines, and write docs/conformance.md
    Conformance,
    /// Boot a stock Linux guest, add and remove its CPUs, and show it as it happens
    Demo(demo::Arguments),
    /// Measure what hotplug, CPUs that do not run, a start and the software engine cost
    Bench(bench::Arguments),
    /// A shell or a command on an arm64 Linux with KVM, nested where this machine is none
    Lab(lab::cli::Arguments),
    /// Run every test, here and on an arm64 Linux with KVM, guests on both engines
    Test(test::Arguments),
    /// Run a program built for arm64 in the lab, for cargo
    #[command(hide = true)]
    Runner(runner::Arguments),
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode, Box<dyn Error>> {
    match task {
        Task::Fetch => fetch::everything()?,
        Task::Cross(arguments) => cross::run(&arguments)?,
        Task::Probe(arguments) => probe::run(&arguments)?,
        Task::Conformance => return Ok(conformance::run()?),
        Task::Demo(arguments) => return Ok(demo::run(&arguments)),
        Task::Bench(arguments) => return bench::run(&arguments),
        Task::Lab(arguments) => return Ok(lab::cli::run(arguments)?),
        Task::Test(arguments) => return Ok(test::run(&arguments)?),
        Task::Runner(arguments) => return Ok(runner::run(arguments)?),
    }
    Ok(ExitCode::SUCCESS)
}
