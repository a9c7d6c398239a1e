//! Sums, products, quotients, roots and what is fused of them.

use proptest::prelude::*;
use rustc_apfloat::{Float, Round};

use super::oracle::{
    Judged, Outcome, assert_same_after_inexact, cut_sum, expected, nan_of, outcome,
};
use super::values::{arithmetic_controls, control, specials, value};
use crate::fp::add::{soft_add, soft_sub};
use crate::fp::fused::soft_mul_add;
use crate::fp::mul::{soft_div, soft_mul, soft_mulx, soft_sqrt};
use crate::fp::{
    self, Arithmetic, F32, F64, Format, Fpcr, Fpsr, Rounding, mul_add, recip_step, rsqrt_step,
};

type Binary = fn(u64, u64, Fpcr, &mut Fpsr) -> u64;

/// Checks an operation in integers, and that the host's arithmetic changes nothing.
fn check(expected: Outcome, op1: u64, op2: u64, fpcr: Fpcr, soft: Binary, whole: Binary) {
    let context = || format!("{op1:#x} {op2:#x} {fpcr:?}");
    assert_eq!(outcome(|fpsr| soft(op1, op2, fpcr, fpsr)), expected, "soft {}", context());
    assert_eq!(outcome(|fpsr| whole(op1, op2, fpcr, fpsr)), expected, "{}", context());
    assert_same_after_inexact(expected, |fpsr| whole(op1, op2, fpcr, fpsr));
}

fn check_binary<F: Arithmetic + Judged>(op1: u64, op2: u64, fpcr: Fpcr) {
    let rounding = fpcr.rounding();
    let operands = [op1, op2];
    let sum = expected::<F, 2>(operands, fpcr, |[a, b]| cut_sum(rounding, |r| a.add_r(b, r)));
    check(sum, op1, op2, fpcr, soft_add::<F>, fp::add::<F>);
    let sum = expected::<F, 2>(operands, fpcr, |[a, b]| cut_sum(rounding, |r| a.sub_r(b, r)));
    check(sum, op1, op2, fpcr, soft_sub::<F>, fp::sub::<F>);
    let product = expected::<F, 2>(operands, fpcr, |[a, b]| a.mul_r(b, Round::TowardZero));
    check(product, op1, op2, fpcr, soft_mul::<F>, fp::mul::<F>);
    let quotient = expected::<F, 2>(operands, fpcr, |[a, b]| a.div_r(b, Round::TowardZero));
    check(quotient, op1, op2, fpcr, soft_div::<F>, fp::div::<F>);
    let is_product = F::is_nan(op1) || F::is_nan(op2) || !F::is_nan(product.0);
    let extended = if is_product {
        product
    } else {
        without_invalid(F::two((op1 ^ op2) & F::SIGN != 0), product)
    };
    check(extended, op1, op2, fpcr, soft_mulx::<F>, fp::mulx::<F>);
}

fn without_invalid(result: u64, (_, fpsr): Outcome) -> Outcome {
    (result, Fpsr::from_bits(fpsr.bits() & !Fpsr::IOC.bits()))
}

fn check_mul_add<F: Arithmetic + Judged>(addend: u64, op1: u64, op2: u64, fpcr: Fpcr) {
    let mut wanted = expected::<F, 3>([addend, op1, op2], fpcr, |[addend, a, b]| {
        cut_sum(fpcr.rounding(), |r| a.mul_add_r(b, addend, r))
    });
    let quiet = F::is_nan(addend) && addend & F::QUIET != 0;
    let product = outcome(|fpsr| soft_mul::<F>(op1, op2, fpcr, fpsr)).1;
    if quiet && product.contains(Fpsr::IOC) && !F::is_nan(op1) && !F::is_nan(op2) {
        wanted.0 = F::DEFAULT_NAN;
        wanted.1.raise(Fpsr::IOC);
    }
    let context = || format!("{addend:#x} + {op1:#x} * {op2:#x} {fpcr:?}");
    let soft = outcome(|fpsr| soft_mul_add::<F>(addend, op1, op2, fpcr, fpsr));
    assert_eq!(soft, wanted, "soft {}", context());
    assert_eq!(outcome(|fpsr| mul_add::<F>(addend, op1, op2, fpcr, fpsr)), wanted, "{}", context());
    assert_same_after_inexact(wanted, |fpsr| mul_add::<F>(addend, op1, op2, fpcr, fpsr));
}

fn check_steps<F: Arithmetic + Judged>(op1: u64, op2: u64, fpcr: Fpcr) {
    let rounding = fpcr.rounding();
    let negated = F::neg(op1);
    let no_product = {
        let product = outcome(|fpsr| soft_mul::<F>(op1, op2, fpcr, fpsr)).1;
        product.contains(Fpsr::IOC) && !F::is_nan(op1) && !F::is_nan(op2)
    };
    let two = F::widen(F::two(false));
    let mut step = expected::<F, 2>([negated, op2], fpcr, |[a, b]| {
        cut_sum(rounding, |r| a.mul_add_r(b, two, r))
    });
    if no_product {
        step = without_invalid(F::two(false), step);
    }
    assert_eq!(outcome(|fpsr| recip_step::<F>(op1, op2, fpcr, fpsr)), step, "{op1:#x} {op2:#x}");
    let three = F::widen(F::one_point_five(false)).scalbn(1);
    let mut step = expected::<F, 2>([negated, op2], fpcr, |[a, b]| {
        cut_sum(rounding, |r| a.mul_add_r(b, three, r)).map(|sum| sum.scalbn(-1))
    });
    if no_product {
        step = without_invalid(F::one_point_five(false), step);
    }
    assert_eq!(outcome(|fpsr| rsqrt_step::<F>(op1, op2, fpcr, fpsr)), step, "{op1:#x} {op2:#x}");
}

/// Checks a root by squaring it and its neighbours as integers.
fn check_sqrt<F: Arithmetic + Judged>(op: u64, fpcr: Fpcr) {
    let soft = outcome(|fpsr| soft_sqrt::<F>(op, fpcr, fpsr));
    assert_eq!(outcome(|fpsr| fp::sqrt::<F>(op, fpcr, fpsr)), soft, "{op:#x} {fpcr:?}");
    assert_same_after_inexact(soft, |fpsr| fp::sqrt::<F>(op, fpcr, fpsr));
    let denormal = F::biased_exp(op) == 0 && !F::is_zero(op);
    let flushed = denormal && fpcr.fz();
    if F::is_zero(op) || flushed {
        let flags = if flushed { Fpsr::IDC } else { Fpsr::default() };
        assert_eq!(soft, (op & F::SIGN, flags));
        return;
    }
    if let Some(nan) = nan_of::<F>(&[op], fpcr, &mut Fpsr::default()) {
        let is_signalling = op & F::QUIET == 0;
        assert_eq!(soft.0, nan);
        assert_eq!(soft.1 == Fpsr::IOC, is_signalling);
        return;
    }
    if F::sign(op) {
        assert_eq!(soft, (F::DEFAULT_NAN, Fpsr::IOC));
        return;
    }
    if op == F::infinity(false) {
        assert_eq!(soft, (op, Fpsr::default()));
        return;
    }
    let exponent = |op: u64| F::biased_exp(op).max(1).cast_signed();
    let integer = |op: u64| {
        let hidden = if F::biased_exp(op) == 0 { 0 } else { F::FRAC + 1 };
        u128::from(op & F::FRAC | hidden)
    };
    // Both in units of a quarter of the squared last place of the root.
    let root = integer(soft.0);
    let origin = (F::EXP_MAX / 2).cast_signed() + i64::from(F::FRAC_BITS);
    let shift = exponent(op) - origin - 2 * (exponent(soft.0) - origin) + 2;
    let square = integer(op) << u32::try_from(shift).unwrap();
    let inexact = 4 * root * root != square;
    assert_eq!(soft.1 == Fpsr::IXC, inexact, "{op:#x} {fpcr:?}");
    let within = match fpcr.rounding() {
        Rounding::TieEven => (2 * root - 1).pow(2) < square && square < (2 * root + 1).pow(2),
        Rounding::PosInf => 4 * (root - 1).pow(2) < square && square <= 4 * root * root,
        _ => 4 * root * root <= square && square < 4 * (root + 1).pow(2),
    };
    assert!(within, "{op:#x} {fpcr:?}: {:#x}", soft.0);
}

fn check_grid<F: Arithmetic + Judged>() {
    let specials = specials::<F>();
    for fpcr in arithmetic_controls() {
        for &op1 in &specials {
            check_sqrt::<F>(op1, fpcr);
            for &op2 in &specials {
                check_binary::<F>(op1, op2, fpcr);
                check_steps::<F>(op1, op2, fpcr);
            }
        }
    }
}

fn check_mul_add_grid<F: Arithmetic + Judged>() {
    let specials = specials::<F>();
    for (index, &addend) in specials.iter().enumerate() {
        for &op1 in &specials {
            // Every control meets every addend; the grid of all four takes too long.
            for (&op2, fpcr) in specials.iter().zip(arithmetic_controls().cycle().skip(index)) {
                check_mul_add::<F>(addend, op1, op2, fpcr);
            }
        }
    }
}

#[test]
fn single_precision_special_values() {
    check_grid::<F32>();
}

#[test]
fn double_precision_special_values() {
    check_grid::<F64>();
}

#[test]
fn single_precision_special_values_fused() {
    check_mul_add_grid::<F32>();
}

#[test]
fn double_precision_special_values_fused() {
    check_mul_add_grid::<F64>();
}

/// Addends that nearly cancel a product, where only a fused sum is right.
fn near_cancellation<F: Format>() -> impl Strategy<Value = (u64, u64)> {
    let one = (F::EXP_MAX / 2) << F::FRAC_BITS;
    (0..=F::FRAC, 0..=F::FRAC).prop_map(move |(a, b)| (one | a, one | b))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn single_precision((op1, op2) in (value::<F32>(), value::<F32>()), fpcr in control()) {
        check_binary::<F32>(op1, op2, fpcr);
        check_steps::<F32>(op1, op2, fpcr);
        check_sqrt::<F32>(op1, fpcr);
    }

    #[test]
    fn double_precision((op1, op2) in (value::<F64>(), value::<F64>()), fpcr in control()) {
        check_binary::<F64>(op1, op2, fpcr);
        check_steps::<F64>(op1, op2, fpcr);
        check_sqrt::<F64>(op1, fpcr);
    }

    #[test]
    fn single_precision_fused(
        ops in (value::<F32>(), value::<F32>(), value::<F32>()), fpcr in control(),
    ) {
        check_mul_add::<F32>(ops.0, ops.1, ops.2, fpcr);
    }

    #[test]
    fn double_precision_fused(
        ops in (value::<F64>(), value::<F64>(), value::<F64>()), fpcr in control(),
    ) {
        check_mul_add::<F64>(ops.0, ops.1, ops.2, fpcr);
    }

    #[test]
    fn fused_cancellation((op1, op2) in near_cancellation::<F64>(), fpcr in control()) {
        let product = outcome(|fpsr| fp::mul::<F64>(op1, op2, Fpcr::default(), fpsr)).0;
        check_mul_add::<F64>(F64::neg(product), op1, op2, fpcr);
    }
}

/// FPProcessNaNs3 and its exception: a product that does not exist outranks a quiet addend.
#[test]
fn invalid_product_outranks_a_quiet_addend() {
    let (quiet, infinity) = (F64::DEFAULT_NAN | 0x123, F64::infinity(false));
    let invalid = outcome(|fpsr| mul_add::<F64>(quiet, 0, infinity, Fpcr::default(), fpsr));
    assert_eq!(invalid, (F64::DEFAULT_NAN, Fpsr::IOC));
    let signalling = infinity | 0x123;
    let propagated = outcome(|fpsr| mul_add::<F64>(signalling, 0, infinity, Fpcr::default(), fpsr));
    assert_eq!(propagated, (signalling | F64::QUIET, Fpsr::IOC));
}
