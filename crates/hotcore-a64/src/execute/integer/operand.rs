//! The second operand of addition, subtraction and logic: an immediate, or a register as it is,
//! shifted or extended.

use std::marker::PhantomData;

use super::word::Word;
use crate::cpu::Cpu;
use crate::step::Step;

/// Where the second operand comes from.
pub(super) trait Operand {
    fn read<W: Word>(cpu: &Cpu, step: &Step) -> W;
}

/// `step.imm`.
pub(super) struct Immediate;

impl Operand for Immediate {
    #[inline(always)]
    fn read<W: Word>(_: &Cpu, step: &Step) -> W {
        W::low(step.imm)
    }
}

/// Register `step.m`.
pub(super) struct Register;

impl Operand for Register {
    #[inline(always)]
    fn read<W: Word>(cpu: &Cpu, step: &Step) -> W {
        W::read(cpu, step.m)
    }
}

/// Register `step.m`, shifted by `step.a`.
pub(super) struct Shifted<S>(PhantomData<S>);

impl<S: Shift> Operand for Shifted<S> {
    #[inline(always)]
    fn read<W: Word>(cpu: &Cpu, step: &Step) -> W {
        S::shift(W::read(cpu, step.m), step.a.into())
    }
}

/// Register `step.m`, extended, then shifted left by `step.a`, which is at most 4.
pub(super) struct Extended<E>(PhantomData<E>);

impl<E: Extend> Operand for Extended<E> {
    #[inline(always)]
    fn read<W: Word>(cpu: &Cpu, step: &Step) -> W {
        W::low(E::extend(cpu.x(step.m)) << (step.a & 7))
    }
}

/// ShiftReg(): by an amount modulo the width.
pub(super) trait Shift {
    fn shift<W: Word>(value: W, by: u32) -> W;
}

macro_rules! shifts {
    ($($(#[$doc:meta])* $name:ident $method:ident;)*) => { $(
        $(#[$doc])*
        pub(super) struct $name;

        impl Shift for $name {
            #[inline(always)]
            fn shift<W: Word>(value: W, by: u32) -> W {
                value.$method(by)
            }
        }
    )* };
}

shifts! {
    /// Logical shift left.
    Lsl shl;
    /// Logical shift right.
    Lsr shr;
    /// Arithmetic shift right.
    Asr signed_shr;
    /// Rotate right.
    Ror ror;
}

/// ExtendReg(), before the shift.
pub(super) trait Extend {
    fn extend(value: u64) -> u64;
}

macro_rules! extends {
    ($($(#[$doc:meta])* $name:ident $narrow:ident;)*) => { $(
        $(#[$doc])*
        pub(super) struct $name;

        impl Extend for $name {
            #[inline(always)]
            #[allow(clippy::cast_sign_loss, reason = "a sign extends to the top")]
            fn extend(value: u64) -> u64 {
                value as $narrow as u64
            }
        }
    )* };
}

extends! {
    /// Unsigned byte.
    Uxtb u8;
    /// Unsigned halfword.
    Uxth u16;
    /// Unsigned word.
    Uxtw u32;
    /// Signed byte.
    Sxtb i8;
    /// Signed halfword.
    Sxth i16;
    /// Signed word.
    Sxtw i32;
}
