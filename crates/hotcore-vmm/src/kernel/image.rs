//! A kernel file, opened, judged and ready to be loaded at every reset.

use std::io::Read;
use std::path::Path;

use hotcore_engine::GuestMemory;
use vm_memory::{Address, GuestAddress, GuestMemoryBackend};

use super::error::{KernelError, KernelProblem};
use super::file::BootFile;
use super::header::{self, ImageHeader, parse_header};
use super::version::{self, LinuxVersion};

const BASE_ALIGNMENT: u64 = 2 << 20;
/// Where QEMU and kvmtool put an image that does not say.
const FLAT_TEXT_OFFSET: u64 = 0x8_0000;

/// What kind of kernel file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KernelFormat {
    /// An arm64 Linux Image with its header.
    Linux(ImageHeader),
    /// A flat image: code from the first byte on, loaded at base + 0x80000.
    Flat,
}

/// Where [`KernelImage::load`] put a kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadedKernel {
    /// First byte of the image, which is its first instruction.
    pub entry: GuestAddress,
    /// Bytes of RAM from there on that belong to the kernel.
    pub size: u64,
}

/// A kernel file that can be loaded into guest RAM, again and again.
pub struct KernelImage {
    file: BootFile,
    format: KernelFormat,
}

impl KernelImage {
    /// Opens a kernel and judges it by its header. The file stays open.
    ///
    /// A file without any header that could be recognised is a [`KernelFormat::Flat`] image; a
    /// caller that needs Linux asks [`require_linux`](Self::require_linux).
    pub fn open(path: impl AsRef<Path>) -> Result<Self, KernelError> {
        let path = path.as_ref();
        let error = |problem| KernelError { path: path.to_owned(), problem };
        let file = BootFile::open(path).map_err(|e| error(KernelProblem::Unreadable(e)))?;
        let mut head = Vec::with_capacity(header::HEAD);
        file.read(|reader| reader.take(header::HEAD as u64).read_to_end(&mut head))
            .map_err(|e| error(KernelProblem::Unreadable(e)))?;
        let format = match parse_header(&head, file.size()).map_err(error)? {
            Some(header) => KernelFormat::Linux(header),
            None => KernelFormat::Flat,
        };
        Ok(Self { file, format })
    }

    /// The file, as it was named.
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// What kind of file it is.
    pub fn format(&self) -> KernelFormat {
        self.format
    }

    /// The header of a Linux Image; an error for a flat image.
    pub fn require_linux(&self) -> Result<ImageHeader, KernelError> {
        match self.format {
            KernelFormat::Linux(header) => Ok(header),
            KernelFormat::Flat => Err(self.error(KernelProblem::NotLinux)),
        }
    }

    /// Where the image goes, in bytes from its 2 MiB aligned base.
    pub fn text_offset(&self) -> u64 {
        match self.format {
            KernelFormat::Linux(header) => header.text_offset(),
            KernelFormat::Flat => FLAT_TEXT_OFFSET,
        }
    }

    /// Bytes of RAM it needs from base + [`text_offset`](Self::text_offset) on.
    pub fn memory_size(&self) -> u64 {
        match self.format {
            KernelFormat::Linux(header) => header.image_size(),
            KernelFormat::Flat => self.file.size(),
        }
    }

    /// The version that the kernel's own banner states. Reads the file up to the banner.
    ///
    /// `None`: there is no banner, or the file cannot be read, which [`load`](Self::load) will say.
    pub fn linux_version(&self) -> Option<LinuxVersion> {
        self.file.read(version::find).ok()?
    }

    /// Copies the file into RAM, [`text_offset`](Self::text_offset) bytes from `base`.
    ///
    /// The rest of [`memory_size`](Self::memory_size) is left as it is: the kernel zeroes it.
    pub fn load(
        &self,
        memory: &GuestMemory,
        base: GuestAddress,
    ) -> Result<LoadedKernel, KernelError> {
        if !base.raw_value().is_multiple_of(BASE_ALIGNMENT) {
            return Err(self.error(KernelProblem::UnalignedBase(base.raw_value())));
        }
        let size = self.memory_size();
        let entry = base
            .checked_add(self.text_offset())
            .filter(|entry| {
                usize::try_from(size).is_ok_and(|size| memory.check_range(*entry, size))
            })
            .ok_or_else(|| {
                self.error(KernelProblem::DoesNotFit {
                    start: base.raw_value().saturating_add(self.text_offset()),
                    size,
                })
            })?;
        self.file.load(memory, entry).map_err(|e| self.error(KernelProblem::Load(e)))?;
        Ok(LoadedKernel { entry, size })
    }

    fn error(&self, problem: KernelProblem) -> KernelError {
        KernelError { path: self.path().to_owned(), problem }
    }
}
