//! Writer of one system description table: header, body, checksum (ACPI 6.5 §5.2.6).

use acpi_tables::{Aml, AmlSink, CREATOR_ID, CREATOR_REVISION, Checksum};

/// Who made the tables, in every header.
pub(crate) const OEM_ID: [u8; 6] = *b"HOTCOR";
/// Which tables these are, in every header.
pub(crate) const OEM_TABLE_ID: [u8; 8] = *b"HOTCORE ";
/// Version of the tables, in every header.
pub(crate) const OEM_REVISION: u32 = 1;

/// Offset of the table's length in its header.
const LENGTH: usize = 4;
/// Offset of the checksum in the header.
const CHECKSUM: usize = 9;

/// A table while it is being written. As a sink it takes AML and the library's structures.
///
/// The library's own `Sdt` sums the whole table after every byte, which at 512 CPUs is felt.
pub(crate) struct Table {
    bytes: Vec<u8>,
}

impl Table {
    /// Starts a table with its 36-byte header.
    pub(crate) fn new(signature: [u8; 4], revision: u8) -> Self {
        let mut table = Self { bytes: Vec::new() };
        table.vec(&signature);
        table.dword(0);
        table.vec(&[revision, 0]);
        table.vec(&OEM_ID);
        table.vec(&OEM_TABLE_ID);
        table.dword(OEM_REVISION);
        table.vec(&CREATOR_ID);
        table.vec(&CREATOR_REVISION);
        table
    }

    /// Appends something that the library encodes.
    pub(crate) fn push(&mut self, object: &dyn Aml) {
        object.to_aml_bytes(self);
    }

    /// Where the next byte goes, counted from the start of the table.
    pub(crate) fn offset(&self) -> u32 {
        self.bytes.len() as u32
    }

    /// Fills in length and checksum.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let length = self.offset().to_le_bytes();
        self.bytes[LENGTH..LENGTH + length.len()].copy_from_slice(&length);
        let mut checksum = Checksum::default();
        checksum.append(&self.bytes);
        self.bytes[CHECKSUM] = checksum.value();
        self.bytes
    }
}

impl AmlSink for Table {
    fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    fn vec(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
}
