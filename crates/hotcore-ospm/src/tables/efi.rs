//! What an EFI hand-off leaves to a kernel: the system table with the RSDP's address, and the memory map.
//!
//! The kernel finds both through the properties `linux,uefi-…` of the device tree's `/chosen`.

use alloc::vec::Vec;

use super::TableError;
use super::bytes::{Words, copy};
use crate::Bus;

/// "IBI SYST".
const SIGNATURE: u64 = 0x5453_5953_2049_4249;
/// 8868e871-e4f1-11d3-bc22-0080c73c8881: `EFI_ACPI_20_TABLE_GUID`.
const ACPI_20: [u8; 16] = [
    0x71, 0xe8, 0x68, 0x88, 0xf1, 0xe4, 0xd3, 0x11, 0xbc, 0x22, 0x00, 0x80, 0xc7, 0x3c, 0x88, 0x81,
];
/// As many configuration tables as are believed.
const MOST_TABLES: u64 = 256;
/// The longest memory map that is believed, in bytes.
const LONGEST_MAP: u64 = 1 << 20;

/// The address of the RSDP, from the system table at `linux,uefi-system-table`.
pub fn rsdp<B: Bus + ?Sized>(bus: &mut B, system_table: u64) -> Result<u64, TableError> {
    let table = copy(bus, system_table, 120)?;
    if table.u64(0) != Some(SIGNATURE) {
        return Err(TableError::Signature);
    }
    let (Some(count), Some(list)) = (table.u64(104), table.u64(112)) else {
        return Err(TableError::NoAcpi);
    };
    if count > MOST_TABLES {
        return Err(TableError::Length(count));
    }
    let list = copy(bus, list, count as usize * 24)?;
    let acpi = list.chunks_exact(24).find(|entry| entry.starts_with(&ACPI_20));
    acpi.and_then(|entry| entry.u64(16)).ok_or(TableError::NoAcpi)
}

/// Where the memory map is: the properties `linux,uefi-mmap-start`, `-size`, `-desc-size`, `-desc-ver`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct MemoryMap {
    /// Physical address.
    pub start: u64,
    /// In bytes.
    pub size: u64,
    /// Bytes from one descriptor to the next, at least 40.
    pub descriptor_size: u64,
    /// 1.
    pub descriptor_version: u32,
}

/// A descriptor of the memory map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region {
    /// `EFI_MEMORY_TYPE`: 7 is free memory, 0 reserved, 9 ACPI tables.
    pub kind: u32,
    /// Physical address.
    pub start: u64,
    /// Pages of 4 KiB.
    pub pages: u64,
    /// Attributes; bit 3 is write-back, which makes it memory.
    pub attributes: u64,
}

impl MemoryMap {
    /// The descriptors, in their order.
    pub fn read<B: Bus + ?Sized>(&self, bus: &mut B) -> Result<Vec<Region>, TableError> {
        let (version, size) = (self.descriptor_version, self.descriptor_size);
        if version != 1 || !(40..=4096).contains(&size) {
            return Err(TableError::EfiDescriptors { version, size });
        }
        if self.size > LONGEST_MAP {
            return Err(TableError::Length(self.size));
        }
        let map = copy(bus, self.start, self.size as usize)?;
        Ok(map.chunks_exact(size as usize).filter_map(region).collect())
    }
}

fn region(descriptor: &[u8]) -> Option<Region> {
    Some(Region {
        kind: descriptor.u32(0)?,
        start: descriptor.u64(8)?,
        pages: descriptor.u64(24)?,
        attributes: descriptor.u64(32)?,
    })
}
