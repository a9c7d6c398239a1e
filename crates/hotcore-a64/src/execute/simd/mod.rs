//! Advanced SIMD instructions that compute with integers or bits, or move lanes: the vector and the
//! scalar forms (Arm ARM, C4.1 "Data Processing -- Scalar Floating-Point and Advanced SIMD").
//!
//! [`lane`] knows elements, [`element`] what is done with one, [`shape`] how those of the sources
//! make those of the destination. The other rooms say which instruction is which.
#![expect(clippy::unnecessary_wraps, reason = "every step has the same type")]

mod by_element;
mod copy;
mod element;
mod immediate;
mod lane;
mod logical;
mod permute;
mod shape;
mod shift;
mod three_different;
mod three_same;
mod two_register;

use crate::decode::{Op, fields};
use crate::step::{Execute, Lowered, Step};

/// The step of `op`, if it is of this room.
pub(crate) fn lower(op: Op, word: u32, _offset: u32) -> Option<Lowered> {
    logical::lower(op, word)
        .or_else(|| three_same::lower(op, word))
        .or_else(|| copy::lower(op, word))
        .or_else(|| immediate::lower(op, word))
        .or_else(|| permute::lower(op, word))
        .or_else(|| two_register::lower(op, word))
        .or_else(|| shift::lower(op, word))
        .or_else(|| three_different::lower(op, word))
        .or_else(|| by_element::lower(op, word))
        .map(Lowered::fp)
}

/// A step of the SIMD&FP registers `Rd`, `Rn` and `Rm`.
fn registers(run: Execute, word: u32) -> Step {
    let (d, n, m) = (fields::rd(word), fields::rn(word), fields::rm(word));
    Step::new(run, word).d(d as u8).n(n as u8).m(m as u8)
}

#[cfg(test)]
mod tests;
