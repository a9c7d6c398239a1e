//! Floating point, scalar and vector (Arm ARM, C7.2).
//!
//! What an instruction computes of one, two or three elements is a type ([`operation`], [`binary`],
//! [`ternary`]); where these come from and the result goes to is a function ([`lanewise`],
//! [`pairwise`]). A scalar is a vector of one element; a function of both kinds is monomorphised for
//! each [`Arrangement`](arrangement::Arrangement). The arithmetic itself is [`crate::fp`].

// FPCR and FPSR are what the architecture calls them.
#![allow(clippy::similar_names)]
// A step is one function, whatever it is made of, and returns what a step that traps would.
#![allow(clippy::unnecessary_wraps)]

mod arrangement;
mod binary;
mod compare;
mod control;
mod element;
mod general;
mod lanewise;
mod mode;
mod moves;
mod operation;
mod pairwise;
mod precision;
mod ternary;
mod unary;

use crate::decode::Op;
use crate::decode::fields::{rd, rm, rn};
use crate::step::{Execute, Lowered, Step};

/// The step of `op`, if it is of this room.
pub(crate) fn lower(op: Op, word: u32, _: u32) -> Option<Lowered> {
    let step = binary::lower(op, word)
        .or_else(|| unary::lower(op, word))
        .or_else(|| ternary::lower(op, word))
        .or_else(|| pairwise::lower(op, word))
        .or_else(|| compare::lower(op, word))
        .or_else(|| moves::lower(op, word))
        .or_else(|| general::lower(op, word))
        .or_else(|| precision::lower(op, word))?;
    Some(Lowered::fp(step))
}

/// A step with the SIMD&FP registers Rd, Rn and Rm.
fn registers(run: Execute, word: u32) -> Step {
    Step::new(run, word).d(rd(word) as u8).n(rn(word) as u8).m(rm(word) as u8)
}

#[cfg(test)]
mod tests;
