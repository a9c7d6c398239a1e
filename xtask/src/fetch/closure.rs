//! Programs cut from Debian's packages together with every shared library they lead to.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::error::FetchError;
use crate::fetch::elf;

/// The folder of a guest's image for programs.
pub(super) const PROGRAMS: &str = "usr/bin";

/// A folder of a guest's image in which the dynamic linker looks for libraries, and in which
/// programs look for it.
pub(super) const LOADED_FROM: &str = "lib";

/// Where Debian keeps arm64 programs' libraries.
const LIBRARIES: [&str; 3] = ["usr/lib/aarch64-linux-gnu", "lib/aarch64-linux-gnu", "usr/lib"];

/// The dynamic linker every arm64 Linux program names.
const LOADER: &str = "ld-linux-aarch64.so.1";

/// Copies programs, each a name and a file, and every library they lead to from the packages to a
/// guest's places.
pub(super) fn keep(
    packages: &Path,
    programs: &[(&str, PathBuf)],
    root: &Path,
) -> Result<(), FetchError> {
    let place = |(name, file): &(&str, PathBuf)| (format!("{PROGRAMS}/{name}"), file.clone());
    let mut wanted: BTreeMap<String, PathBuf> = programs.iter().map(place).collect();
    let mut unread: Vec<PathBuf> = wanted.values().cloned().collect();
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

/// The first of several places below `folder` that is a file.
pub(super) fn first_file(folder: &Path, places: &[&str]) -> Result<PathBuf, FetchError> {
    let found = places.iter().map(|place| folder.join(place)).find(|file| file.is_file());
    let name = || places.first().copied().unwrap_or_default().to_owned();
    found.ok_or_else(|| FetchError::NoFile { file: name(), folder: folder.into() })
}

fn library(folder: &Path, name: &str) -> Result<PathBuf, FetchError> {
    let places = LIBRARIES.map(|place| format!("{place}/{name}"));
    first_file(folder, &places.each_ref().map(String::as_str))
}
