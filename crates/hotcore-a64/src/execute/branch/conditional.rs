//! B.cond, CBZ, CBNZ, TBZ, TBNZ.
//!
//! ```text
//! imm: 63:32 displacement if the branch is taken (signed) | 31:0 if it is not
//! ```

use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{bits, branch14, branch19, rt, sf};
use crate::execute::condition::for_condition;
use crate::step::{Execute, Step, source};
use crate::trap::Done;

/// The step of `op`, if it is of this file.
pub(super) fn lower(op: Op, word: u32, offset: u32) -> Option<Step> {
    let step = match op {
        Op::BCond => {
            let run: Execute = for_condition!(bits(word, 3, 0), C => on_condition::<C>);
            step(run, word, offset, branch19(word))
        }
        Op::Cbz if sf(word) => step(on_zero::<true>, word, offset, branch19(word)),
        Op::Cbz => step(on_zero_word::<true>, word, offset, branch19(word)),
        Op::Cbnz if sf(word) => step(on_zero::<false>, word, offset, branch19(word)),
        Op::Cbnz => step(on_zero_word::<false>, word, offset, branch19(word)),
        Op::Tbz => step(on_bit::<false>, word, offset, branch14(word)),
        Op::Tbnz => step(on_bit::<true>, word, offset, branch14(word)),
        _ => return None,
    };
    Some(step)
}

/// A step that branches by `displacement`, with the register Rt and the bit of TBZ.
fn step(run: Execute, word: u32, offset: u32, displacement: i64) -> Step {
    let taken = displacement.cast_unsigned().wrapping_add(offset.into());
    let not_taken = u64::from(offset.wrapping_add(4));
    let bit = bits(word, 31, 31) << 5 | bits(word, 23, 19);
    Step::new(run, word).n(source(rt(word))).a(bit as u8).imm(taken << 32 | not_taken)
}

#[inline(always)]
fn branch_if(cpu: &mut Cpu, step: &Step, taken: bool) -> Done {
    let (if_taken, if_not) = (step.imm.cast_signed() >> 32, step.imm as u32 as i64);
    cpu.pc = cpu.pc.wrapping_add_signed(if taken { if_taken } else { if_not });
    Ok(())
}

fn on_condition<const CONDITION: u8>(cpu: &mut Cpu, step: &Step) -> Done {
    let holds = cpu.flags.holds(CONDITION);
    branch_if(cpu, step, holds)
}

fn on_zero<const ZERO: bool>(cpu: &mut Cpu, step: &Step) -> Done {
    let zero = cpu.x(step.n) == 0;
    branch_if(cpu, step, zero == ZERO)
}

fn on_zero_word<const ZERO: bool>(cpu: &mut Cpu, step: &Step) -> Done {
    let zero = cpu.w(step.n) == 0;
    branch_if(cpu, step, zero == ZERO)
}

fn on_bit<const SET: bool>(cpu: &mut Cpu, step: &Step) -> Done {
    let set = cpu.x(step.n) >> (step.a & 63) & 1 == 1;
    branch_if(cpu, step, set == SET)
}
