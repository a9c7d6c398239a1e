//! Loads and stores of general-purpose and of SIMD&FP registers (Arm ARM, C4.1 "Loads and Stores").
//!
//! A step holds the slot of Rt in `d`, of Rn in `n`, of Rt2 or Rm in `m`, and the offset in `imm`.
//! What is transferred and how the address is formed are types, so that each combination is one
//! small function: the rooms here choose it when the instruction is decoded.

mod mode;
mod pair;
mod register;
mod structure;
mod value;
mod vector;

pub(in crate::execute) use mode::base;

use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{access_size, branch19, rt};
use crate::step::{Execute, Lowered, Step, destination, source};
use crate::trap::Done;
use mode::Literal;

/// The step of `op`, if it is of this room.
pub(crate) fn lower(op: Op, word: u32, offset: u32) -> Option<Lowered> {
    if let Op::LoadLiteral = op {
        return Some(literal(word, offset));
    }
    if let Op::PrfmLiteral | Op::Prfum | Op::PrfmRegister | Op::PrfmUnsigned = op {
        return Some(Lowered::next(Step::new(prefetch, word)));
    }
    register::lower(op, word)
        .or_else(|| pair::lower(op, word))
        .or_else(|| vector::lower(op, word, offset))
        .or_else(|| structure::lower(op, word))
}

/// A hint that nothing is gained from; it does not even check the SP.
#[expect(clippy::unnecessary_wraps, reason = "every step is called like this")]
fn prefetch(_: &mut Cpu, _: &Step) -> Done {
    Ok(())
}

/// The `imm` of a literal load `offset` bytes into its block: see [`Literal`].
fn literal_offset(word: u32, offset: u32) -> u64 {
    (offset as u64).wrapping_add_signed(branch19(word))
}

fn literal(word: u32, offset: u32) -> Lowered {
    let run: Execute = match access_size(word) {
        0 => register::load::<value::Zero<u32>, Literal>,
        1 => register::load::<value::Zero<u64>, Literal>,
        _ => register::load::<value::ToX<u32>, Literal>,
    };
    let step = Step::new(run, word).d(destination(rt(word)));
    Lowered::next(step.imm(literal_offset(word, offset)))
}

/// The slot of a general-purpose register that is loaded or stored.
fn transferred(number: usize, loads: bool) -> u8 {
    if loads { destination(number) } else { source(number) }
}

#[cfg(test)]
pub(in crate::execute) mod tests;
