//! A small reader of tables, written from the specification and not from the builder.

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap())
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap())
}

/// The sum that the specification wants to be 0.
pub(crate) fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// The structures of a table (type byte, length byte, body) from offset `first` on that have
/// this type, after a check that all structures fill the table.
pub(crate) fn structures(table: &[u8], first: usize, kind: u8) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut at = first;
    while at < table.len() {
        let length = usize::from(table[at + 1]);
        assert!(length >= 2, "the structure at {at:#x} has length {length}");
        if table[at] == kind {
            found.push(&table[at..at + length]);
        }
        at += length;
    }
    assert_eq!(at, table.len(), "the last structure ends with its table");
    found
}

/// One GICC structure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gicc {
    pub(crate) length: usize,
    pub(crate) interface: u32,
    pub(crate) uid: u32,
    pub(crate) flags: u32,
    pub(crate) parking_version: u32,
    pub(crate) parked_address: u64,
    pub(crate) performance_gsiv: u32,
    pub(crate) redistributor: u64,
    pub(crate) mpidr: u64,
}

/// The GICCs of a MADT.
pub(crate) fn giccs(madt: &[u8]) -> Vec<Gicc> {
    structures(madt, 44, 0x0b)
        .into_iter()
        .map(|gicc| Gicc {
            length: gicc.len(),
            interface: u32_at(gicc, 4),
            uid: u32_at(gicc, 8),
            flags: u32_at(gicc, 12),
            parking_version: u32_at(gicc, 16),
            parked_address: u64_at(gicc, 24),
            performance_gsiv: u32_at(gicc, 20),
            redistributor: u64_at(gicc, 60),
            mpidr: u64_at(gicc, 68),
        })
        .collect()
}
