//! Addition, subtraction and logic on two operands, and the condition flags they set.

use super::operand::Operand;
use super::word::Word;
use crate::cpu::Cpu;
use crate::pstate::Flags;
use crate::step::Step;
use crate::trap::Done;

/// An operation on two operands.
pub(super) trait Operation {
    fn result<W: Word>(first: W, second: W) -> W;

    /// C and V (bit 63); logic clears both.
    #[inline(always)]
    fn carry_and_overflow<W: Word>(first: W, second: W, result: W) -> (bool, u64) {
        let _ = (first, second, result);
        (false, 0)
    }
}

/// The flags of `P::result(first, second)`, and that result.
#[inline(always)]
pub(super) fn flags_of<W: Word, P: Operation>(first: W, second: W) -> (Flags, W) {
    let result = P::result(first, second);
    let (c, v) = P::carry_and_overflow(first, second, result);
    (Flags { n: result.high(), z: result.high(), c, v }, result)
}

/// ADD, ADDS, CMN.
pub(super) struct Add;

impl Operation for Add {
    #[inline(always)]
    fn result<W: Word>(first: W, second: W) -> W {
        first.add(second)
    }

    #[inline(always)]
    fn carry_and_overflow<W: Word>(first: W, second: W, result: W) -> (bool, u64) {
        (result < first, ((first ^ result) & (second ^ result)).high())
    }
}

/// SUB, SUBS, CMP.
pub(super) struct Sub;

impl Operation for Sub {
    #[inline(always)]
    fn result<W: Word>(first: W, second: W) -> W {
        first.sub(second)
    }

    #[inline(always)]
    fn carry_and_overflow<W: Word>(first: W, second: W, result: W) -> (bool, u64) {
        (first >= second, ((first ^ second) & (first ^ result)).high())
    }
}

macro_rules! logic {
    ($($(#[$doc:meta])* $name:ident |$first:ident, $second:ident| $result:expr;)*) => { $(
        $(#[$doc])*
        pub(super) struct $name;

        impl Operation for $name {
            #[inline(always)]
            fn result<W: Word>($first: W, $second: W) -> W {
                $result
            }
        }
    )* };
}

logic! {
    /// AND, ANDS, TST.
    And |first, second| first & second;
    /// BIC, BICS.
    Bic |first, second| first & !second;
    /// ORR.
    Orr |first, second| first | second;
    /// ORN, MVN.
    Orn |first, second| first | !second;
    /// EOR.
    Eor |first, second| first ^ second;
    /// EON.
    Eon |first, second| first ^ !second;
}

/// Writes the result, leaves the flags.
pub(super) fn plain<W: Word, P: Operation, O: Operand>(cpu: &mut Cpu, step: &Step) -> Done {
    let result = P::result(W::read(cpu, step.n), O::read::<W>(cpu, step));
    result.write(cpu, step.d);
    Ok(())
}

/// Writes the result and the flags.
pub(super) fn setting_flags<W: Word, P: Operation, O: Operand>(cpu: &mut Cpu, step: &Step) -> Done {
    let (flags, result) = flags_of::<W, P>(W::read(cpu, step.n), O::read::<W>(cpu, step));
    cpu.flags = flags;
    result.write(cpu, step.d);
    Ok(())
}

/// Writes the flags: CMP, CMN, TST.
pub(super) fn comparing<W: Word, P: Operation, O: Operand>(cpu: &mut Cpu, step: &Step) -> Done {
    let (flags, _) = flags_of::<W, P>(W::read(cpu, step.n), O::read::<W>(cpu, step));
    cpu.flags = flags;
    Ok(())
}
