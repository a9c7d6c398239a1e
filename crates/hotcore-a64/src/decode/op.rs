//! What an [`Op`] says of its words: for those who make words rather than read them.

use super::Op;
use super::table::{ROWS, Row};

impl Op {
    /// Every instruction of the table.
    pub fn all() -> impl ExactSizeIterator<Item = Self> {
        ROWS.iter().map(|row| row.op)
    }

    /// A word of this instruction: the fixed bits are its own, the others those of `fields`.
    ///
    /// Some field values are reserved: whether the word is allocated, [`decode`](super::decode) says.
    ///
    /// ```
    /// use hotcore_a64::decode::{Op, decode};
    ///
    /// let word = Op::AddImmediate.word(1 << 31 | 1 << 10);
    /// assert_eq!(word, 0x9100_0400); // add x0, x0, #1
    /// assert_eq!(decode(word), Some(Op::AddImmediate));
    /// ```
    pub fn word(self, fields: u32) -> u32 {
        self.row().value | fields & !self.row().mask
    }

    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }
}
