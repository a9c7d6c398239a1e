//! A regular file that stays open for the machine's life.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use hotcore_engine::GuestMemory;
use parking_lot::Mutex;
use vm_memory::{Bytes, GuestAddress, GuestMemoryError};

pub(super) struct BootFile {
    path: PathBuf,
    size: u64,
    /// Locked because the read position is part of it.
    file: Mutex<File>,
}

impl BootFile {
    /// Opens a regular file. Anything else is an error and does not block, as a FIFO would.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)?;
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        Ok(Self { path: path.to_owned(), size: metadata.len(), file: Mutex::new(file) })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Size when it was opened.
    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// Reads from the file's beginning with `reader`.
    pub(super) fn read<T>(
        &self,
        reader: impl FnOnce(&mut dyn Read) -> io::Result<T>,
    ) -> io::Result<T> {
        let mut file = self.file.lock();
        file.rewind()?;
        reader(&mut *file)
    }

    /// Copies [`Self::size`] bytes to `address`, which the caller found to be RAM.
    pub(super) fn load(
        &self,
        memory: &GuestMemory,
        address: GuestAddress,
    ) -> Result<(), GuestMemoryError> {
        let mut file = self.file.lock();
        file.rewind().map_err(GuestMemoryError::IOError)?;
        let size =
            usize::try_from(self.size).map_err(|_| GuestMemoryError::InvalidBackendAddress)?;
        memory.read_exact_volatile_from(address, &mut *file, size)
    }
}
