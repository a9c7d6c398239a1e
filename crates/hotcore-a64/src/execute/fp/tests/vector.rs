//! Vectors: arrangements, elements by index, pairs, and results wider or narrower than operands.

use super::{DOUBLE, JUNK, Q, RN, d, run, s, v2, v4};
use crate::decode::Op;
use crate::fp::Fpsr;

const ONES: [f32; 4] = [1.0, 2.0, 3.0, 4.0];
const TENS: [f32; 4] = [10.0, 20.0, 30.0, 40.0];
/// `H` and `L` of an element, the latter bit 0 of the index of a single-precision one.
const H: u32 = 1 << 11;
const L: u32 = 1 << 21;
/// Rn = 1, Rm = 2
const RN_RM: u32 = 2 << 16 | RN;

#[test]
fn elements_stay_apart_and_the_upper_half_is_cleared() {
    let sources = [v4(ONES), v4(TENS)];
    let add = |fields| run(Op::FaddVector, RN_RM | fields, &sources).0;
    assert_eq!(add(0), v4([11.0, 22.0, 0.0, 0.0]));
    assert_eq!(add(Q), v4([11.0, 22.0, 33.0, 44.0]));
    let sources = [v2([1.0, 2.0]), v2([10.0, -20.0])];
    let double = |op| run(op, RN_RM | DOUBLE | Q, &sources).0;
    assert_eq!(double(Op::FsubVector), v2([-9.0, 22.0]));
    assert_eq!(double(Op::FabdVector), v2([9.0, 22.0]));
    assert_eq!(double(Op::FcmgtVector), u128::from(u64::MAX) << 64);
    assert_eq!(double(Op::FacgeVector), 0);
}

#[test]
fn flags_of_all_elements_accumulate() {
    let (_, fpsr) = run(Op::FdivVector, RN_RM | Q, &[v4(ONES), v4([0.0, 1.0, 1.0, 3.0])]);
    assert!(fpsr.contains(Fpsr::DZC) && fpsr.contains(Fpsr::IXC));
}

#[test]
fn fused_operations_add_to_the_destination() {
    let result = |op, fields, m: u128| {
        let mut machine = super::machine();
        machine.core.cpu.set_v(0, v4([2.0; 4]));
        machine.core.cpu.set_v(1, v4(ONES));
        machine.core.cpu.set_v(2, m);
        super::execute(&mut machine, op, RN_RM | fields).v(0)
    };
    assert_eq!(result(Op::FmlaVector, Q, v4(TENS)), v4([12.0, 42.0, 92.0, 162.0]));
    assert_eq!(result(Op::FmlsVector, 0, v4(TENS)), v4([-8.0, -38.0, 0.0, 0.0]));
    assert_eq!(result(Op::FmlaElement, Q | H | L, v4(TENS)), v4([42.0, 82.0, 122.0, 162.0]));
    assert_eq!(result(Op::FmlsScalarElement, H, v4(TENS)), s(-28.0));
}

#[test]
fn an_element_is_taken_by_its_index() {
    let product = |op, fields, n, m| run(op, RN_RM | fields, &[n, m]).0;
    for (fields, factor) in [(0, 10.0), (L, 20.0), (H, 30.0), (H | L, 40.0)] {
        let result = product(Op::FmulElement, Q | fields, v4(ONES), v4(TENS));
        assert_eq!(result, v4(ONES.map(|one| one * factor)));
        assert_eq!(product(Op::FmulScalarElement, fields, v4(ONES), v4(TENS)), s(factor));
    }
    for (fields, factor) in [(0, 10.0), (H, 20.0)] {
        let result =
            product(Op::FmulxElement, Q | DOUBLE | fields, v2([1.0, 2.0]), v2([10.0, 20.0]));
        assert_eq!(result, v2([factor, 2.0 * factor]));
    }
    let infinity = s(f32::INFINITY);
    assert_eq!(product(Op::FmulxScalarElement, 0, 0, infinity), s(2.0));
}

#[test]
fn pairs_are_neighbours() {
    let sources = [v4(ONES), v4(TENS)];
    let pairs = |op, fields| run(op, RN_RM | fields, &sources).0;
    assert_eq!(pairs(Op::FaddpVector, Q), v4([3.0, 7.0, 30.0, 70.0]));
    assert_eq!(pairs(Op::FaddpVector, 0), v4([3.0, 30.0, 0.0, 0.0]));
    assert_eq!(pairs(Op::FmaxpVector, Q), v4([2.0, 4.0, 20.0, 40.0]));
    assert_eq!(run(Op::FaddpScalar, RN, &sources).0, s(3.0));
    assert_eq!(run(Op::FminnmpScalar, RN | DOUBLE, &[v2([3.0, 2.0])]).0, d(2.0));
}

#[test]
fn a_reduction_combines_each_half_first() {
    let sources = [v4([1.0, -2.0, 8.0, 4.0])];
    assert_eq!(run(Op::Fmaxv, RN, &sources).0, s(8.0));
    assert_eq!(run(Op::Fminnmv, RN, &sources).0, s(-2.0));
    // The signalling NaN has become quiet when it meets the other.
    let (quiet, signalling) = (f32::from_bits(0x7fc0_0001), f32::from_bits(0x7f80_0002));
    let (result, fpsr) = run(Op::Fmaxv, RN, &[v4([quiet, 0.0, 0.0, signalling])]);
    assert_eq!((result, fpsr), (s(quiet), Fpsr::IOC));
}

#[test]
fn comparisons_with_zero_fill_elements() {
    let sources = [v4([-1.0, -0.0, 1.0, f32::NAN])];
    let result = |op| run(op, RN | Q, &sources).0;
    let lanes = |mask: [u32; 4]| mask.iter().rev().fold(0, |v, &m| v << 32 | u128::from(m));
    let all = u32::MAX;
    assert_eq!(result(Op::FcmeqZeroVector), lanes([0, all, 0, 0]));
    assert_eq!(result(Op::FcmgeZeroVector), lanes([0, all, all, 0]));
    assert_eq!(result(Op::FcmgtZeroVector), lanes([0, 0, all, 0]));
    assert_eq!(result(Op::FcmleZeroVector), lanes([all, all, 0, 0]));
    assert_eq!(result(Op::FcmltZeroVector), lanes([all, 0, 0, 0]));
}

#[test]
fn conversions_keep_the_size_of_elements() {
    let result = |op, fields, source| run(op, RN | fields, &[source]).0;
    assert_eq!(
        result(Op::FcvtzsVector, Q | DOUBLE, v2([-1.5, 2.5])),
        u128::from(u64::MAX) | 2 << 64
    );
    assert_eq!(result(Op::FcvtasScalar, 0, v4([2.5; 4])), 3);
    assert_eq!(
        result(Op::ScvtfVector, 0, JUNK << 64 | 0xffff_ffff_0000_0003),
        v4([3.0, -1.0, 0.0, 0.0])
    );
    // 4 fraction bits: immh:immb is 64 - 4 or 128 - 4.
    let (single, double) = (60 << 16, 124 << 16);
    assert_eq!(result(Op::FcvtzuFixedVector, single, v4([1.5; 4])), 0x18_0000_0018);
    assert_eq!(result(Op::UcvtfFixedVector, Q | double, 0x18 << 64 | 8), v2([0.5, 1.5]));
    assert_eq!(result(Op::ScvtfFixedScalar, double, JUNK << 64 | 8), d(0.5));
}

#[test]
fn lengthening_takes_a_half_and_narrowing_fills_one() {
    let wide = [v2([1.5, -2.0])];
    let narrow = s(-2.0) << 32 | s(1.5);
    assert_eq!(run(Op::FcvtnVector, RN | DOUBLE, &wide).0, narrow);
    let kept = u128::from(JUNK as u64);
    assert_eq!(run(Op::FcvtnVector, RN | DOUBLE | Q, &wide).0, narrow << 64 | kept);
    assert_eq!(run(Op::FcvtnVector, RN, &[v4(ONES)]).0, 0x4400_4200_4000_3c00);
    assert_eq!(run(Op::FcvtlVector, RN | DOUBLE, &[JUNK << 64 | narrow]).0, wide[0]);
    assert_eq!(run(Op::FcvtlVector, RN | DOUBLE | Q, &[narrow << 64]).0, wide[0]);
    assert_eq!(run(Op::FcvtlVector, RN | Q, &[0x4400_4200_4000_3c00 << 64]).0, v4(ONES));
    // To odd: inexact results have their lowest bit set.
    let third = d(1.0 / 3.0);
    assert_eq!(run(Op::FcvtxnScalar, RN, &[third]), (0x3eaa_aaab, Fpsr::IXC));
}

#[test]
fn estimates_of_fractions_take_single_words() {
    let sources = [0x8000_0000_ffff_ffff_0000_0000_8000_0000];
    let result = run(Op::UrecpeVector, RN | Q, &sources).0;
    assert_eq!(result, 0xff80_0000_8000_0000_ffff_ffff_ff80_0000);
    assert_eq!(run(Op::UrsqrteVector, RN, &sources).0 >> 32, 0xffff_ffff);
    assert_eq!(run(Op::FrecpxScalar, RN, &[s(1.0)]).0, s(2.0));
}
