//! `cargo xtask fetch`: the real kernels, programs and cross tools that tests use, taken from
//! Debian's packages. Each function here fetches on first use and afterwards only answers with a
//! path. Nothing of the machine is changed and nothing needs root.
//!
//! Used by every other task; see [`cache`] for where things go and [`apt`] for where they come from.

mod answers;
mod apt;
mod cache;
mod closure;
mod debian;
mod debugger;
mod elf;
mod kernels;
mod libc;
mod programs;
mod python;
mod rust_source;
mod selftest;
mod sources;
mod toolchain;
mod userland;

pub(crate) use answers::{COMMANDS, RUN, answers};
pub(crate) use cache::workspace;
pub(crate) use debian::debian;
pub(crate) use debugger::gdb;
pub(crate) use kernels::{KernelVersion, kernel};
pub(crate) use programs::{Acpica, Qemu, acpica, qemu, qemu_user};
pub(crate) use python::{ApiJudges, api_judges, qemu_qmp};
pub(crate) use rust_source::rust_source;
pub(crate) use selftest::cpu_hotplug_selftest;
pub(crate) use toolchain::cross;
pub(crate) use userland::{bash, busybox, chcpu};

use crate::error::FetchError;

/// Fetches everything, and says where it is.
pub(crate) fn everything() -> Result<(), FetchError> {
    let Qemu { program, .. } = qemu()?;
    println!("qemu     {}", program.display());
    println!("oracle   {}", qemu_user()?.display());
    println!("gdb      {}", gdb()?.display());
    let Acpica { iasl, acpiexec } = acpica()?;
    println!("iasl     {}\nacpiexec {}", iasl.display(), acpiexec.display());
    let ApiJudges { schemathesis, generator } = api_judges()?;
    println!("api      {}\n         {}", schemathesis.display(), generator.display());
    println!("qmp      {}", qemu_qmp()?.display());
    for version in KernelVersion::EVERY {
        println!("kernel   {}", kernel(version)?.display());
    }
    println!("busybox  {}", busybox()?.display());
    println!("bash     {}", bash()?.display());
    println!("selftest {}", cpu_hotplug_selftest()?.display());
    for (path, file) in chcpu()? {
        println!("chcpu    {path}: {}", file.display());
    }
    println!("debian   {}", debian()?.display());
    println!("answers  {}", answers()?.display());
    println!("linker   {}", cross()?.linker.display());
    if let Some(library) = rust_source(crate::cross::TARGET)? {
        println!("rust-src {}", library.display());
    }
    Ok(())
}
