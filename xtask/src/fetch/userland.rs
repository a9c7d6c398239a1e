//! What runs inside an arm64 guest: busybox, and util-linux's chcpu with the libraries it needs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::FetchError;
use crate::fetch::apt::{Apt, Suites};
use crate::fetch::cache::Cache;
use crate::fetch::elf;

/// Where Debian keeps arm64 programs' libraries.
const LIBRARIES: [&str; 3] = ["usr/lib/aarch64-linux-gnu", "lib/aarch64-linux-gnu", "usr/lib"];

/// The dynamic linker every arm64 Linux program names.
const LOADER: &str = "ld-linux-aarch64.so.1";

/// A static arm64 busybox with a daemon mode of mdev (`mdev -d`).
pub(crate) fn busybox() -> Result<PathBuf, FetchError> {
    let cache = Cache::open()?;
    let folder = cache.component("busybox", |folder| {
        Apt::open(&cache)?.extract(&["busybox-static:arm64"], Suites::All, folder)
    })?;
    first_file(&folder, &["usr/bin/busybox", "bin/busybox"])
}

/// arm64's chcpu and its shared libraries: for each file, its path in a guest's image and the file.
pub(crate) fn chcpu() -> Result<Vec<(String, PathBuf)>, FetchError> {
    let cache = Cache::open()?;
    let folder = cache.component("chcpu", |folder| {
        let packages = ["util-linux:arm64", "libsmartcols1:arm64", "libc6:arm64"];
        Apt::open(&cache)?.extract(&packages, Suites::All, folder)
    })?;
    let program = first_file(&folder, &["usr/bin/chcpu", "usr/sbin/chcpu", "sbin/chcpu"])?;
    let mut files = BTreeMap::from([("usr/bin/chcpu".to_owned(), program.clone())]);
    let mut unread = vec![program];
    while let Some(file) = unread.pop() {
        for name in elf::needed(&file)?.into_iter().chain([LOADER.to_owned()]) {
            let library = library(&folder, &name)?;
            if files.insert(format!("lib/{name}"), library.clone()).is_none() {
                unread.push(library);
            }
        }
    }
    Ok(files.into_iter().collect())
}

fn library(folder: &Path, name: &str) -> Result<PathBuf, FetchError> {
    let places = LIBRARIES.map(|place| format!("{place}/{name}"));
    first_file(folder, &places.each_ref().map(String::as_str))
}

fn first_file(folder: &Path, places: &[&str]) -> Result<PathBuf, FetchError> {
    let found = places.iter().map(|place| folder.join(place)).find(|file| file.is_file());
    let name = || places.first().copied().unwrap_or_default().to_owned();
    found.ok_or_else(|| FetchError::NoFile { file: name(), folder: folder.into() })
}
