//! Data processing with general-purpose registers (Arm ARM, C4.1.86 and C4.1.95).
//!
//! Addition, subtraction and logic are one function each for an operation, an operand and a width
//! ([`operation`], [`operand`], [`word`]); [`two_operands`] picks it. The other files are classes of
//! instructions.

#![expect(clippy::unnecessary_wraps, reason = "every step has the same type")]

mod bitfield;
mod carry;
mod conditional;
mod constant;
mod crc32;
mod multiply;
mod operand;
mod operation;
mod two_operands;
mod unary;
mod variable;
mod word;

use crate::decode::Op;
use crate::decode::fields::{rd, rm, rn, sf};
use crate::step::{Execute, Lowered, Step, destination, source};

/// The step of `op`, if it is of this room.
pub(crate) fn lower(op: Op, word: u32, offset: u32) -> Option<Lowered> {
    let step = two_operands::lower(op, word)
        .or_else(|| constant::lower(op, word, offset))
        .or_else(|| bitfield::lower(op, word))
        .or_else(|| conditional::lower(op, word))
        .or_else(|| variable::lower(op, word))
        .or_else(|| multiply::lower(op, word))
        .or_else(|| unary::lower(op, word))
        .or_else(|| carry::lower(op, word))
        .or_else(|| crc32::lower(op, word))?;
    Some(Lowered::next(step))
}

/// A step with the registers Rd, Rn and Rm, none of which is SP.
fn three_registers(run: Execute, word: u32) -> Step {
    Step::new(run, word).d(destination(rd(word))).n(source(rn(word))).m(source(rm(word)))
}

/// The function of the width that `sf` selects.
fn sized(word: u32, x: Execute, w: Execute) -> Execute {
    if sf(word) { x } else { w }
}

#[cfg(test)]
mod tests;
