//! Multiplications by one element of a vector.

use super::element::{
    add_doubled_product, doubled_product, high_product, high_product_rounded, product,
    sub_doubled_product,
};
use super::lane::{Lane, Narrow};
use super::registers;
use super::shape::{Shape, each, long_element, same_element};
use crate::cpu::Cpu;
use crate::decode::{Op, fields};
use crate::step::{Execute, Step};
use crate::trap::Done;

pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let shape = Shape::of(word, fields::size(word));
    let run = same(op, shape).or_else(|| long(op, shape))?;
    let (m, lane) = element(word);
    Some(registers(run, word).m(m).a(lane))
}

/// Register and lane: halfwords leave `M` to the lane, words to the register.
fn element(word: u32) -> (u8, u8) {
    let (l, m, h) =
        (fields::bits(word, 21, 21), fields::bits(word, 20, 20), fields::bits(word, 11, 11));
    let low = fields::bits(word, 19, 16);
    if fields::size(word) == 1 {
        (low as u8, (h << 2 | l << 1 | m) as u8)
    } else {
        ((m << 4 | low) as u8, (h << 1 | l) as u8)
    }
}

fn same(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::MulElement => each!(same_element unsigned, shape, |_, n: L, m| n.times(m)),
        Op::MlaElement => {
            each!(same_element unsigned, shape, |d: L, n: L, m| d.plus(n.times(m)))
        }
        Op::MlsElement => {
            each!(same_element unsigned, shape, |d: L, n: L, m| d.minus(n.times(m)))
        }
        Op::SqdmulhElement | Op::SqdmulhScalarElement => {
            each!(same_element signed_narrow, shape, |_, n: L, m| high_product(n, m))
        }
        Op::SqrdmulhElement | Op::SqrdmulhScalarElement => {
            each!(same_element signed_narrow, shape, |_, n: L, m| high_product_rounded(n, m))
        }
        _ => None,
    }
}

fn long(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::SmullElement => each!(long_element signed_narrow, shape, |_, n: L, m| product(n, m)),
        Op::UmullElement => each!(long_element unsigned_narrow, shape, |_, n: L, m| product(n, m)),
        Op::SmlalElement => {
            each!(long_element signed_narrow, shape, |d: L::Wide, n: L, m| d.plus(product(n, m)))
        }
        Op::UmlalElement => {
            each!(long_element unsigned_narrow, shape, |d: L::Wide, n: L, m| d.plus(product(n, m)))
        }
        Op::SmlslElement => {
            each!(long_element signed_narrow, shape, |d: L::Wide, n: L, m| d.minus(product(n, m)))
        }
        Op::UmlslElement => {
            each!(long_element unsigned_narrow, shape, |d: L::Wide, n: L, m| d.minus(product(n, m)))
        }
        Op::SqdmullElement | Op::SqdmullScalarElement => {
            each!(long_element signed_narrow, shape, |_, n: L, m| doubled_product(n, m))
        }
        Op::SqdmlalElement | Op::SqdmlalScalarElement => {
            each!(long_element signed_narrow, shape, |d, n: L, m| add_doubled_product(d, n, m))
        }
        Op::SqdmlslElement | Op::SqdmlslScalarElement => {
            each!(long_element signed_narrow, shape, |d, n: L, m| sub_doubled_product(d, n, m))
        }
        _ => None,
    }
}
