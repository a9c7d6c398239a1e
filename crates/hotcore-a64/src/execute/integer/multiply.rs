//! Multiplication (Arm ARM: data processing, 3 source).

use super::word::Word;
use super::{sized, three_registers};
use crate::cpu::{Cpu, ZERO};
use crate::decode::Op;
use crate::decode::fields::ra;
use crate::step::{Execute, Step, source};
use crate::trap::Done;

/// The step of `op`, if it is of this file.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let a = source(ra(word));
    let run: Execute = match op {
        Op::Madd if a == ZERO => sized(word, multiply::<u64>, multiply::<u32>),
        Op::Madd => sized(word, multiply_add::<u64>, multiply_add::<u32>),
        Op::Msub => sized(word, multiply_subtract::<u64>, multiply_subtract::<u32>),
        Op::Smaddl => |cpu, step| long(cpu, step, signed_product, u64::wrapping_add),
        Op::Smsubl => |cpu, step| long(cpu, step, signed_product, u64::wrapping_sub),
        Op::Umaddl => |cpu, step| long(cpu, step, unsigned_product, u64::wrapping_add),
        Op::Umsubl => |cpu, step| long(cpu, step, unsigned_product, u64::wrapping_sub),
        Op::Smulh => signed_high,
        Op::Umulh => unsigned_high,
        _ => return None,
    };
    Some(three_registers(run, word).a(a))
}

fn multiply<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    W::read(cpu, step.n).mul(W::read(cpu, step.m)).write(cpu, step.d);
    Ok(())
}

fn multiply_add<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    let product = W::read(cpu, step.n).mul(W::read(cpu, step.m));
    W::read(cpu, step.a).add(product).write(cpu, step.d);
    Ok(())
}

fn multiply_subtract<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    let product = W::read(cpu, step.n).mul(W::read(cpu, step.m));
    W::read(cpu, step.a).sub(product).write(cpu, step.d);
    Ok(())
}

/// The product of two words, added to or subtracted from a doubleword.
#[inline(always)]
fn long(
    cpu: &mut Cpu,
    step: &Step,
    product: impl Fn(u32, u32) -> u64,
    accumulate: impl Fn(u64, u64) -> u64,
) -> Done {
    let product = product(cpu.w(step.n), cpu.w(step.m));
    cpu.set_x(step.d, accumulate(cpu.x(step.a), product));
    Ok(())
}

#[inline(always)]
fn signed_product(first: u32, second: u32) -> u64 {
    (i64::from(first.cast_signed()) * i64::from(second.cast_signed())).cast_unsigned()
}

#[inline(always)]
fn unsigned_product(first: u32, second: u32) -> u64 {
    u64::from(first) * u64::from(second)
}

fn signed_high(cpu: &mut Cpu, step: &Step) -> Done {
    let first = i128::from(cpu.x(step.n).cast_signed());
    let product = first * i128::from(cpu.x(step.m).cast_signed());
    cpu.set_x(step.d, (product >> 64).cast_unsigned() as u64);
    Ok(())
}

fn unsigned_high(cpu: &mut Cpu, step: &Step) -> Done {
    let product = u128::from(cpu.x(step.n)) * u128::from(cpu.x(step.m));
    cpu.set_x(step.d, (product >> 64) as u64);
    Ok(())
}
