//! Exclusives, acquire and release, and FEAT_LSE (Arm ARM, B2.9 and C3.2).
//!
//! Each access is single-copy atomic as a whole and at least as ordered as its instruction asks for:
//! exchanges are full barriers. A step holds the slot of Rt in `d`, of Rn in `n`.

mod compare;
mod exclusive;
mod ordered;
mod update;

use crate::cpu::{Cpu, SP};
use crate::decode::Op;
use crate::execute::load_store::base;
use crate::step::{Lowered, Step};
use crate::trap::Trapped;

/// The step of `op`, if it is of this room.
pub(crate) fn lower(op: Op, word: u32, _offset: u32) -> Option<Lowered> {
    update::lower(op, word)
        .or_else(|| exclusive::lower(op, word))
        .or_else(|| ordered::lower(op, word))
        .or_else(|| compare::lower(op, word))
}

/// The address of the access: the base, which may be the SP.
#[inline(always)]
fn address(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
    if step.n == SP { base::<true>(cpu, step) } else { base::<false>(cpu, step) }
}

#[cfg(test)]
mod tests;
