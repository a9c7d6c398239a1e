//! Shifts by immediate.
//!
//! `immh:immb` has the size of the (narrow) elements in its highest bit. From there on it is
//! twice their bits minus the amount for a right shift, their bits plus the amount for a left shift.

use super::element::{
    left_saturating, left_saturating_unsigned, right_rounded, saturate, saturate_unsigned,
};
use super::lane::{Lane, Narrow};
use super::registers;
use super::shape::{Shape, each, shift, shift_long, shift_narrow};
use crate::cpu::Cpu;
use crate::decode::{Op, fields};
use crate::step::{Execute, Step};
use crate::trap::Done;

pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let immediate = fields::immh_immb(word);
    let size = immediate.checked_ilog2()?.checked_sub(3)?;
    let bits = 8 << size;
    let shape = Shape::of(word, size);
    let (left, right) = (immediate - bits, 2 * bits - immediate);
    let (run, by) = match left_shift(op, shape) {
        Some(run) => (run, left),
        None => (right_shift(op, shape).or_else(|| narrowing(op, shape))?, right),
    };
    Some(registers(run, word).a(by as u8))
}

fn left_shift(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::ShlVector | Op::ShlScalar => {
            each!(shift unsigned, shape, |_, n: L, by| n.left(by))
        }
        Op::SliVector | Op::SliScalar => {
            each!(shift unsigned, shape, |d, n: L, by| n.left(by) | d & !(!L::ZERO).left(by))
        }
        Op::SqshlImmediateVector | Op::SqshlImmediateScalar => {
            each!(shift signed, shape, |_, n: L, by| left_saturating(n, by))
        }
        Op::UqshlImmediateVector | Op::UqshlImmediateScalar => {
            each!(shift unsigned, shape, |_, n: L, by| left_saturating(n, by))
        }
        Op::SqshluVector | Op::SqshluScalar => {
            each!(shift signed, shape, |_, n: L, by| left_saturating_unsigned(n, by))
        }
        Op::SshllVector => {
            each!(shift_long signed_narrow, shape, |n: L, by| n.widen().left(by))
        }
        Op::UshllVector => {
            each!(shift_long unsigned_narrow, shape, |n: L, by| n.widen().left(by))
        }
        _ => None,
    }
}

fn right_shift(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::SshrVector | Op::SshrScalar => each!(shift signed, shape, |_, n: L, by| n.right(by)),
        Op::UshrVector | Op::UshrScalar => each!(shift unsigned, shape, |_, n: L, by| n.right(by)),
        Op::SsraVector | Op::SsraScalar => {
            each!(shift signed, shape, |d: L, n: L, by| d.plus(n.right(by)))
        }
        Op::UsraVector | Op::UsraScalar => {
            each!(shift unsigned, shape, |d: L, n: L, by| d.plus(n.right(by)))
        }
        Op::SrshrVector | Op::SrshrScalar => {
            each!(shift signed, shape, |_, n: L, by| right_rounded(n, by))
        }
        Op::UrshrVector | Op::UrshrScalar => {
            each!(shift unsigned, shape, |_, n: L, by| right_rounded(n, by))
        }
        Op::SrsraVector | Op::SrsraScalar => {
            each!(shift signed, shape, |d: L, n: L, by| d.plus(right_rounded(n, by)))
        }
        Op::UrsraVector | Op::UrsraScalar => {
            each!(shift unsigned, shape, |d: L, n: L, by| d.plus(right_rounded(n, by)))
        }
        Op::SriVector | Op::SriScalar => {
            each!(shift unsigned, shape, |d, n: L, by| n.right(by) | d & !(!L::ZERO).right(by))
        }
        _ => None,
    }
}

fn narrowing(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::ShrnVector => {
            each!(shift_narrow unsigned_narrow, shape, |n, by| L::narrow(n.right(by)))
        }
        Op::RshrnVector => {
            each!(shift_narrow unsigned_narrow, shape, |n, by| L::narrow(right_rounded(n, by)))
        }
        Op::SqshrnVector | Op::SqshrnScalar => {
            each!(shift_narrow signed_narrow, shape, |n, by| saturate::<L>(n.right(by)))
        }
        Op::UqshrnVector | Op::UqshrnScalar => {
            each!(shift_narrow unsigned_narrow, shape, |n, by| saturate::<L>(n.right(by)))
        }
        Op::SqrshrnVector | Op::SqrshrnScalar => {
            each!(shift_narrow signed_narrow, shape, |n, by| saturate::<L>(right_rounded(n, by)))
        }
        Op::UqrshrnVector | Op::UqrshrnScalar => {
            each!(shift_narrow unsigned_narrow, shape, |n, by| saturate::<L>(right_rounded(n, by)))
        }
        Op::SqshrunVector | Op::SqshrunScalar => {
            each!(shift_narrow signed_narrow, shape, |n, by| saturate_unsigned::<L>(n.right(by)))
        }
        Op::SqrshrunVector | Op::SqrshrunScalar => each!(
            shift_narrow signed_narrow, shape,
            |n, by| saturate_unsigned::<L>(right_rounded(n, by))
        ),
        _ => None,
    }
}
