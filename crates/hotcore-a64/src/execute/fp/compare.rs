//! Instructions that set or test the condition flags: FCMP, FCMPE, FCCMP, FCCMPE and FCSEL.

use super::arrangement::sized;
use super::control::controlled;
use super::element::Element;
use super::registers;
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{bits, cond};
use crate::execute::condition::for_condition;
use crate::fp::{self, Arithmetic, F32, F64};
use crate::pstate::Flags;
use crate::step::{Execute, Step};
use crate::trap::Done;

/// The step of `op`, if it is of this file.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let step = match op {
        Op::Fcmp => registers(sized(word, compare::<F64, false>, compare::<F32, false>), word),
        Op::Fcmpe => registers(sized(word, compare::<F64, true>, compare::<F32, true>), word),
        Op::FcmpZero => {
            let run = sized(word, compare_zero::<F64, false>, compare_zero::<F32, false>);
            registers(run, word)
        }
        Op::FcmpeZero => {
            let run = sized(word, compare_zero::<F64, true>, compare_zero::<F32, true>);
            registers(run, word)
        }
        Op::Fccmp => {
            conditional(sized(word, compare_if::<F64, false>, compare_if::<F32, false>), word)
        }
        Op::Fccmpe => {
            conditional(sized(word, compare_if::<F64, true>, compare_if::<F32, true>), word)
        }
        Op::Fcsel => registers(selecting(word), word),
        _ => return None,
    };
    Some(step)
}

fn selecting(word: u32) -> Execute {
    for_condition!(cond(word), C => sized(word, select::<F64, C>, select::<F32, C>))
}

/// `a` holds the condition, the immediate the flags for when it fails.
fn conditional(run: Execute, word: u32) -> Step {
    registers(run, word).a(cond(word) as u8).imm(bits(word, 3, 0).into())
}

/// Sets the flags to how Rn compares to `op2`.
#[inline(always)]
fn set_flags<F: Element + Arithmetic, const SIGNAL_NANS: bool>(
    cpu: &mut Cpu,
    step: &Step,
    op2: u64,
) {
    let op1 = F::lane(cpu.v_bytes(step.n), 0);
    let nzcv = controlled(cpu, |fpcr, fpsr| fp::compare::<F>(op1, op2, SIGNAL_NANS, fpcr, fpsr));
    cpu.flags = Flags::from_nzcv(nzcv.into());
}

fn compare<F: Element + Arithmetic, const SIGNAL_NANS: bool>(cpu: &mut Cpu, step: &Step) -> Done {
    let op2 = F::lane(cpu.v_bytes(step.m), 0);
    set_flags::<F, SIGNAL_NANS>(cpu, step, op2);
    Ok(())
}

fn compare_zero<F: Element + Arithmetic, const SIGNAL_NANS: bool>(
    cpu: &mut Cpu,
    step: &Step,
) -> Done {
    set_flags::<F, SIGNAL_NANS>(cpu, step, F::zero(false));
    Ok(())
}

fn compare_if<F: Element + Arithmetic, const SIGNAL_NANS: bool>(
    cpu: &mut Cpu,
    step: &Step,
) -> Done {
    if cpu.flags.holds(step.a) {
        return compare::<F, SIGNAL_NANS>(cpu, step);
    }
    cpu.flags = Flags::from_nzcv(step.imm as u32);
    Ok(())
}

fn select<F: Element, const CONDITION: u8>(cpu: &mut Cpu, step: &Step) -> Done {
    let chosen = if cpu.flags.holds(CONDITION) { step.n } else { step.m };
    let value = F::lane(cpu.v_bytes(chosen), 0);
    cpu.set_v(step.d, value.into());
    Ok(())
}
