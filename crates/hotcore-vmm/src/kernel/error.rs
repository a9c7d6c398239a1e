//! Why a kernel cannot be booted, in words for the person who named the file.

use std::io;
use std::path::PathBuf;

use thiserror::Error;
use vm_memory::GuestMemoryError;

/// A kernel file that cannot be booted.
#[derive(Debug, Error)]
#[error("kernel {}: {problem}", path.display())]
pub struct KernelError {
    /// The file, as it was named.
    pub path: PathBuf,
    /// What is wrong with it.
    pub problem: KernelProblem,
}

/// What is wrong with a kernel file.
#[derive(Debug, Error)]
pub enum KernelProblem {
    /// It cannot be opened or read.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// It has no bytes.
    #[error("the file is empty; name an uncompressed arm64 kernel Image")]
    Empty,
    /// Its own headers describe a longer file.
    #[error(
        "the file is truncated: it has {have} bytes of at least {need}; copy or download it again"
    )]
    Truncated {
        /// Bytes in the file.
        have: u64,
        /// Bytes that the headers speak of.
        need: u64,
    },
    /// It is compressed as a whole, as many distributions' arm64 kernels are.
    #[error("the file is compressed with {with}; decompress it first: `{command} vmlinuz > Image`")]
    Compressed {
        /// Name of the compression.
        with: &'static str,
        /// The command that undoes it to standard output.
        command: &'static str,
    },
    /// An EFI program that carries a compressed kernel and needs UEFI firmware to unpack itself.
    #[error(
        "this is an EFI zboot image (compressed with {with}), which only UEFI firmware can start; \
         decompress the kernel inside: \
         `tail -c +$(({offset} + 1)) vmlinuz | head -c {size} | {command} > Image`"
    )]
    Zboot {
        /// Compression of the payload, as the image names it.
        with: String,
        /// Where the payload begins.
        offset: u32,
        /// Size of the payload.
        size: u32,
        /// The command that decompresses it from standard input to standard output.
        command: &'static str,
    },
    /// A kernel for PCs.
    #[error("this is an x86 kernel (bzImage); name an arm64 kernel Image")]
    BzImage,
    /// A linker's output rather than a boot image.
    #[error(
        "this is an ELF file (vmlinux?); name arch/arm64/boot/Image of the kernel's build, \
         or make one with `aarch64-linux-gnu-objcopy -O binary vmlinux Image`"
    )]
    Elf,
    /// A kernel or program, EFI or ELF, for another architecture.
    #[error("this is a kernel or program for {machine}; name an arm64 kernel Image")]
    WrongArchitecture {
        /// The machine it is for.
        machine: String,
    },
    /// An EFI program for arm64 that is not a kernel: a boot loader, a unified kernel image.
    #[error(
        "this is an arm64 EFI program without a kernel's header (a boot loader or a unified kernel \
         image?), which only UEFI firmware can start; name an arm64 kernel Image"
    )]
    EfiProgram,
    /// A kernel built with CONFIG_CPU_BIG_ENDIAN.
    #[error("the kernel is big-endian; name one built for little-endian")]
    BigEndian,
    /// A kernel from before Linux 3.17, which does not say how much memory it needs.
    #[error("the kernel's header gives no image size (Linux before 3.17); name a later kernel")]
    NoImageSize,
    /// Header fields that no kernel has.
    #[error("the kernel's header is damaged: {field} is {value:#x}, {expected}; copy it again")]
    DamagedHeader {
        /// Name of the field in booting.rst.
        field: &'static str,
        /// What the file has there.
        value: u64,
        /// What a kernel has there.
        expected: &'static str,
    },
    /// It has no header, and the caller needs a Linux kernel.
    #[error(
        "this is no arm64 Linux Image (\"ARM\\x64\" is not at byte 56); a flat image without header \
         boots only with --firmware dt"
    )]
    NotLinux,
    /// booting.rst: the image must be placed text_offset bytes from a 2 MiB aligned base.
    #[error("cannot be loaded from base {0:#x}: a kernel's base is a multiple of 2 MiB")]
    UnalignedBase(u64),
    /// There is not enough RAM where it would go.
    #[error(
        "does not fit the guest's memory: it needs {size:#x} bytes of RAM from {start:#x} on; \
         give the guest more memory"
    )]
    DoesNotFit {
        /// First address.
        start: u64,
        /// Bytes, including what the kernel zeroes itself.
        size: u64,
    },
    /// Reading it into RAM failed half-way: the file was changed after it was opened.
    #[error("cannot be loaded into guest memory (was the file changed meanwhile?): {0}")]
    Load(GuestMemoryError),
}
