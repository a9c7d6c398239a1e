//! A small program inside the test guest that holds its CPUs to the memory model of the Arm ARM
//! (DDI 0487, B2.3): outcomes that it forbids must never be seen, atomic updates never be lost, and
//! changed code and changed translations be seen where the architecture says so.
//!
//! Each test runs for a given time and prints one line:
//! `NAME rounds=N forbidden=N` and, where a relaxed outcome is allowed, ` relaxed=N`.
//! The exit status is 1 if anything forbidden was seen.

// What is tested are arm64 instructions; elsewhere (`cargo test --workspace` on another machine)
// there is nothing to run.
#[cfg(target_arch = "aarch64")]
mod code;
#[cfg(target_arch = "aarch64")]
mod counters;
#[cfg(target_arch = "aarch64")]
mod instructions;
#[cfg(target_arch = "aarch64")]
mod lock;
#[cfg(target_arch = "aarch64")]
mod place;
#[cfg(target_arch = "aarch64")]
mod shapes;
#[cfg(target_arch = "aarch64")]
mod shootdown;
#[cfg(target_arch = "aarch64")]
mod suite;
#[cfg(target_arch = "aarch64")]
mod threads;

use std::process::ExitCode;

#[cfg(target_arch = "aarch64")]
fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (milliseconds, name) = match words.as_slice() {
        [time] => (time.parse(), ""),
        [time, name] => (time.parse(), name.as_str()),
        _ => ("".parse(), ""),
    };
    let Ok(milliseconds) = milliseconds else {
        eprintln!("usage: hotcore-guest-litmus MILLISECONDS-PER-TEST [NAME-PREFIX]");
        return ExitCode::FAILURE;
    };
    if suite::run(std::time::Duration::from_millis(milliseconds), name) {
        return ExitCode::SUCCESS;
    }
    ExitCode::FAILURE
}

#[cfg(not(target_arch = "aarch64"))]
fn main() -> ExitCode {
    eprintln!("hotcore-guest-litmus: tests arm64 CPUs only");
    ExitCode::FAILURE
}
