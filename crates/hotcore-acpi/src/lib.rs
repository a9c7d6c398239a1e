//! Everything an arm64 guest reads about its machine: ACPI tables and AML, the EFI hand-off that
//! leads to them, and device trees. One [`Platform`] goes in; bytes and addresses come out.
//!
//! All functions are pure: no I/O, no clock, no randomness. Rebuilding gives identical bytes, which
//! the guest contract asks for (behaviour 75), since firmware or a second kernel may read again what
//! was read before.
//!
//! - [`build_tables`]: FADT, MADT, GTDT, SPCR, DBG2, PPTT, SRAT and SLIT where there is NUMA, and
//!   the DSDT with the AML half of CPU hotplug.
//! - [`efi::build_handoff`]: what lets a stock kernel find them without any firmware.
//! - [`fdt::build_device_tree`]: the same machine without ACPI, and so without hotplug.

mod boot;
mod console;
mod dsdt;
pub mod efi;
mod error;
mod fadt;
pub mod fdt;
mod gtdt;
mod madt;
mod numa;
mod platform;
mod pptt;
mod table;
mod tables;
mod validate;

pub use boot::{BootParameters, Seeds};
pub use error::AcpiError;
pub use platform::{
    Cpu, CpuAtBoot, CpuStart, DISTRIBUTOR_SIZE, Deviation, Device, GED_SELECTOR_SIZE, Gic,
    HOTPLUG_BLOCK_SIZE, MAILBOX_SIZE, Mailboxes, NumaNode, Platform, REDISTRIBUTOR_SIZE,
};
pub use tables::{AcpiTables, TablePlace, build_tables};
