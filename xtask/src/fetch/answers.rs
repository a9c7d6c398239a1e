//! What Debian's programs print on another arm64 CPU than ours: `qemu-aarch64` runs the commands that
//! a test guest runs, by the same script, below the same root folder.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::FetchError;
use crate::fetch::cache::Cache;
use crate::fetch::closure::PROGRAMS;
use crate::fetch::debian::{debian, names};
use crate::fetch::programs::qemu_user;
use crate::process;

/// The commands that are run.
pub(crate) const COMMANDS: &str = include_str!("../../../guest/userland/commands");

/// The script that runs one of them.
pub(crate) const RUN: &str = include_str!("../../../guest/userland/run");

/// A CPU with the instructions that programs choose others for (atomics, cryptography), and without
/// pointer authentication, which takes the emulator long.
const CPU: &str = "neoverse-n1";

/// A file with one line for each command: what `qemu-aarch64` says that the script prints.
pub(crate) fn answers() -> Result<PathBuf, FetchError> {
    let (root, qemu) = (debian()?, qemu_user()?);
    let mut hasher = DefaultHasher::new();
    (COMMANDS, RUN).hash(&mut hasher);
    let name = format!("debian-answers-{:016x}", hasher.finish());
    let folder = Cache::open()?.component(&name, |folder| {
        let programs = folder.join("programs");
        fs::create_dir_all(&programs).map_err(FetchError::file("create", &programs))?;
        for (name, _) in names() {
            stand_in(&programs.join(name), &qemu, &root)?;
        }
        let mut answers = String::new();
        for number in 0..commands().count() {
            answers += &answer(folder, number)?;
        }
        let file = folder.join("answers");
        fs::write(&file, answers).map_err(FetchError::file("write", file))?;
        fs::remove_dir_all(&programs).map_err(FetchError::file("remove", programs))
    })?;
    Ok(folder.join("answers"))
}

/// The commands of the list.
fn commands() -> impl Iterator<Item = &'static str> {
    COMMANDS.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// What this machine is to execute in place of an arm64 program.
fn stand_in(place: &Path, qemu: &Path, root: &Path) -> Result<(), FetchError> {
    let name = place.file_name().unwrap_or_default().display();
    let program = root.join(PROGRAMS).join(format!("{name}"));
    let (qemu, root, program) = (qemu.display(), root.display(), program.display());
    let script =
        format!("#!/bin/sh\nexec '{qemu}' -cpu {CPU} -L '{root}' -0 {name} '{program}' \"$@\"\n");
    fs::write(place, script).map_err(FetchError::file("write", place))?;
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(place, executable).map_err(FetchError::file("make executable", place))
}

/// Runs one command with the stand-ins in `folder`.
fn answer(folder: &Path, number: usize) -> Result<String, FetchError> {
    let (list, script) = (folder.join("commands"), folder.join("run"));
    for (file, text) in [(&list, COMMANDS), (&script, RUN)] {
        fs::write(file, text).map_err(FetchError::file("write", file))?;
    }
    let scratch = tempfile::tempdir().map_err(FetchError::file("create", "a scratch folder"))?;
    let programs = folder.join("programs");
    let mut command = Command::new(programs.join("bash"));
    command
        .arg(&script)
        .arg(&list)
        .arg(number.to_string())
        .env_clear()
        .env("PATH", &programs)
        .env("TMPDIR", scratch.path());
    process::output(&mut command)
}
