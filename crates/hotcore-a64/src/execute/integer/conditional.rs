//! Conditional select (CSEL, CSINC, CSINV, CSNEG) and conditional compare (CCMP, CCMN).
//!
//! There is a function for every condition, so that none is looked up while it executes.

use super::operand::{Immediate, Operand, Register};
use super::operation::{Add, Operation, Sub, flags_of};
use super::word::Word;
use super::{sized, three_registers};
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{bits, cond, rm, rn};
use crate::execute::condition::for_condition;
use crate::pstate::Flags;
use crate::step::{Execute, Step, source};
use crate::trap::Done;

/// The step of `op`, if it is of this file.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let step = match op {
        Op::Csel => three_registers(selecting::<Same>(word), word),
        Op::Csinc => three_registers(selecting::<Increment>(word), word),
        Op::Csinv => three_registers(selecting::<Invert>(word), word),
        Op::Csneg => three_registers(selecting::<Negate>(word), word),
        Op::CcmnRegister => comparison(comparing::<Add, Register>(word), word),
        Op::CcmnImmediate => comparison(comparing::<Add, Immediate>(word), word),
        Op::CcmpRegister => comparison(comparing::<Sub, Register>(word), word),
        Op::CcmpImmediate => comparison(comparing::<Sub, Immediate>(word), word),
        _ => return None,
    };
    Some(step)
}

fn selecting<E: Else>(word: u32) -> Execute {
    for_condition!(cond(word), C => sized(word, select::<u64, E, C>, select::<u32, E, C>))
}

fn comparing<P: Operation, O: Operand>(word: u32) -> Execute {
    for_condition!(cond(word), C => {
        sized(word, compare::<u64, P, O, C>, compare::<u32, P, O, C>)
    })
}

/// `imm5` stands where Rm does; `a` holds the flags for when the condition fails.
fn comparison(run: Execute, word: u32) -> Step {
    Step::new(run, word)
        .n(source(rn(word)))
        .m(source(rm(word)))
        .imm(bits(word, 20, 16).into())
        .a(bits(word, 3, 0) as u8)
}

/// What becomes of the second register when the condition fails.
trait Else {
    fn of<W: Word>(value: W) -> W;
}

/// CSEL
struct Same;
/// CSINC
struct Increment;
/// CSINV
struct Invert;
/// CSNEG
struct Negate;

impl Else for Same {
    #[inline(always)]
    fn of<W: Word>(value: W) -> W {
        value
    }
}

impl Else for Increment {
    #[inline(always)]
    fn of<W: Word>(value: W) -> W {
        value.add(W::low(1))
    }
}

impl Else for Invert {
    #[inline(always)]
    fn of<W: Word>(value: W) -> W {
        !value
    }
}

impl Else for Negate {
    #[inline(always)]
    fn of<W: Word>(value: W) -> W {
        W::ZERO.sub(value)
    }
}

fn select<W: Word, E: Else, const CONDITION: u8>(cpu: &mut Cpu, step: &Step) -> Done {
    let first = W::read(cpu, step.n);
    let second = E::of(W::read(cpu, step.m));
    let result = if cpu.flags.holds(CONDITION) { first } else { second };
    result.write(cpu, step.d);
    Ok(())
}

fn compare<W, P, O, const CONDITION: u8>(cpu: &mut Cpu, step: &Step) -> Done
where
    W: Word,
    P: Operation,
    O: Operand,
{
    cpu.flags = if cpu.flags.holds(CONDITION) {
        flags_of::<W, P>(W::read(cpu, step.n), O::read::<W>(cpu, step)).0
    } else {
        Flags::from_nzcv(step.a.into())
    };
    Ok(())
}
