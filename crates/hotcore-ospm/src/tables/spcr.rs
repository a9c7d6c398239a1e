//! SPCR: where the console is (guest contract §1.5).

use super::Sdt;
use super::bytes::Words;

/// The serial port of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Spcr {
    /// Interface type; 3 and 0xE: PL011, and what an SBSA has of it.
    pub interface: u8,
    /// Physical address of its registers.
    pub base: u64,
    /// Its interrupt's GSIV.
    pub gsiv: u32,
}

impl Spcr {
    /// `None` if the registers are not in memory, or the table is too short.
    pub fn parse(table: &Sdt) -> Option<Self> {
        const SYSTEM_MEMORY: u8 = 0;
        let bytes = table.bytes();
        if *bytes.get(40)? != SYSTEM_MEMORY {
            return None;
        }
        Some(Self { interface: *bytes.get(36)?, base: bytes.u64(44)?, gsiv: bytes.u32(54)? })
    }
}
