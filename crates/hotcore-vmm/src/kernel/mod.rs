//! The files of a direct boot: a kernel and an initramfs, from disk into guest RAM.
//!
//! Used when a machine is built and again at every guest reset: the files are opened once and kept
//! open, so a reset boots what the machine was started with even when the path means another file
//! by then. Everything read from them is hostile: sizes are checked before they are used, and what
//! is no bootable kernel is named together with what to do about it.
//!
//! Specification: Linux, Documentation/arch/arm64/booting.rst.

mod error;
mod file;
mod foreign;
mod header;
mod image;
mod initramfs;
#[cfg(test)]
mod tests;
mod version;

pub use error::{KernelError, KernelProblem};
pub use header::{ImageHeader, parse_header};
pub use image::{KernelFormat, KernelImage, LoadedKernel};
pub use initramfs::{Initramfs, InitramfsError};
pub use version::LinuxVersion;
