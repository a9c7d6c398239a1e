//! Linux's own test of CPU hotplug: one script of a few kilobytes that no Debian package offers
//! but the one of the whole source, in which it is a file of an archive in an archive.
//!
//! So 150 MB are downloaded and read once, up to the script, and only the script is kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::FetchError;
use crate::fetch::apt::{Apt, Suites};
use crate::fetch::cache::Cache;
use crate::process;
use crate::progress;

/// The package, and the folder of everything in its archive.
const SOURCE: &str = "linux-source-6.12";

/// The script below the source's folder.
const SCRIPT: &str = "tools/testing/selftests/cpu-hotplug/cpu-on-off-test.sh";

/// Linux's `cpu-on-off-test.sh`, which wants bash.
pub(crate) fn cpu_hotplug_selftest() -> Result<PathBuf, FetchError> {
    let cache = Cache::open()?;
    let folder = cache.component("kernel-selftest", |folder| {
        let archives = folder.join(".archives");
        let apt = Apt::open(&cache)?;
        let packages = progress::timed("downloading Linux's source for it, 150 MB", || {
            apt.download(&[SOURCE], Suites::Trixie, &archives)
        })?;
        for package in packages {
            progress::timed("looking for it there", || extract(&package, folder))?;
        }
        fs::remove_dir_all(&archives).map_err(FetchError::file("remove", archives))?;
        find(folder).map(drop)
    })?;
    find(&folder)
}

/// Extracts the script from the archive in `package`, and reads no further.
fn extract(package: &Path, folder: &Path) -> Result<(), FetchError> {
    let mut open = Command::new("dpkg-deb");
    open.arg("--fsys-tarfile").arg(package);
    let mut archive = Command::new("tar");
    archive.args(["-xO", &format!("./usr/src/{SOURCE}.tar.xz")]);
    let mut decompress = Command::new("xz");
    decompress.args(["--decompress", "--stdout", "--threads=0"]);
    let mut script = Command::new("tar");
    script.arg("-C").arg(folder).args(["-x", "--occurrence=1", &format!("{SOURCE}/{SCRIPT}")]);
    process::pipeline([open, archive, decompress, script])
}

fn find(folder: &Path) -> Result<PathBuf, FetchError> {
    let script = folder.join(SOURCE).join(SCRIPT);
    if script.is_file() {
        return Ok(script);
    }
    Err(FetchError::NoFile { file: SCRIPT.into(), folder: folder.into() })
}
