//! LD1 to LD4 and ST1 to ST4: structures of one to four elements, each in a register of its own.
//!
//! A step holds the base in `n`. What is added to it afterwards is `imm` and the register in `m`, of
//! which at least one is zero; the sum goes to `d`, which is the base only if post-indexed.

mod multiple;
mod single;

use crate::cpu::{Cpu, SINK, SP, ZERO};
use crate::decode::Op;
use crate::decode::fields::{bit, rm, rn};
use crate::step::{Lowered, Step, or_sp, source};
use crate::trap::Trapped;

use super::mode::base;

/// The most bytes that one instruction transfers: four registers.
const MOST: usize = 64;

/// The step of `op`, if it is of this room.
pub(super) fn lower(op: Op, word: u32) -> Option<Lowered> {
    let (step, bytes) = multiple::lower(op, word).or_else(|| single::lower(op, word))?;
    let step = step.n(or_sp(rn(word)));
    let is_post_indexed = bit(word, 23);
    let step = match (is_post_indexed, rm(word)) {
        (false, _) => step.d(SINK).m(ZERO),
        (true, 31) => step.d(or_sp(rn(word))).m(ZERO).imm(bytes),
        (true, register) => step.d(or_sp(rn(word))).m(source(register)),
    };
    Some(Lowered::fp(step))
}

/// The address of the first element.
fn address(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
    if step.n == SP { base::<true>(cpu, step) } else { base::<false>(cpu, step) }
}

/// Updates the base, once everything was transferred.
fn write_back(cpu: &mut Cpu, step: &Step, address: u64) {
    let after = address.wrapping_add(step.imm).wrapping_add(cpu.x(step.m));
    cpu.set_x(step.d, after);
}
