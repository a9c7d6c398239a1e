//! Atomic memory operations and swap: LDADD, LDCLR, LDEOR, LDSET, LDSMAX and so on, SWP.
//!
//! The ST forms (STADD, ...) are those whose Rt is XZR. The slot of Rs, the operand, is in `m`.

use super::address;
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{access_size, rn, rs, rt};
use crate::memory::atomic::{self, Whole};
use crate::step::{Execute, Lowered, Step, destination, or_sp, source};
use crate::trap::Done;

/// The step of `op`, if it is of this room.
pub(super) fn lower(op: Op, word: u32) -> Option<Lowered> {
    let run = match op {
        Op::Ldadd => by_size::<Add>(word),
        Op::Ldclr => by_size::<Clear>(word),
        Op::Ldeor => by_size::<ExclusiveOr>(word),
        Op::Ldset => by_size::<Set>(word),
        Op::Ldsmax => by_size::<SignedMax>(word),
        Op::Ldsmin => by_size::<SignedMin>(word),
        Op::Ldumax => by_size::<UnsignedMax>(word),
        Op::Ldumin => by_size::<UnsignedMin>(word),
        Op::Swp => by_size::<Swap>(word),
        _ => return None,
    };
    let step = Step::new(run, word).d(destination(rt(word))).n(or_sp(rn(word)));
    Some(Lowered::next(step.m(source(rs(word)))))
}

fn by_size<O: Operation>(word: u32) -> Execute {
    match access_size(word) {
        0 => update::<O, u8>,
        1 => update::<O, u16>,
        2 => update::<O, u32>,
        _ => update::<O, u64>,
    }
}

fn update<O: Operation, T: Whole>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = address(cpu, step)?;
    let operand = T::from_u64(cpu.x(step.m)).to_u64();
    let old = atomic::update(cpu, address, |old: T| {
        T::from_u64(O::apply(old.to_u64(), operand, 64 - 8 * T::SIZE as u32))
    })?;
    cpu.set_x(step.d, old.to_u64());
    Ok(())
}

/// What becomes of a value in memory.
trait Operation: 'static {
    /// Both values are zero-extended and have `unused` bits above them. What the result has there
    /// is ignored.
    fn apply(old: u64, operand: u64, unused: u32) -> u64;
}

macro_rules! operations {
    ($($name:ident($old:pat, $operand:pat, $unused:pat) => $result:expr;)*) => {$(
        struct $name;

        impl Operation for $name {
            #[inline(always)]
            fn apply($old: u64, $operand: u64, $unused: u32) -> u64 {
                $result
            }
        }
    )*};
}

operations! {
    Add(old, operand, _) => old.wrapping_add(operand);
    Clear(old, operand, _) => old & !operand;
    ExclusiveOr(old, operand, _) => old ^ operand;
    Set(old, operand, _) => old | operand;
    SignedMax(old, operand, unused) => {
        if signed(old, unused) >= signed(operand, unused) { old } else { operand }
    };
    SignedMin(old, operand, unused) => {
        if signed(old, unused) <= signed(operand, unused) { old } else { operand }
    };
    UnsignedMax(old, operand, _) => old.max(operand);
    UnsignedMin(old, operand, _) => old.min(operand);
    Swap(_, operand, _) => operand;
}

/// Orders as the signed value does: its sign bit is bit 63.
#[inline(always)]
fn signed(value: u64, unused: u32) -> i64 {
    (value << (unused & 63)).cast_signed()
}
