//! The log: for people, on stderr or in a file, filtered by `-v`, `HOTCORE_LOG` or `RUST_LOG`.

use std::env;
use std::fs::File;
use std::io::{self, IsTerminal};
use std::path::PathBuf;
use std::sync::Mutex;

use clap::{ArgAction, Args};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

/// Looked at in this order.
const VARIABLES: [&str; 2] = ["HOTCORE_LOG", "RUST_LOG"];
/// By how often `-v` is given.
const LEVELS: [&str; 4] = ["warn", "info", "debug", "trace"];

/// How much is logged, and where to.
#[derive(Debug, Args)]
pub(crate) struct LogArgs {
    /// Log more: -v what happens, -vv why, -vvv everything
    #[arg(short, long, action = ArgAction::Count, global = true)]
    verbose: u8,
    /// Log to the end of this file instead of stderr
    #[arg(long, value_name = "PATH", global = true)]
    log_file: Option<PathBuf>,
}

/// Why there is no log.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LogError {
    /// A filter that cannot be understood.
    #[error("{variable}={value} is not a log filter such as \"debug\" or \"hotcore_vmm=trace\"")]
    Filter { variable: &'static str, value: String, source: ParseError },
    /// The file cannot be written.
    #[error("--log-file {}", path.display())]
    File { path: PathBuf, source: io::Error },
}

/// Starts logging.
pub(crate) fn start(arguments: &LogArgs) -> Result<(), LogError> {
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter(arguments.verbose)?)
        .with_target(false)
        .compact();
    let Some(path) = &arguments.log_file else {
        log.with_writer(io::stderr).with_ansi(io::stderr().is_terminal()).init();
        return Ok(());
    };
    let file = File::options().append(true).create(true).open(path);
    let file = file.map_err(|source| LogError::File { path: path.clone(), source })?;
    log.with_writer(Mutex::new(file)).with_ansi(false).init();
    Ok(())
}

/// What is typed comes before what is set.
fn filter(verbose: u8) -> Result<EnvFilter, LogError> {
    let set = VARIABLES.iter().find_map(|name| Some((*name, env::var(name).ok()?)));
    match set {
        Some((variable, value)) if verbose == 0 => EnvFilter::try_new(&value)
            .map_err(|source| LogError::Filter { variable, value: value.clone(), source }),
        _ => Ok(EnvFilter::new(LEVELS[usize::from(verbose).min(LEVELS.len() - 1)])),
    }
}
