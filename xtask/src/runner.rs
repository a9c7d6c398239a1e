//! `cargo xtask runner`: what cargo starts a cross-built test program with.
//!
//! It uses the lab's folder as it is and builds nothing: the cargo that started it holds the lock.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;

use crate::lab::{Engine, Job, Lab, LabError, Streams, cli, folder};

/// How long a test program may take: several times what the longest takes, so that one that hangs is
/// reported with the lab's console instead of holding everything up.
const LIMIT: Duration = Duration::from_secs(45 * 60);

/// Other variables that a test program reads.
const PASSED: [&str; 2] = ["RUST_BACKTRACE", "RUST_TEST_THREADS"];

/// What `cargo xtask runner` takes.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

/// Runs the program in the lab; its exit status is ours.
pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, LabError> {
    let mut words = arguments.command.into_iter();
    let program = PathBuf::from(words.next().unwrap_or_default());
    let inside = format!("test/{}", name(&program));
    let env = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok()?;
        (name.starts_with("HOTCORE_") || PASSED.contains(&name.as_str())).then_some((name, value))
    });
    let job = Job {
        command: inside.clone().into(),
        args: words.collect(),
        env: env.filter(|(name, _)| name != "HOTCORE_LAB").collect(),
        files: vec![(inside, program)],
        timeout: Some(LIMIT),
    };
    let lab = Lab { folder: folder::prepared(Engine::Kvm), ..Lab::default() };
    Ok(cli::exit_code(lab.run(&job, Streams::inherited())?))
}

fn name(program: &Path) -> String {
    program.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
