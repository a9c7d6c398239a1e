//! Branches, and the exceptions that instructions ask for (SVC, HVC, SMC, BRK, HLT, ERET).
//!
//! A branch ends its block, and while it executes the PC is still the address of the block's first
//! instruction: displacements count from there.

#![expect(clippy::unnecessary_wraps, reason = "every step has the same type")]

mod call;
mod conditional;
mod unconditional;

use crate::decode::Op;
use crate::step::Lowered;

/// The step of `op`, if it is of this room.
pub(crate) fn lower(op: Op, word: u32, offset: u32) -> Option<Lowered> {
    conditional::lower(op, word, offset)
        .or_else(|| unconditional::lower(op, word, offset))
        .map(Lowered::branches)
        .or_else(|| call::lower(op, word))
}

#[cfg(test)]
mod tests;
