//! One source register: comparisons with zero, counts, signs, sizes, and sums across lanes.

use super::element::{abs, saturate, saturate_unsigned, saturating_abs, sign_bits, sub};
use super::lane::{Lane, Narrow};
use super::registers;
use super::shape::{Shape, across, across_long, each, long, narrow, pairwise_long, same};
use crate::cpu::Cpu;
use crate::decode::{Op, fields};
use crate::step::{Execute, Step};
use crate::trap::Done;

pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    if op == Op::AddpScalar {
        return Some(registers(add_pair, word));
    }
    let shape = Shape::of(word, element_size(op, word));
    let run = compare_with_zero(op, shape)
        .or_else(|| count(op, shape))
        .or_else(|| sign(op, shape))
        .or_else(|| resize(op, shape))
        .or_else(|| sum_neighbours(op, shape))
        .or_else(|| reduce(op, shape))?;
    Some(registers(run, word))
}

/// RBIT reverses bytes; its `size` tells it from NOT.
fn element_size(op: Op, word: u32) -> u32 {
    if op == Op::RbitVector { 0 } else { fields::size(word) }
}

/// ADDP (scalar): the sum of the two doublewords.
fn add_pair(cpu: &mut Cpu, step: &Step) -> Done {
    let n = cpu.v(step.n);
    let sum = (n as u64).wrapping_add((n >> 64) as u64);
    cpu.set_v(step.d, u128::from(sum));
    Ok(())
}

fn compare_with_zero(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::CmgtZeroVector | Op::CmgtZeroScalar => {
            each!(same signed, shape, |_, n, _| L::mask(n > L::ZERO))
        }
        Op::CmgeZeroVector | Op::CmgeZeroScalar => {
            each!(same signed, shape, |_, n, _| L::mask(n >= L::ZERO))
        }
        Op::CmeqZeroVector | Op::CmeqZeroScalar => {
            each!(same signed, shape, |_, n, _| L::mask(n == L::ZERO))
        }
        Op::CmleZeroVector | Op::CmleZeroScalar => {
            each!(same signed, shape, |_, n, _| L::mask(n <= L::ZERO))
        }
        Op::CmltZeroVector | Op::CmltZeroScalar => {
            each!(same signed, shape, |_, n, _| L::mask(n < L::ZERO))
        }
        _ => None,
    }
}

fn count(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::ClsVector => each!(same signed, shape, |_, n: L, _| sign_bits(n)),
        Op::ClzVector => each!(same unsigned, shape, |_, n: L, _| n.leading_zeros()),
        Op::CntVector => each!(same bytes, shape, |_, n: L, _| n.ones()),
        Op::RbitVector => each!(same bytes, shape, |_, n: L, _| n.reversed()),
        _ => None,
    }
}

fn sign(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::AbsVector | Op::AbsScalar => each!(same signed, shape, |_, n: L, _| abs(n)),
        Op::NegVector | Op::NegScalar => each!(same signed, shape, |_, n: L, _| L::ZERO.minus(n)),
        Op::SqabsVector | Op::SqabsScalar => {
            each!(same signed, shape, |_, n: L, _| saturating_abs(n))
        }
        Op::SqnegVector | Op::SqnegScalar => {
            each!(same signed, shape, |_, n: L, _| sub(L::ZERO, n))
        }
        Op::SuqaddVector | Op::SuqaddScalar => {
            each!(same signed, shape, |d: L, n: L, _| d.saturating_plus_other(n.other()))
        }
        Op::UsqaddVector | Op::UsqaddScalar => {
            each!(same unsigned, shape, |d: L, n: L, _| d.saturating_plus_other(n.other()))
        }
        _ => None,
    }
}

fn resize(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::XtnVector => each!(narrow unsigned_narrow, shape, |n, _| L::narrow(n)),
        Op::SqxtnVector | Op::SqxtnScalar => {
            each!(narrow signed_narrow, shape, |n, _| saturate::<L>(n))
        }
        Op::UqxtnVector | Op::UqxtnScalar => {
            each!(narrow unsigned_narrow, shape, |n, _| saturate::<L>(n))
        }
        Op::SqxtunVector | Op::SqxtunScalar => {
            each!(narrow signed_narrow, shape, |n, _| saturate_unsigned::<L>(n))
        }
        Op::ShllVector => {
            each!(long unsigned_narrow, shape, |_, n: L, _| n.widen().left(L::BITS))
        }
        _ => None,
    }
}

fn sum_neighbours(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::SaddlpVector => {
            each!(pairwise_long signed_narrow, shape, |_, n: L, m: L| n.widen().plus(m.widen()))
        }
        Op::UaddlpVector => {
            each!(pairwise_long unsigned_narrow, shape, |_, n: L, m: L| n.widen().plus(m.widen()))
        }
        Op::SadalpVector => each!(
            pairwise_long signed_narrow, shape,
            |d: L::Wide, n: L, m: L| d.plus(n.widen().plus(m.widen()))
        ),
        Op::UadalpVector => each!(
            pairwise_long unsigned_narrow, shape,
            |d: L::Wide, n: L, m: L| d.plus(n.widen().plus(m.widen()))
        ),
        _ => None,
    }
}

fn reduce(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::Addv => each!(across unsigned, shape, |n: L, m| n.plus(m)),
        Op::Smaxv => each!(across signed, shape, |n: L, m| n.max(m)),
        Op::Umaxv => each!(across unsigned, shape, |n: L, m| n.max(m)),
        Op::Sminv => each!(across signed, shape, |n: L, m| n.min(m)),
        Op::Uminv => each!(across unsigned, shape, |n: L, m| n.min(m)),
        Op::Saddlv => {
            each!(across_long signed_narrow, shape, |sum: L::Wide, n: L| sum.plus(n.widen()))
        }
        Op::Uaddlv => {
            each!(across_long unsigned_narrow, shape, |sum: L::Wide, n: L| sum.plus(n.widen()))
        }
        _ => None,
    }
}
