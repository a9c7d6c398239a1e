//! Builds for this machine, of programs that guests depend on for speed: an unoptimised interpreter
//! would measure the compiler.
//!
//! The target folder is not the one of the cargo that runs this, whose lock a build would wait for.

use std::path::PathBuf;
use std::process::Command;

use crate::error::FetchError;
use crate::{fetch, process};

/// The profile of tests and demos: quick to build.
pub(crate) const LAB: &str = "lab";

/// The profile of benchmarks: what users build.
pub(crate) const RELEASE: &str = "release";

/// A cargo subcommand (`build`, `test`), preset to build for this machine in `profile`.
pub(crate) fn command(subcommand: &str, profile: &str) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(fetch::workspace())
        .args([subcommand, "--profile", profile])
        .env("CARGO_TARGET_DIR", target_folder());
    cargo
}

/// Builds the programs `binaries` of `packages` and returns their paths in the order given.
pub(crate) fn build(
    profile: &str,
    packages: &[&str],
    binaries: &[&str],
) -> Result<Vec<PathBuf>, FetchError> {
    let mut cargo = command("build", profile);
    for package in packages {
        cargo.args(["--package", package]);
    }
    for binary in binaries {
        cargo.args(["--bin", binary]);
    }
    process::visible(&mut cargo)?;
    let folder = target_folder().join(profile);
    Ok(binaries.iter().map(|binary| folder.join(binary)).collect())
}

fn target_folder() -> PathBuf {
    fetch::workspace().join("target").join("here")
}
