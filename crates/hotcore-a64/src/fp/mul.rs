//! FPMul, FPMulX, FPDiv and FPSqrt.

use super::nan::{invalid, process_nan, process_nans};
use super::round::round;
use super::unpack::{Class, Real, Unpacked, unpack};
use super::wide::Wide;
use super::{Arithmetic, Format, Fpcr, Fpsr, fast};

/// FPMul: `op1 * op2`. FNMUL is [`Format::neg`] of it, NaN or not.
#[inline]
pub fn mul<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match fast::mul::<F>(op1, op2, fpcr, fpsr) {
        Some(result) => result,
        None => soft_mul::<F>(op1, op2, fpcr, fpsr),
    }
}

/// FPMulX: [`mul`], but zero times infinity is two.
#[inline]
pub fn mulx<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match fast::mul::<F>(op1, op2, fpcr, fpsr) {
        Some(result) => result,
        None => soft_mulx::<F>(op1, op2, fpcr, fpsr),
    }
}

/// FPDiv: `op1 / op2`.
#[inline]
pub fn div<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match fast::div::<F>(op1, op2, fpcr, fpsr) {
        Some(result) => result,
        None => soft_div::<F>(op1, op2, fpcr, fpsr),
    }
}

/// FPSqrt.
#[inline]
pub fn sqrt<F: Arithmetic>(op: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match fast::sqrt::<F>(op, fpcr, fpsr) {
        Some(result) => result,
        None => soft_sqrt::<F>(op, fpcr, fpsr),
    }
}

#[inline(never)]
pub(super) fn soft_mul<F: Format>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    product::<F>(op1, op2, fpcr, fpsr, |_, fpsr| invalid::<F>(fpsr))
}

#[inline(never)]
pub(super) fn soft_mulx<F: Format>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    product::<F>(op1, op2, fpcr, fpsr, |sign, _| F::two(sign))
}

/// `op1 * op2`, where `zero_by_infinity` gives that one product from its sign.
fn product<F: Format>(
    op1: u64,
    op2: u64,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
    zero_by_infinity: impl FnOnce(bool, &mut Fpsr) -> u64,
) -> u64 {
    let value1 = unpack::<F>(op1, fpcr, fpsr);
    let value2 = unpack::<F>(op2, fpcr, fpsr);
    if let Some(nan) = process_nans::<F, 2>([(value1, op1), (value2, op2)], fpcr, fpsr) {
        return nan;
    }
    let sign = value1.sign() != value2.sign();
    if is_zero_by_infinity(value1, value2) {
        return zero_by_infinity(sign, fpsr);
    }
    if value1.is_infinity() || value2.is_infinity() {
        return F::infinity(sign);
    }
    match Wide::product(value1, value2).real() {
        Some(value) => round::<F>(value, fpcr.rounding(), fpcr, fpsr),
        None => F::zero(sign),
    }
}

/// Whether a product has no value.
pub(super) fn is_zero_by_infinity(value1: Unpacked, value2: Unpacked) -> bool {
    value1.is_zero() && value2.is_infinity() || value1.is_infinity() && value2.is_zero()
}

#[inline(never)]
pub(super) fn soft_div<F: Format>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let value1 = unpack::<F>(op1, fpcr, fpsr);
    let value2 = unpack::<F>(op2, fpcr, fpsr);
    if let Some(nan) = process_nans::<F, 2>([(value1, op1), (value2, op2)], fpcr, fpsr) {
        return nan;
    }
    let sign = value1.sign() != value2.sign();
    match (value1.class, value2.class) {
        (Class::Infinity, Class::Infinity) | (Class::Zero, Class::Zero) => invalid::<F>(fpsr),
        (Class::Infinity, _) => F::infinity(sign),
        (_, Class::Zero) => {
            fpsr.raise(Fpsr::DZC);
            F::infinity(sign)
        }
        (Class::Zero, _) | (_, Class::Infinity) => F::zero(sign),
        _ => round::<F>(quotient(value1.real, value2.real), fpcr.rounding(), fpcr, fpsr),
    }
}

/// The quotient of two finite numbers, with the remainder folded into bit 0.
fn quotient(dividend: Real, divisor: Real) -> Real {
    // Between 2^62 and 2^64.
    let scaled = u128::from(dividend.significand) << 63;
    let divisor_significand = u128::from(divisor.significand);
    let quotient = (scaled / divisor_significand) as u64;
    let shift = quotient.leading_zeros();
    let sticky = u64::from(scaled % divisor_significand != 0);
    Real {
        sign: dividend.sign != divisor.sign,
        exp: dividend.exp - divisor.exp - shift.cast_signed(),
        significand: quotient << shift | sticky,
    }
}

#[inline(never)]
pub(super) fn soft_sqrt<F: Format>(op: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let value = unpack::<F>(op, fpcr, fpsr);
    match value.class {
        Class::QNaN | Class::SNaN => process_nan::<F>(value.class, op, fpcr, fpsr),
        Class::Zero => F::zero(value.sign()),
        _ if value.sign() => invalid::<F>(fpsr),
        Class::Infinity => F::infinity(false),
        Class::Finite => round::<F>(root(value.real), fpcr.rounding(), fpcr, fpsr),
    }
}

/// The square root of a positive number, with the remainder folded into bit 0.
fn root(value: Real) -> Real {
    let exp = value.exp.div_euclid(2);
    // Between 2^126 and 2^128, an even power of two above the value.
    let scaled = u128::from(value.significand) << (63 + value.exp.rem_euclid(2));
    let root = scaled.isqrt();
    let sticky = u64::from(root * root != scaled);
    Real { sign: false, exp, significand: root as u64 | sticky }
}
