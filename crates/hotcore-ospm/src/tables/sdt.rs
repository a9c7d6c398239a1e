//! A table with a System Description Table Header (ACPI 6.5 §5.2.6).

use alloc::vec::Vec;

use super::TableError;
use super::bytes::{Words, copy, sums_to_zero};
use crate::Bus;

/// The header: signature, `u32` length at 4, revision at 8, checksum at 9, OEM fields.
const HEADER: usize = 36;
/// The longest table that is believed: a MADT of 10,000 GICCs is below 1 MiB.
const LONGEST: u32 = 2 << 20;

/// A table whose length and checksum are right.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Sdt {
    bytes: Vec<u8>,
}

impl Sdt {
    /// Reads the table at `address`.
    pub fn read<B: Bus + ?Sized>(bus: &mut B, address: u64) -> Result<Self, TableError> {
        let header = copy(bus, address, HEADER)?;
        let length = header.u32(4).unwrap_or(0);
        if length < HEADER as u32 || length > LONGEST {
            return Err(TableError::Length(length.into()));
        }
        Self::new(copy(bus, address, length as usize)?)
    }

    /// A table that is in memory of the OS already; bytes after its length are cut off.
    pub fn new(mut bytes: Vec<u8>) -> Result<Self, TableError> {
        let length = bytes.u32(4).unwrap_or(0);
        if (length as usize) < HEADER || length as usize > bytes.len() {
            return Err(TableError::Length(length.into()));
        }
        bytes.truncate(length as usize);
        if !sums_to_zero(&bytes) {
            return Err(TableError::Checksum);
        }
        Ok(Self { bytes })
    }

    /// Its signature, such as `APIC`.
    pub fn signature(&self) -> [u8; 4] {
        self.bytes.word(0).unwrap_or_default()
    }

    /// Its revision.
    pub fn revision(&self) -> u8 {
        self.bytes.get(8).copied().unwrap_or(0)
    }

    /// All of it, the header included: offsets are the specification's.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What follows the header: the AML of a DSDT or SSDT.
    pub fn body(&self) -> &[u8] {
        self.bytes.get(HEADER..).unwrap_or(&[])
    }
}
