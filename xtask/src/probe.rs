//! `cargo xtask probe`: the conformance guest, a kernel for bare metal.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::error::FetchError;
use crate::{fetch, process};

/// The target of code without an operating system.
const TARGET: &str = "aarch64-unknown-none";
/// The package, whose program has its name.
const PACKAGE: &str = "hotcore-probe";
/// Optimised for size.
const PROFILE: &str = "probe";

/// `cargo xtask probe`
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Let clippy judge it instead of building it
    #[arg(long)]
    lint: bool,
}

/// Builds the kernel and prints its path, or has it judged.
pub(crate) fn run(arguments: &Arguments) -> Result<(), FetchError> {
    if arguments.lint {
        return process::visible(command("clippy")?.args(["--", "-D", "warnings"]));
    }
    println!("{}", build()?.display());
    Ok(())
}

/// Builds the kernel; its path.
pub(crate) fn build() -> Result<PathBuf, FetchError> {
    process::visible(&mut command("build")?)?;
    let image = target_folder().join(TARGET).join(PROFILE).join(PACKAGE);
    let size = fs::metadata(&image).map_err(FetchError::file("read", &image))?.len();
    eprintln!("the probe is {size} bytes long");
    Ok(image)
}

fn command(subcommand: &str) -> Result<Command, FetchError> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(fetch::workspace())
        .args([subcommand, "--package", PACKAGE, "--features", "bare-metal"])
        .args(["--target", TARGET, "--profile", PROFILE])
        .env("CARGO_TARGET_DIR", target_folder());
    if let Some(library) = fetch::rust_source(TARGET)? {
        cargo
            .args(["-Zbuild-std=core,alloc", "-Zbuild-std-features=optimize_for_size"])
            .env("RUSTC_BOOTSTRAP", "1")
            .env("__CARGO_TESTS_ONLY_SRC_ROOT", library);
    }
    // A caller's own flags and `cargo xtask`'s environment belong to the outer build.
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        cargo.env_remove(variable);
    }
    Ok(cargo)
}

fn target_folder() -> PathBuf {
    fetch::workspace().join("target").join("bare-metal")
}
