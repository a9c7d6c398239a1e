//! Cross builds for arm64 Linux: static programs, so that they run in any guest's image.
//!
//! The target folder is separate from the one of the cargo that runs this, whose lock a build
//! inside it would wait for. Where no arm64 library is installed, cargo builds it from source
//! (`-Zbuild-std`), which needs the nightly features of a stable rustc.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use crate::error::FetchError;
use crate::fetch;
use crate::process;

/// The target every guest and nested host runs.
pub(crate) const TARGET: &str = "aarch64-unknown-linux-gnu";

/// The profile: what runs in an emulator must be optimised.
const PROFILE: &str = "lab";

/// `cargo xtask cross`
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The packages to build, each of whose program has its name
    #[arg(default_values = ["hotcore", "hotcore-guest-agent", "hotcore-guest-litmus"])]
    packages: Vec<String>,
}

/// Builds what `arguments` name and prints the programs' paths.
pub(crate) fn run(arguments: &Arguments) -> Result<(), FetchError> {
    let packages: Vec<&str> = arguments.packages.iter().map(String::as_str).collect();
    for program in build(&packages, &packages)? {
        println!("{}", program.display());
    }
    Ok(())
}

/// A cargo subcommand (`build`, `test`), preset to cross-build: target, profile, linker, library
/// and target folder. A caller of `test` adds `CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER`.
pub(crate) fn command(subcommand: &str) -> Result<Command, FetchError> {
    let linker = fetch::cross()?.linker;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(fetch::workspace())
        .arg(subcommand)
        .args(["--target", TARGET, "--profile", PROFILE])
        .env("CARGO_TARGET_DIR", target_folder())
        .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", linker)
        .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "-C target-feature=+crt-static");
    if let Some(library) = fetch::rust_source(TARGET)? {
        cargo
            .arg("-Zbuild-std=std,panic_abort,panic_unwind,test")
            .env("RUSTC_BOOTSTRAP", "1")
            .env("__CARGO_TESTS_ONLY_SRC_ROOT", library);
    }
    // A caller's own flags and `cargo xtask`'s environment belong to the outer build.
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(variable);
    }
    Ok(cargo)
}

/// Builds the programs `binaries` of `packages` and returns their paths in the order given.
pub(crate) fn build(packages: &[&str], binaries: &[&str]) -> Result<Vec<PathBuf>, FetchError> {
    let mut cargo = command("build")?;
    for package in packages {
        cargo.args(["--package", package]);
    }
    for binary in binaries {
        cargo.args(["--bin", binary]);
    }
    process::visible(&mut cargo)?;
    let folder = target_folder().join(TARGET).join(PROFILE);
    Ok(binaries.iter().map(|binary| folder.join(OsStr::new(binary))).collect())
}

fn target_folder() -> PathBuf {
    fetch::workspace().join("target").join("aarch64")
}
