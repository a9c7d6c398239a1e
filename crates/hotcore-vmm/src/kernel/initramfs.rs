//! The initial RAM file system: a file whose place in guest RAM is chosen here and whose contents
//! are the kernel's to judge.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use hotcore_engine::GuestMemory;
use thiserror::Error;
use vm_memory::{GuestAddress, GuestMemoryBackend, GuestMemoryError};

use super::file::BootFile;

/// The largest page of an arm64 kernel, so that none shares a page with something else.
const ALIGNMENT: u64 = 64 << 10;

/// booting.rst: initramfs and kernel lie in one window of 32 GiB that begins at a 1 GiB boundary.
const WINDOW_ALIGNMENT: u64 = 1 << 30;
const WINDOW_SIZE: u64 = 32 << 30;

/// An initramfs that cannot be used.
#[derive(Debug, Error)]
pub enum InitramfsError {
    /// It cannot be opened or read.
    #[error("initramfs {}: cannot be read: {error}", path.display())]
    Unreadable {
        /// The file, as it was named.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It has no bytes.
    #[error("initramfs {}: the file is empty; leave it away or name another", path.display())]
    Empty {
        /// The file, as it was named.
        path: PathBuf,
    },
    /// There is not enough RAM above the kernel.
    #[error(
        "initramfs {}: {size} bytes do not fit the {room} bytes of guest memory above the kernel; \
         give the guest more memory or a smaller initramfs",
        path.display()
    )]
    TooLarge {
        /// The file, as it was named.
        path: PathBuf,
        /// Its size.
        size: u64,
        /// What there is, after alignment.
        room: u64,
    },
    /// Reading it into RAM failed.
    #[error(
        "initramfs {}: cannot be loaded at {address:#x} (was the file changed meanwhile?): {error}",
        path.display()
    )]
    Load {
        /// The file, as it was named.
        path: PathBuf,
        /// Where it was to go.
        address: u64,
        /// Why.
        error: GuestMemoryError,
    },
}

/// An initramfs file that can be loaded into guest RAM, again and again.
pub struct Initramfs {
    file: BootFile,
}

impl Initramfs {
    /// Opens an initramfs. The file stays open.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, InitramfsError> {
        let path = path.as_ref();
        let file = BootFile::open(path)
            .map_err(|error| InitramfsError::Unreadable { path: path.to_owned(), error })?;
        if file.size() == 0 {
            return Err(InitramfsError::Empty { path: path.to_owned() });
        }
        Ok(Self { file })
    }

    /// The file, as it was named.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Its size in bytes, which is what the kernel is told.
    pub fn size(&self) -> u64 {
        self.file.size()
    }

    /// Chooses the highest place in `ram` above `kernel`, in the window that booting.rst allows.
    ///
    /// Both are ranges of guest physical addresses; `kernel` holds whatever must be left alone at
    /// the bottom of `ram`, up to its end.
    pub fn place(
        &self,
        ram: Range<u64>,
        kernel: Range<u64>,
    ) -> Result<GuestAddress, InitramfsError> {
        let window = kernel.start / WINDOW_ALIGNMENT * WINDOW_ALIGNMENT;
        let ceiling = ram.end.min(window.saturating_add(WINDOW_SIZE));
        let floor = ram.start.max(kernel.end);
        ceiling
            .checked_sub(self.size())
            .map(|start| start / ALIGNMENT * ALIGNMENT)
            .filter(|start| *start >= floor)
            .map(GuestAddress)
            .ok_or_else(|| InitramfsError::TooLarge {
                path: self.path().to_owned(),
                size: self.size(),
                room: ceiling
                    .saturating_sub(floor.checked_next_multiple_of(ALIGNMENT).unwrap_or(ceiling)),
            })
    }

    /// Copies the file into RAM at `address`.
    pub fn load(&self, memory: &GuestMemory, address: GuestAddress) -> Result<(), InitramfsError> {
        let error = |error| InitramfsError::Load {
            path: self.path().to_owned(),
            address: address.0,
            error,
        };
        let fits = usize::try_from(self.size()).is_ok_and(|size| memory.check_range(address, size));
        if !fits {
            return Err(error(GuestMemoryError::InvalidGuestAddress(address)));
        }
        self.file.load(memory, address).map_err(error)
    }
}
