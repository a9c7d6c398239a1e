//! Everything a person types: `cargo xtask <subcommand>`. One module per subcommand; this file only
//! names them.

mod cross;
mod error;
mod fetch;
mod process;
mod progress;

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
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let outcome = match arguments.task {
        Task::Fetch => fetch::everything(),
        Task::Cross(arguments) => cross::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
