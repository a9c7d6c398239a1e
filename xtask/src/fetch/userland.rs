//! What runs inside an arm64 guest: busybox, bash, and util-linux's chcpu with the libraries it
//! needs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::FetchError;
use crate::fetch::apt::{Apt, Suites};
use crate::fetch::cache::Cache;
use crate::fetch::elf;

/// Where Debian keeps arm64 programs' libraries.
const LIBRARIES: [&str; 3] = ["usr/lib/aarch64-linux-gnu", "lib/aarch64-linux-gnu", "usr/lib"];

/// The dynamic linker every arm64 Linux program names.
const LOADER: &str = "ld-linux-aarch64.so.1";

/// The packages of chcpu and of the libraries it is linked with.
const CHCPU: [&str; 3] = ["util-linux:arm64", "libsmartcols1:arm64", "libc6:arm64"];

/// The folder of a guest's image for programs.
const PROGRAMS: &str = "usr/bin";

/// A folder of a guest's image in which the dynamic linker looks for libraries, and in which
/// programs look for it.
const LOADED_FROM: &str = "lib";

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
        keep_closure(&unpacked, folder)?;
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

/// Copies chcpu and every library it leads to from the packages to a guest's places.
fn keep_closure(packages: &Path, root: &Path) -> Result<(), FetchError> {
    let program = first_file(packages, &["usr/bin/chcpu", "usr/sbin/chcpu", "sbin/chcpu"])?;
    let mut wanted = BTreeMap::from([(format!("{PROGRAMS}/chcpu"), program.clone())]);
    let mut unread = vec![program];
    while let Some(file) = unread.pop() {
        for name in elf::needed(&file)?.into_iter().chain([LOADER.to_owned()]) {
            let library = library(packages, &name)?;
            if wanted.insert(format!("{LOADED_FROM}/{name}"), library.clone()).is_none() {
                unread.push(library);
            }
        }
    }
    for folder in [PROGRAMS, LOADED_FROM] {
        let place = root.join(folder);
        fs::create_dir_all(&place).map_err(FetchError::file("create", place))?;
    }
    for (path, file) in wanted {
        fs::copy(&file, root.join(path)).map_err(FetchError::file("copy", file))?;
    }
    Ok(())
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
