//! Programs that run on this machine: QEMU, whose emulator makes an arm64 host with KVM out of any
//! machine; QEMU's emulator of programs, the judge of our instructions; and ACPICA's tools, the
//! judges of our tables.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::FetchError;
use crate::fetch::apt::{Apt, Suites};
use crate::fetch::cache::Cache;
use crate::fetch::libc;
use crate::process;

/// QEMU's emulator of arm64 Linux programs, below the root of its package.
const QEMU_USER: &str = "usr/bin/qemu-aarch64";

/// A QEMU that was fetched, not installed.
#[derive(Debug, Clone)]
pub(crate) struct Qemu {
    /// `qemu-system-aarch64`.
    pub(crate) program: PathBuf,
    /// For `LD_LIBRARY_PATH`: every shared library QEMU needs except the C library.
    pub(crate) library_path: String,
    /// For `-L`: firmware and keymaps.
    pub(crate) data_dir: PathBuf,
}

impl Qemu {
    /// QEMU, told where its libraries and data are. The caller adds the machine; `-nic none`
    /// belongs to it, or QEMU asks for a network card's ROM.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env("LD_LIBRARY_PATH", &self.library_path).arg("-L").arg(&self.data_dir);
        command
    }
}

/// ACPICA's programs.
#[derive(Debug, Clone)]
pub(crate) struct Acpica {
    /// The compiler and disassembler of ACPI tables.
    pub(crate) iasl: PathBuf,
    /// The interpreter of ACPI tables.
    pub(crate) acpiexec: PathBuf,
}

/// QEMU's emulator of arm64 machines, 10.0 or later, with everything it needs to run.
pub(crate) fn qemu() -> Result<Qemu, FetchError> {
    let cache = Cache::open()?;
    let suites = libc::suites()?;
    let folder = cache.component(&format!("qemu-{}", suites.label()), |folder| {
        let apt = Apt::open(&cache)?;
        let closure = apt.closure(&["qemu-system-arm"], suites)?;
        apt.extract(&without_c_library(closure), suites, folder)?;
        process::output(in_folder(folder)?.command().arg("--version")).map(drop)
    })?;
    in_folder(&folder)
}

fn in_folder(folder: &Path) -> Result<Qemu, FetchError> {
    Ok(Qemu {
        program: folder.join("usr/bin/qemu-system-aarch64"),
        library_path: library_path(folder)?,
        data_dir: folder.join("usr/share/qemu"),
    })
}

/// QEMU's emulator of arm64 Linux programs, 10.0 or later. Debian 13 links it statically, so it
/// runs on any C library and needs nothing beside it.
pub(crate) fn qemu_user() -> Result<PathBuf, FetchError> {
    let cache = Cache::open()?;
    let folder = cache.component("qemu-user", |folder| {
        let archives = folder.join(".archives");
        let packages = Apt::open(&cache)?.download(&["qemu-user"], Suites::Trixie, &archives)?;
        for package in packages {
            // The package holds the emulators of every architecture, half a gigabyte.
            let mut open = Command::new("dpkg-deb");
            open.arg("--fsys-tarfile").arg(package);
            let mut extract = Command::new("tar");
            extract.arg("-C").arg(folder).args(["-x", &format!("./{QEMU_USER}")]);
            process::pipeline([open, extract])?;
        }
        fs::remove_dir_all(&archives).map_err(FetchError::file("remove", archives))?;
        process::output(Command::new(folder.join(QEMU_USER)).arg("--version")).map(drop)
    })?;
    Ok(folder.join(QEMU_USER))
}

/// ACPICA's compiler and interpreter.
pub(crate) fn acpica() -> Result<Acpica, FetchError> {
    let cache = Cache::open()?;
    let suites = libc::suites()?;
    let folder = cache.component(&format!("acpica-{}", suites.label()), |folder| {
        Apt::open(&cache)?.extract(&["acpica-tools"], suites, folder)
    })?;
    let programs = folder.join("usr/bin");
    Ok(Acpica { iasl: programs.join("iasl"), acpiexec: programs.join("acpiexec") })
}

/// A program must meet the C library of the dynamic linker that starts it: this machine's.
pub(crate) fn without_c_library(mut packages: Vec<String>) -> Vec<String> {
    packages.retain(|package| !package.starts_with("libc6:"));
    packages
}

/// The folders below `folder` that hold shared libraries of this machine's architecture, as
/// `LD_LIBRARY_PATH` wants them.
pub(crate) fn library_path(folder: &Path) -> Result<String, FetchError> {
    let triplet = format!("{}-linux-gnu", std::env::consts::ARCH);
    let mut found = Vec::new();
    for place in ["usr/lib", "lib"] {
        let place = folder.join(place).join(&triplet);
        if !place.is_dir() {
            continue;
        }
        let entries = fs::read_dir(&place).map_err(FetchError::file("read", &place))?;
        let below = entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir());
        found.extend(std::iter::once(place.clone()).chain(below));
    }
    Ok(found.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(":"))
}
