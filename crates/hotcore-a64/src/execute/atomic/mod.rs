//! Exclusives, acquire/release and LSE atomics.

use crate::decode::Op;
use crate::step::Lowered;

/// The step of `op`, if it is of this room.
pub(crate) fn lower(op: Op, word: u32, offset: u32) -> Option<Lowered> {
    let _ = (op, word, offset);
    None
}
