//! Three registers of one arrangement, and three scalars.

use super::element::{
    add, half_difference, half_sum, half_sum_rounded, high_product, high_product_rounded,
    polynomial_product, shift, shift_rounded, shift_rounded_saturating, shift_saturating, sub,
};
use super::lane::{Lane, Narrow};
use super::registers;
use super::shape::{Shape, each, pairwise, same};
use crate::cpu::Cpu;
use crate::decode::{Op, fields};
use crate::step::{Execute, Step};
use crate::trap::Done;

pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let shape = Shape::of(word, fields::size(word));
    let run = arithmetic(op, shape)
        .or_else(|| compare(op, shape))
        .or_else(|| saturate(op, shape))
        .or_else(|| shift_by_register(op, shape))
        .or_else(|| neighbours(op, shape))?;
    Some(registers(run, word))
}

fn arithmetic(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::AddVector | Op::AddScalar => each!(same unsigned, shape, |_, n: L, m| n.plus(m)),
        Op::SubVector | Op::SubScalar => each!(same unsigned, shape, |_, n: L, m| n.minus(m)),
        Op::MulVector => each!(same unsigned, shape, |_, n: L, m| n.times(m)),
        Op::MlaVector => each!(same unsigned, shape, |d: L, n: L, m| d.plus(n.times(m))),
        Op::MlsVector => each!(same unsigned, shape, |d: L, n: L, m| d.minus(n.times(m))),
        Op::PmulVector => each!(same bytes, shape, |_, n: L, m| polynomial_product(n, m)),
        Op::ShaddVector => each!(same signed_narrow, shape, |_, n: L, m| half_sum(n, m)),
        Op::UhaddVector => each!(same unsigned_narrow, shape, |_, n: L, m| half_sum(n, m)),
        Op::SrhaddVector => each!(same signed_narrow, shape, |_, n: L, m| half_sum_rounded(n, m)),
        Op::UrhaddVector => each!(same unsigned_narrow, shape, |_, n: L, m| half_sum_rounded(n, m)),
        Op::ShsubVector => each!(same signed_narrow, shape, |_, n: L, m| half_difference(n, m)),
        Op::UhsubVector => each!(same unsigned_narrow, shape, |_, n: L, m| half_difference(n, m)),
        Op::SmaxVector => each!(same signed, shape, |_, n: L, m| n.max(m)),
        Op::UmaxVector => each!(same unsigned, shape, |_, n: L, m| n.max(m)),
        Op::SminVector => each!(same signed, shape, |_, n: L, m| n.min(m)),
        Op::UminVector => each!(same unsigned, shape, |_, n: L, m| n.min(m)),
        Op::SabdVector => each!(same signed, shape, |_, n: L, m| n.absolute_difference(m)),
        Op::UabdVector => each!(same unsigned, shape, |_, n: L, m| n.absolute_difference(m)),
        Op::SabaVector => {
            each!(same signed, shape, |d: L, n: L, m| d.plus(n.absolute_difference(m)))
        }
        Op::UabaVector => {
            each!(same unsigned, shape, |d: L, n: L, m| d.plus(n.absolute_difference(m)))
        }
        _ => None,
    }
}

fn compare(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::CmeqVector | Op::CmeqScalar => each!(same unsigned, shape, |_, n, m| L::mask(n == m)),
        Op::CmgtVector | Op::CmgtScalar => each!(same signed, shape, |_, n, m| L::mask(n > m)),
        Op::CmgeVector | Op::CmgeScalar => each!(same signed, shape, |_, n, m| L::mask(n >= m)),
        Op::CmhiVector | Op::CmhiScalar => each!(same unsigned, shape, |_, n, m| L::mask(n > m)),
        Op::CmhsVector | Op::CmhsScalar => each!(same unsigned, shape, |_, n, m| L::mask(n >= m)),
        Op::CmtstVector | Op::CmtstScalar => {
            each!(same unsigned, shape, |_, n, m| L::mask(n & m != L::ZERO))
        }
        _ => None,
    }
}

fn saturate(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::SqaddVector | Op::SqaddScalar => each!(same signed, shape, |_, n: L, m| add(n, m)),
        Op::UqaddVector | Op::UqaddScalar => each!(same unsigned, shape, |_, n: L, m| add(n, m)),
        Op::SqsubVector | Op::SqsubScalar => each!(same signed, shape, |_, n: L, m| sub(n, m)),
        Op::UqsubVector | Op::UqsubScalar => each!(same unsigned, shape, |_, n: L, m| sub(n, m)),
        Op::SqdmulhVector | Op::SqdmulhScalar => {
            each!(same signed_narrow, shape, |_, n: L, m| high_product(n, m))
        }
        Op::SqrdmulhVector | Op::SqrdmulhScalar => {
            each!(same signed_narrow, shape, |_, n: L, m| high_product_rounded(n, m))
        }
        _ => None,
    }
}

fn shift_by_register(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::SshlVector | Op::SshlScalar => each!(same signed, shape, |_, n: L, m| shift(n, m)),
        Op::UshlVector | Op::UshlScalar => each!(same unsigned, shape, |_, n: L, m| shift(n, m)),
        Op::SrshlVector | Op::SrshlScalar => {
            each!(same signed, shape, |_, n: L, m| shift_rounded(n, m))
        }
        Op::UrshlVector | Op::UrshlScalar => {
            each!(same unsigned, shape, |_, n: L, m| shift_rounded(n, m))
        }
        Op::SqshlVector | Op::SqshlScalar => {
            each!(same signed, shape, |_, n: L, m| shift_saturating(n, m))
        }
        Op::UqshlVector | Op::UqshlScalar => {
            each!(same unsigned, shape, |_, n: L, m| shift_saturating(n, m))
        }
        Op::SqrshlVector | Op::SqrshlScalar => {
            each!(same signed, shape, |_, n: L, m| shift_rounded_saturating(n, m))
        }
        Op::UqrshlVector | Op::UqrshlScalar => {
            each!(same unsigned, shape, |_, n: L, m| shift_rounded_saturating(n, m))
        }
        _ => None,
    }
}

fn neighbours(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::AddpVector => each!(pairwise unsigned, shape, |n: L, m| n.plus(m)),
        Op::SmaxpVector => each!(pairwise signed, shape, |n: L, m| n.max(m)),
        Op::UmaxpVector => each!(pairwise unsigned, shape, |n: L, m| n.max(m)),
        Op::SminpVector => each!(pairwise signed, shape, |n: L, m| n.min(m)),
        Op::UminpVector => each!(pairwise unsigned, shape, |n: L, m| n.min(m)),
        _ => None,
    }
}
