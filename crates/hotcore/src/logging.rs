//! The log: on stderr, for people, filtered by `HOTCORE_LOG` or `RUST_LOG`.

use std::env;
use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;

/// Looked at in this order.
const VARIABLES: [&str; 2] = ["HOTCORE_LOG", "RUST_LOG"];
const DEFAULT: &str = "warn";

/// A filter that cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("{variable}={value} is not a log filter such as \"debug\" or \"hotcore_vmm=trace\"")]
pub(crate) struct BadFilter {
    variable: &'static str,
    value: String,
    source: ParseError,
}

/// Starts logging.
pub(crate) fn start() -> Result<(), BadFilter> {
    tracing_subscriber::fmt()
        .with_env_filter(filter()?)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .compact()
        .init();
    Ok(())
}

fn filter() -> Result<EnvFilter, BadFilter> {
    let set = VARIABLES.iter().find_map(|name| Some((*name, env::var(name).ok()?)));
    match set {
        None => Ok(EnvFilter::new(DEFAULT)),
        Some((variable, value)) => EnvFilter::try_new(&value).map_err(|source| BadFilter {
            variable,
            value: value.clone(),
            source,
        }),
    }
}
