//! The folder fetched things live in: `target/lab-cache` below the workspace, or what
//! `HOTCORE_CACHE` names. A component is a folder that appears, by a rename, only once complete; so
//! an interrupted run leaves nothing that looks finished, and a second run has nothing to do.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::FetchError;
use crate::progress;

/// The cache's folder.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The cache, whose folder this creates.
    pub(crate) fn open() -> Result<Self, FetchError> {
        let folder = match std::env::var_os("HOTCORE_CACHE") {
            Some(folder) => {
                std::path::absolute(&folder).map_err(FetchError::file("find the folder", folder))?
            }
            None => workspace().join("target").join("lab-cache"),
        };
        Self::at(folder)
    }

    fn at(folder: PathBuf) -> Result<Self, FetchError> {
        fs::create_dir_all(&folder).map_err(FetchError::file("create", &folder))?;
        Ok(Self { folder })
    }

    /// A path inside the cache.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folder of the component `name`, made by `make` in an empty folder if it is not there
    /// yet. Other processes wait meanwhile; `make` must not ask for another component.
    pub(crate) fn component(
        &self,
        name: &str,
        make: impl FnOnce(&Path) -> Result<(), FetchError>,
    ) -> Result<PathBuf, FetchError> {
        let complete = self.join(name);
        if complete.is_dir() {
            return Ok(complete);
        }
        let _lock = self.lock()?;
        if complete.is_dir() {
            return Ok(complete);
        }
        let partial = self.join(&format!(".{name}.partial"));
        if partial.exists() {
            fs::remove_dir_all(&partial).map_err(FetchError::file("remove", &partial))?;
        }
        fs::create_dir_all(&partial).map_err(FetchError::file("create", &partial))?;
        progress::timed(&format!("fetching {name}"), || make(&partial))?;
        fs::rename(&partial, &complete).map_err(FetchError::file("rename", &partial))?;
        Ok(complete)
    }

    /// Holds other processes off for as long as the returned file is open.
    fn lock(&self) -> Result<File, FetchError> {
        let path = self.join("lock");
        let file = File::create(&path).map_err(FetchError::file("create", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                eprintln!("waiting for another `cargo xtask` that is fetching ...");
                file.lock().map_err(FetchError::file("lock", &path))?;
                Ok(file)
            }
            Err(TryLockError::Error(source)) => Err(FetchError::file("lock", &path)(source)),
        }
    }
}

/// The workspace's root folder.
pub(crate) fn workspace() -> &'static Path {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache() -> (tempfile::TempDir, Cache) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(folder.path().join("cache")).unwrap();
        (folder, cache)
    }

    #[test]
    fn a_component_is_made_once() {
        let (_folder, cache) = cache();
        let write = |folder: &Path| {
            fs::write(folder.join("file"), "1").map_err(FetchError::file("write", folder))
        };
        let made = cache.component("thing", write).unwrap();
        assert!(made.join("file").is_file());
        cache.component("thing", |_| unreachable!("it is there")).unwrap();
    }

    #[test]
    fn what_failed_half_way_starts_afresh() {
        let (_folder, cache) = cache();
        let fail = |folder: &Path| {
            fs::write(folder.join("rest"), "").unwrap();
            Err(FetchError::OldLibc { found: String::new() })
        };
        cache.component("thing", fail).unwrap_err();
        assert!(!cache.join("thing").exists());
        let made = cache.component("thing", |_| Ok(())).unwrap();
        assert!(!made.join("rest").exists());
    }
}
