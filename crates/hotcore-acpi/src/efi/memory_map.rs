//! The UEFI memory map (UEFI 2.10 §7.2.3), version 1.

use core::ops::Range;

/// Bytes of a page in the map.
pub(super) const PAGE: u64 = 0x1000;
/// Bytes from one descriptor to the next; what UEFI firmware uses.
pub(super) const DESCRIPTOR_SIZE: u32 = 48;
/// The version of a descriptor that exists.
pub(super) const DESCRIPTOR_VERSION: u32 = 1;

/// What firmware keeps for itself.
const RESERVED: u32 = 0;
/// Free RAM.
const CONVENTIONAL: u32 = 7;
/// RAM with ACPI tables. Linux keeps it, maps it cacheable and lets AML alone with it.
const ACPI_RECLAIM: u32 = 9;
/// It can be mapped uncached only. Linux takes what can be mapped in another way for RAM.
const UNCACHED: u64 = 0x1;
/// RAM can be mapped uncached, write-combining, write-through and write-back.
const ANY_CACHING: u64 = 0xf;

/// The map of RAM with one region of tables in it, and of what is the firmware's. Devices are not in
/// it: what is absent gets mapped as Device memory, which is right for them.
///
/// ```text
/// 0 u32 type  4 u32 padding  8 u64 address  16 u64 virtual address  24 u64 pages  32 u64 attributes
/// 40 u64 padding up to the descriptor size
/// ```
pub(super) fn build(
    memory: &Range<u64>,
    reclaim: &Range<u64>,
    reserved: Option<&Range<u64>>,
) -> Vec<u8> {
    let mut map = Vec::new();
    for (kind, attributes, range) in [
        (RESERVED, UNCACHED, reserved.cloned().unwrap_or_default()),
        (CONVENTIONAL, ANY_CACHING, memory.start..reclaim.start),
        (ACPI_RECLAIM, ANY_CACHING, reclaim.clone()),
        (CONVENTIONAL, ANY_CACHING, reclaim.end..memory.end),
    ] {
        if range.is_empty() {
            continue;
        }
        let pages = (range.end - range.start) / PAGE;
        map.extend_from_slice(&u64::from(kind).to_le_bytes());
        for field in [range.start, 0, pages, attributes, 0] {
            map.extend_from_slice(&field.to_le_bytes());
        }
    }
    map
}
