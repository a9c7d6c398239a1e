//! Copies of memory, and little-endian words at any offset of them.

use alloc::vec::Vec;

use crate::{Bus, Fault, Width};

/// Copies `length` bytes, which the caller has bounded. Memory is asked for as it turns out to be readable.
pub(super) fn copy<B: Bus + ?Sized>(
    bus: &mut B,
    address: u64,
    length: usize,
) -> Result<Vec<u8>, Fault> {
    let end = address.checked_add(length as u64).ok_or(Fault { address })?;
    let mut bytes = Vec::new();
    let mut at = address;
    while at < end {
        let width = if at.is_multiple_of(8) && end - at >= 8 { Width::Double } else { Width::Byte };
        let count = width.bytes() as usize;
        bytes.extend_from_slice(&bus.read(at, width)?.to_le_bytes()[..count]);
        at += width.bytes();
    }
    Ok(bytes)
}

/// Words of a table; `None` beyond its end.
pub(super) trait Words {
    fn word<const N: usize>(&self, offset: usize) -> Option<[u8; N]>;

    fn u16(&self, offset: usize) -> Option<u16> {
        self.word(offset).map(u16::from_le_bytes)
    }
    fn u32(&self, offset: usize) -> Option<u32> {
        self.word(offset).map(u32::from_le_bytes)
    }
    fn u64(&self, offset: usize) -> Option<u64> {
        self.word(offset).map(u64::from_le_bytes)
    }
}

impl Words for [u8] {
    fn word<const N: usize>(&self, offset: usize) -> Option<[u8; N]> {
        self.get(offset..)?.first_chunk().copied()
    }
}

/// Whether bytes add up to 0.
pub(super) fn sums_to_zero(bytes: &[u8]) -> bool {
    bytes.iter().fold(0u8, |sum, &byte| sum.wrapping_add(byte)) == 0
}
