//! The firmware's tables, read with Linux's rules: RSDP, XSDT, FADT, MADT, STAO, SPCR, and where an EFI
//! hand-off keeps the RSDP.
//!
//! Everything is copied out of memory before it is judged, and bounded. What is broken is an error where
//! nothing works without it, and otherwise a [`Report`](crate::Report) and ignored.

mod bytes;
pub mod efi;
mod fadt;
mod madt;
mod root;
mod sdt;
mod spcr;
mod stao;

pub use fadt::Fadt;
pub use madt::{Gicc, Gicd, Gicr, Madt};
pub use root::Tables;
pub use sdt::Sdt;
pub use spcr::Spcr;
pub use stao::Stao;

/// What is wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum TableError {
    /// Not all of it can be read.
    #[error("not readable: {0}")]
    Fault(#[from] crate::Fault),
    /// It is not what was expected there.
    #[error("the signature is wrong")]
    Signature,
    /// Its length is less than what every such table has, or more than is believed.
    #[error("the length {0} is not credible")]
    Length(u64),
    /// Its bytes do not add up to 0.
    #[error("the checksum is wrong")]
    Checksum,
    /// A table that ACPI on arm64 needs does not exist.
    #[error("there is no {}", .0.escape_ascii())]
    Missing([u8; 4]),
    /// ACPI on arm64 begins with 5.1.
    #[error("Unsupported FADT revision {0}.{1}, should be 5.1+")]
    FadtRevision(u8, u8),
    /// ACPI on arm64 is hardware-reduced.
    #[error("FADT not ACPI hardware reduced compliant")]
    NotHardwareReduced,
    /// The EFI memory map is not of version 1, or its descriptors are too short.
    #[error("the EFI memory map has descriptors of version {version} and {size} bytes")]
    EfiDescriptors {
        /// Of a descriptor.
        version: u32,
        /// Of a descriptor, in bytes.
        size: u64,
    },
    /// The EFI system table has no table of ACPI 2.0.
    #[error("EFI has no table of ACPI 2.0")]
    NoAcpi,
}
