//! Finds the row of a word: by its bits 31 to 23 and 15 to 10, then by trying the few rows left.
//!
//! Those fifteen bits hold the opcode of nearly every encoding class.

use std::sync::LazyLock;

use super::table::{Op, ROWS, Row};

/// The bits of the key: 31 to 23, 15 to 10.
const KEY_BITS: u32 = 15;

/// The rows that a word may be, by its key.
struct Index {
    /// Where the candidates of key `k` start; those of `k + 1` start where they end.
    starts: Vec<u32>,
    candidates: Vec<u16>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(ROWS));

/// The instruction that `word` is, or `None` where it is UNDEFINED.
pub fn decode(word: u32) -> Option<Op> {
    find(word).map(|row| row.op)
}

/// The row of the instruction that `word` is.
pub(super) fn find(word: u32) -> Option<&'static Row> {
    INDEX.candidates(key(word)).iter().map(|&row| &ROWS[row as usize]).find(|row| row.matches(word))
}

fn key(word: u32) -> usize {
    (word >> 23 << 6 | word >> 10 & 0x3f) as usize
}

impl Index {
    fn new(rows: &[Row]) -> Self {
        let mut buckets = vec![Vec::new(); 1 << KEY_BITS];
        for (number, row) in rows.iter().enumerate() {
            for key in keys(row) {
                buckets[key].push(number as u16);
            }
        }
        let mut index = Self { starts: vec![0], candidates: Vec::new() };
        for bucket in buckets {
            index.candidates.extend(bucket);
            index.starts.push(index.candidates.len() as u32);
        }
        index
    }

    fn candidates(&self, key: usize) -> &[u16] {
        &self.candidates[self.starts[key] as usize..self.starts[key + 1] as usize]
    }
}

/// Every key of a word that `row` fits: its own, with all values of the key bits it leaves open.
fn keys(row: &Row) -> impl Iterator<Item = usize> + use<> {
    let (fixed, open) = (key(row.value), !key(row.mask) & ((1 << KEY_BITS) - 1));
    let next = move |&subset: &usize| (subset != 0).then(|| (subset - 1) & open);
    std::iter::successors(Some(open), next).map(move |subset| fixed | subset)
}

#[cfg(test)]
mod tests;
