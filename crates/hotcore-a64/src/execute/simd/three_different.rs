//! Long, wide and narrow operations of three registers.

use super::element::{
    add_doubled_product, doubled_product, polynomial_product, product, right_rounded,
    sub_doubled_product,
};
use super::lane::{Lane, Narrow};
use super::registers;
use super::shape::{Shape, each, long, narrow, wide};
use crate::cpu::Cpu;
use crate::decode::{Op, fields};
use crate::step::{Execute, Step};
use crate::trap::Done;

pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let shape = Shape::of(word, fields::size(word));
    let run = sum(op, shape)
        .or_else(|| difference(op, shape))
        .or_else(|| multiply(op, shape))
        .or_else(|| high_half(op, shape))?;
    Some(registers(run, word))
}

fn sum(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::SaddlVector => {
            each!(long signed_narrow, shape, |_, n: L, m: L| n.widen().plus(m.widen()))
        }
        Op::UaddlVector => {
            each!(long unsigned_narrow, shape, |_, n: L, m: L| n.widen().plus(m.widen()))
        }
        Op::SsublVector => {
            each!(long signed_narrow, shape, |_, n: L, m: L| n.widen().minus(m.widen()))
        }
        Op::UsublVector => {
            each!(long unsigned_narrow, shape, |_, n: L, m: L| n.widen().minus(m.widen()))
        }
        Op::SaddwVector => {
            each!(wide signed_narrow, shape, |n: L::Wide, m: L| n.plus(m.widen()))
        }
        Op::UaddwVector => {
            each!(wide unsigned_narrow, shape, |n: L::Wide, m: L| n.plus(m.widen()))
        }
        Op::SsubwVector => {
            each!(wide signed_narrow, shape, |n: L::Wide, m: L| n.minus(m.widen()))
        }
        Op::UsubwVector => {
            each!(wide unsigned_narrow, shape, |n: L::Wide, m: L| n.minus(m.widen()))
        }
        _ => None,
    }
}

fn difference(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::SabdlVector => {
            each!(long signed_narrow, shape, |_, n: L, m: L| absolute_difference(n, m))
        }
        Op::UabdlVector => {
            each!(long unsigned_narrow, shape, |_, n: L, m: L| absolute_difference(n, m))
        }
        Op::SabalVector => each!(
            long signed_narrow, shape,
            |d: L::Wide, n: L, m: L| d.plus(absolute_difference(n, m))
        ),
        Op::UabalVector => each!(
            long unsigned_narrow, shape,
            |d: L::Wide, n: L, m: L| d.plus(absolute_difference(n, m))
        ),
        _ => None,
    }
}

fn absolute_difference<L: Narrow>(n: L, m: L) -> L::Wide {
    n.widen().absolute_difference(m.widen())
}

fn multiply(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::SmullVector => each!(long signed_narrow, shape, |_, n: L, m| product(n, m)),
        Op::UmullVector => each!(long unsigned_narrow, shape, |_, n: L, m| product(n, m)),
        Op::SmlalVector => {
            each!(long signed_narrow, shape, |d: L::Wide, n: L, m| d.plus(product(n, m)))
        }
        Op::UmlalVector => {
            each!(long unsigned_narrow, shape, |d: L::Wide, n: L, m| d.plus(product(n, m)))
        }
        Op::SmlslVector => {
            each!(long signed_narrow, shape, |d: L::Wide, n: L, m| d.minus(product(n, m)))
        }
        Op::UmlslVector => {
            each!(long unsigned_narrow, shape, |d: L::Wide, n: L, m| d.minus(product(n, m)))
        }
        Op::SqdmullVector | Op::SqdmullScalar => {
            each!(long signed_narrow, shape, |_, n: L, m| doubled_product(n, m))
        }
        Op::SqdmlalVector | Op::SqdmlalScalar => {
            each!(long signed_narrow, shape, |d, n: L, m| add_doubled_product(d, n, m))
        }
        Op::SqdmlslVector | Op::SqdmlslScalar => {
            each!(long signed_narrow, shape, |d, n: L, m| sub_doubled_product(d, n, m))
        }
        Op::PmullVector => {
            each!(long bytes, shape, |_, n: L, m: L| polynomial_product(n.widen(), m.widen()))
        }
        _ => None,
    }
}

/// ADDHN, SUBHN and their rounding forms.
fn high_half(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::AddhnVector => each!(
            narrow unsigned_narrow, shape,
            |n: L::Wide, m| L::narrow(n.plus(m).right(L::BITS))
        ),
        Op::SubhnVector => each!(
            narrow unsigned_narrow, shape,
            |n: L::Wide, m| L::narrow(n.minus(m).right(L::BITS))
        ),
        Op::RaddhnVector => each!(
            narrow unsigned_narrow, shape,
            |n: L::Wide, m| L::narrow(right_rounded(n.plus(m), L::BITS))
        ),
        Op::RsubhnVector => each!(
            narrow unsigned_narrow, shape,
            |n: L::Wide, m| L::narrow(right_rounded(n.minus(m), L::BITS))
        ),
        _ => None,
    }
}
