//! What runs inside an arm64 guest: busybox, bash, and util-linux's chcpu with the libraries it
//! needs.

use std::fs;
use std::path::PathBuf;

use crate::error::FetchError;
use crate::fetch::apt::{Apt, Suites};
use crate::fetch::cache::Cache;
use crate::fetch::closure::{LOADED_FROM, PROGRAMS, first_file, keep};

/// The packages of chcpu and of the libraries it is linked with.
const CHCPU: [&str; 3] = ["util-linux:arm64", "libsmartcols1:arm64", "libc6:arm64"];

/// Where a release keeps it.
const CHCPU_PLACES: [&str; 3] = ["usr/bin/chcpu", "usr/sbin/chcpu", "sbin/chcpu"];

/// A static arm64 busybox with a daemon mode of mdev (`mdev -d`).
pub(crate) fn busybox() -> Result<PathBuf, FetchError> {
    let cache = Cache::open()?;
    let folder = cache.component("busybox", |folder| {
        Apt::open(&cache)?.extract(&["busybox-static:arm64"], Suites::All, folder)
    })?;
    first_file(&folder, &["usr/bin/busybox", "bin/busybox"])
}

/// A static arm64 bash, for scripts that are written for it.
pub(crate) fn bash() -> Result<PathBuf, FetchError> {
    let cache = Cache::open()?;
    let folder = cache.component("bash", |folder| {
        Apt::open(&cache)?.extract(&["bash-static:arm64"], Suites::All, folder)
    })?;
    first_file(&folder, &["usr/bin/bash-static", "bin/bash-static"])
}

/// arm64's chcpu and its shared libraries: for each file, its path in a guest's image and the file.
pub(crate) fn chcpu() -> Result<Vec<(String, PathBuf)>, FetchError> {
    let cache = Cache::open()?;
    let root = cache.component("chcpu", |folder| {
        let unpacked = folder.join("unpacked");
        Apt::open(&cache)?.extract(&CHCPU, Suites::All, &unpacked)?;
        let program = first_file(&unpacked, &CHCPU_PLACES)?;
        keep(&unpacked, &[("chcpu", program)], folder)?;
        fs::remove_dir_all(&unpacked).map_err(FetchError::file("remove", unpacked))
    })?;
    let mut files = Vec::new();
    for folder in [PROGRAMS, LOADED_FROM] {
        let place = root.join(folder);
        let entries = fs::read_dir(&place).map_err(FetchError::file("read", place))?;
        files.extend(entries.flatten().map(|entry| {
            (format!("{folder}/{}", entry.file_name().to_string_lossy()), entry.path())
        }));
    }
    files.sort();
    Ok(files)
}
