//! The EFI hand-off: what a stock arm64 kernel needs in memory to believe that UEFI started it, and
//! so to use ACPI, with no firmware at all.
//!
//! Linux on arm64 takes ACPI tables from EFI only, and EFI's address from `/chosen` of a device tree
//! with nothing else in it, as its own EFI stub would write it. Measured with Debian's 6.12
//! and 7.2 kernels: see the guest contract's notes on the EFI hand-off.
//!
//! ```text
//! area.start   ACPI tables, RSDP first
//! next page    system table, configuration tables and what they point to
//! next page    memory map
//! next page    device tree
//! 64 KiB up    end of the ACPI reclaim region; conventional memory from here
//! ```

mod memory_map;
mod system_table;

use core::ops::Range;

use vm_fdt::FdtWriter;

use crate::{AcpiError, AcpiTables, BootParameters, Platform, build_tables};
use memory_map::{DESCRIPTOR_SIZE, DESCRIPTOR_VERSION, PAGE};

/// Bytes that are enough for the hand-off of the largest machine. A kernel that wants to be at
/// a multiple of 2 MiB fits right behind.
pub const AREA_SIZE: u64 = 0x20_0000;

/// The largest page of an arm64 kernel: memory types change at multiples of it.
const LARGEST_PAGE: u64 = 0x1_0000;

/// `linux,uefi-secure-boot`: disabled. Debian's kernels panic without this property; others
/// ignore it.
const SECURE_BOOT_DISABLED: u32 = 2;

/// What to copy to guest memory, and what to start the kernel with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    /// The ACPI tables.
    pub tables: AcpiTables,
    /// Guest physical address of the device tree: X0 at the kernel's entry. X1 to X3 are 0.
    pub dtb: u64,
    /// Addresses and bytes of everything but the tables.
    structures: [(u64, Vec<u8>); 3],
}

impl Handoff {
    /// Every address to write and the bytes that go there.
    pub fn pieces(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let tables = (self.tables.base, self.tables.bytes.as_slice());
        let structures =
            self.structures.iter().map(|(address, bytes)| (*address, bytes.as_slice()));
        core::iter::once(tables).chain(structures)
    }
}

/// Builds the hand-off of a machine into `area`, a part of its RAM that starts at a multiple of
/// 64 KiB and that nothing else uses ([`AREA_SIZE`] is always enough).
///
/// What is used of it becomes ACPI reclaim memory, which kernels keep for the next kernel;
/// the rest of RAM is conventional.
///
/// ```
/// use hotcore_acpi::efi::{AREA_SIZE, build_handoff};
/// use hotcore_acpi::{AcpiError, BootParameters, Platform, Seeds};
///
/// /// Copies the hand-off to the start of RAM; returns what to put in X0.
/// fn load(platform: &Platform, mut write: impl FnMut(u64, &[u8])) -> Result<u64, AcpiError> {
///     let area = platform.memory.start..platform.memory.start + AREA_SIZE;
///     let seeds = Seeds { kaslr: 4, rng: [4; 64] }; // Draw them from the host's generator.
///     let boot = BootParameters { command_line: "quiet", initrd: None, seeds: &seeds };
///     let handoff = build_handoff(platform, &area, &boot)?;
///     for (address, bytes) in handoff.pieces() {
///         write(address, bytes);
///     }
///     Ok(handoff.dtb)
/// }
/// ```
pub fn build_handoff(
    platform: &Platform,
    area: &Range<u64>,
    boot: &BootParameters<'_>,
) -> Result<Handoff, AcpiError> {
    platform.validate()?;
    let memory = &platform.memory;
    let misplaced = |must| AcpiError::Range {
        what: "the EFI hand-off",
        base: area.start,
        size: area.end.saturating_sub(area.start),
        must,
    };
    if area.is_empty() || area.start < memory.start || area.end > memory.end {
        return Err(misplaced("be in RAM"));
    }
    if !area.start.is_multiple_of(LARGEST_PAGE) {
        return Err(misplaced("start at a multiple of 64 KiB"));
    }

    let tables = build_tables(platform, area.start)?;
    let system = tables.end().next_multiple_of(PAGE);
    let map = system + PAGE;
    let dtb = map + PAGE;
    let tree_size = device_tree(system, map, 0, boot)?.len() as u64;
    let reclaim = area.start..(dtb + tree_size).next_multiple_of(LARGEST_PAGE);
    if reclaim.end > area.end {
        return Err(AcpiError::NoRoom {
            what: "the EFI hand-off",
            needed: reclaim.end - reclaim.start,
            available: area.end - area.start,
        });
    }
    let reserved = platform.cpu_start.mailboxes().map(|mailboxes| &mailboxes.reserved);
    let map_bytes = memory_map::build(memory, &reclaim, reserved);
    let tree = device_tree(system, map, map_bytes.len() as u32, boot)?;
    let structures =
        [(system, system_table::build(system, tables.rsdp)), (map, map_bytes), (dtb, tree)];
    Ok(Handoff { tables, dtb, structures })
}

/// The tree: `/chosen` and nothing else, or the kernel takes the machine from it instead of ACPI.
fn device_tree(
    system_table: u64,
    map: u64,
    map_size: u32,
    boot: &BootParameters<'_>,
) -> Result<Vec<u8>, AcpiError> {
    let mut fdt = FdtWriter::new()?;
    let root = fdt.begin_node("")?;
    fdt.property_u32("#address-cells", 2)?;
    fdt.property_u32("#size-cells", 2)?;
    let chosen = fdt.begin_node("chosen")?;
    boot.write(&mut fdt)?;
    fdt.property_u64("linux,uefi-system-table", system_table)?;
    fdt.property_u64("linux,uefi-mmap-start", map)?;
    fdt.property_u32("linux,uefi-mmap-size", map_size)?;
    fdt.property_u32("linux,uefi-mmap-desc-size", DESCRIPTOR_SIZE)?;
    fdt.property_u32("linux,uefi-mmap-desc-ver", DESCRIPTOR_VERSION)?;
    fdt.property_u32("linux,uefi-secure-boot", SECURE_BOOT_DISABLED)?;
    fdt.end_node(chosen)?;
    fdt.end_node(root)?;
    Ok(fdt.finish()?)
}
