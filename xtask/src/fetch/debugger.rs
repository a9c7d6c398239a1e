//! gdb for arm64 guests, on this machine.
//!
//! Debian's gdb knows this machine's architecture only; `gdb-multiarch` knows all. It brings a Python
//! of its own, and none of its folders are where it was built to look for them: a script says where
//! they are, from wherever the cache is.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::FetchError;
use crate::fetch::apt::Apt;
use crate::fetch::cache::Cache;
use crate::fetch::{libc, programs};
use crate::process;

/// gdb, to be started as any other.
pub(crate) fn gdb() -> Result<PathBuf, FetchError> {
    let cache = Cache::open()?;
    let suites = libc::suites()?;
    let folder = cache.component(&format!("gdb-{}", suites.label()), |folder| {
        let apt = Apt::open(&cache)?;
        let closure = apt.closure(&["gdb-multiarch"], suites)?;
        apt.extract(&programs::without_c_library(closure), suites, folder)?;
        let script = start_script(folder)?;
        process::output(Command::new(script).args(["-nx", "-batch", "--version"])).map(drop)
    })?;
    Ok(folder.join("gdb"))
}

fn start_script(folder: &Path) -> Result<PathBuf, FetchError> {
    let triplet = format!("{}-linux-gnu", std::env::consts::ARCH);
    let text = format!(
        r#"#!/bin/sh
root=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH="$root/usr/lib/{triplet}:$root/lib/{triplet}" PYTHONHOME="$root/usr"
exec "$root/usr/bin/gdb-multiarch" --data-directory "$root/usr/share/gdb" "$@"
"#
    );
    let script = folder.join("gdb");
    fs::write(&script, text).map_err(FetchError::file("write", &script))?;
    let executable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(&script, executable)
        .map_err(FetchError::file("make executable", &script))?;
    Ok(script)
}
