//! The table's encodings, for whoever makes instruction words: tests of the CPU against others.

use super::table::{Op, ROWS};

/// How an instruction is encoded: which bits of its words are fixed, and what they hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// The instruction.
    pub op: Op,
    mask: u32,
    value: u32,
}

impl Encoding {
    /// `fields`, with the bits that the encoding fixes put in their places. The word may hold
    /// reserved values: [`decode`](super::decode) tells.
    pub fn word(&self, fields: u32) -> u32 {
        fields & !self.mask | self.value
    }
}

/// Every instruction's encoding, in the order of the table.
///
/// ```
/// use hotcore_a64::decode::{Op, encodings};
///
/// let add = encodings().find(|encoding| encoding.op == Op::AddImmediate).unwrap();
/// assert_eq!(add.word(0x8000_0420), 0x9100_0420); // add x0, x1, #1
/// ```
pub fn encodings() -> impl Iterator<Item = Encoding> {
    ROWS.iter().map(|row| Encoding { op: row.op, mask: row.mask, value: row.value })
}
