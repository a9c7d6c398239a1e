//! `cargo xtask test`: every test; those of real guests on both engines, from the same code.
//!
//! Nothing may be skipped for want of a tool: what the tests ask for is fetched first, and
//! `HOTCORE_REQUIRE_TOOLS` and `HOTCORE_REQUIRE_KVM` turn such a skip into a failure.

mod summary;

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use clap::{Args, ValueEnum};

use crate::lab::{Engine, LabError, VARIABLE, folder};
use crate::{cross, fetch, here};
use summary::Summary;

/// The engine's tests on a real KVM.
const ENGINE: &[&str] = &["--package", "hotcore-engine", "--tests"];

/// The gdb server on a real KVM.
const GDB: &[&str] = &["--package", "hotcore-gdb", "--test", "gdb"];

/// The tests of real guests.
const LINUX: &[&str] = &["--package", "hotcore-e2e", "--features", "lab", "--test", "linux"];

/// What `cargo xtask test` takes.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Only the tests that run in one place
    #[arg(long)]
    only: Option<Place>,
    /// Only the tests whose names contain this
    filter: Option<OsString>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Place {
    /// On this machine: registers, tables, protocols
    Host,
    /// Real guests on the software engine, on this machine
    Soft,
    /// In the lab: KVM, and real guests under it
    Lab,
}

/// Runs the tests and prints how many passed, failed and were skipped.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, LabError> {
    // Before anything is built: a build may replace this program's file.
    let this = std::env::current_exe().map_err(LabError::system("find this program"))?;
    let wanted = |place| arguments.only.is_none_or(|only| only == place);
    let filter = arguments.filter.as_slice();
    let mut summary = Summary::default();
    if wanted(Place::Host) {
        test(&mut on_the_host()?, filter, &mut summary)?;
    }
    if wanted(Place::Soft) {
        let folder = folder::prepare_for_tests(Engine::Soft)?;
        test(&mut in_software(&folder)?, filter, &mut summary)?;
    }
    if wanted(Place::Lab) {
        folder::prepare_for_tests(Engine::Kvm)?;
        for tests in [ENGINE, GDB, LINUX] {
            test(&mut in_the_lab(tests, &this)?, filter, &mut summary)?;
        }
    }
    println!("{summary}");
    Ok(if summary.is_success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn on_the_host() -> Result<Command, LabError> {
    let acpica = fetch::acpica()?;
    let judges = fetch::api_judges()?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(fetch::workspace())
        .args(["test", "--workspace"])
        .env("HOTCORE_IASL", acpica.iasl)
        .env("HOTCORE_SCHEMATHESIS", judges.schemathesis)
        .env("HOTCORE_OPENAPI_PYTHON_CLIENT", judges.generator)
        .env("HOTCORE_ACPIEXEC", acpica.acpiexec)
        .env("HOTCORE_QEMU_AARCH64", fetch::qemu_user()?)
        .env("HOTCORE_GDB", fetch::gdb()?)
        .env("HOTCORE_QEMU_QMP", fetch::qemu_qmp()?)
        .env("HOTCORE_REQUIRE_TOOLS", "1");
    Ok(cargo)
}

fn in_software(folder: &Path) -> Result<Command, LabError> {
    // A VMM of somebody else's, for the conformance suite.
    let qemu = fetch::qemu()?;
    let mut cargo = here::command("test", here::LAB);
    cargo
        .args(LINUX)
        .env("HOTCORE_LAB", folder)
        .env(VARIABLE, Engine::Soft.name())
        .env("HOTCORE_QEMU_SYSTEM", qemu.program)
        .env("HOTCORE_QEMU_LIBRARIES", qemu.library_path)
        .env("HOTCORE_QEMU_DATA", qemu.data_dir);
    Ok(cargo)
}

fn in_the_lab(tests: &[&str], this: &Path) -> Result<Command, LabError> {
    let runner = format!("target.{}.runner = ['{}', 'runner']", cross::TARGET, this.display());
    let mut cargo = cross::command("test")?;
    cargo.args(tests).args(["--config", &runner]).env("HOTCORE_REQUIRE_KVM", "1");
    Ok(cargo)
}

/// Runs one `cargo test` to its end, shows what it prints, and adds its results up.
fn test(cargo: &mut Command, filter: &[OsString], summary: &mut Summary) -> Result<(), LabError> {
    cargo.arg("--no-fail-fast").args(filter).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = cargo.spawn().map_err(LabError::system("start cargo"))?;
    if let Some(output) = child.stdout.take() {
        show(BufReader::new(output), summary).map_err(LabError::system("show the results"))?;
    }
    let status = child.wait().map_err(LabError::system("wait for cargo"))?;
    summary.end(status.success(), filter.is_empty());
    Ok(())
}

fn show(mut output: impl BufRead, summary: &mut Summary) -> io::Result<()> {
    let mut line = Vec::new();
    let mut shown = io::stdout().lock();
    while output.read_until(b'\n', &mut line)? > 0 {
        shown.write_all(&line)?;
        shown.flush()?;
        summary.line(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(())
}
