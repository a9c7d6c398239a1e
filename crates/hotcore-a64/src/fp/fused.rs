//! Multiplication and addition rounded once: FPMulAdd, FPRecipStepFused and FPRSqrtStepFused.

use super::add::round_or_zero;
use super::mul::is_zero_by_infinity;
use super::nan::{invalid, process_nans};
use super::unpack::{Class, Unpacked, unpack};
use super::wide::Wide;
use super::{Arithmetic, Format, Fpcr, Fpsr, fast};

/// FPMulAdd: `addend + op1 * op2`. FMSUB, FMLS and the like pass operands through
/// [`Format::neg`] first, NaN or not.
#[inline]
pub fn mul_add<F: Arithmetic>(addend: u64, op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match fast::mul_add::<F>(addend, op1, op2, fpcr, fpsr) {
        Some(result) => result,
        None => soft_mul_add::<F>(addend, op1, op2, fpcr, fpsr),
    }
}

#[inline(never)]
pub(super) fn soft_mul_add<F: Format>(
    addend: u64,
    op1: u64,
    op2: u64,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u64 {
    let value_a = unpack::<F>(addend, fpcr, fpsr);
    let value1 = unpack::<F>(op1, fpcr, fpsr);
    let value2 = unpack::<F>(op2, fpcr, fpsr);
    let no_product = is_zero_by_infinity(value1, value2);
    let operands = [(value_a, addend), (value1, op1), (value2, op2)];
    if let Some(nan) = process_nans::<F, 3>(operands, fpcr, fpsr) {
        // A product that does not exist outranks a quiet NaN to add it to.
        let outranked = value_a.class == Class::QNaN && no_product;
        return if outranked { invalid::<F>(fpsr) } else { nan };
    }
    let sign_a = value_a.sign();
    let sign_p = value1.sign() != value2.sign();
    let infinite_p = value1.is_infinity() || value2.is_infinity();
    if no_product || value_a.is_infinity() && infinite_p && sign_a != sign_p {
        return invalid::<F>(fpsr);
    }
    if value_a.is_infinity() {
        return F::infinity(sign_a);
    }
    if infinite_p {
        return F::infinity(sign_p);
    }
    let zero_p = value1.is_zero() || value2.is_zero();
    if value_a.is_zero() && zero_p && sign_a == sign_p {
        return F::zero(sign_a);
    }
    let sum = Wide::new(value_a).plus(Wide::product(value1, value2));
    round_or_zero::<F>(sum, fpcr, fpsr)
}

/// FPRecipStepFused (FRECPS): `2 - op1 * op2`.
pub fn recip_step<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match finite_step::<F>(op1, op2, F::two(false), fpcr, fpsr) {
        Ok((value1, value2)) => {
            let two = unpack::<F>(F::two(false), fpcr, fpsr);
            let sum = Wide::new(two).plus(Wide::product(value1, value2));
            round_or_zero::<F>(sum, fpcr, fpsr)
        }
        Err(result) => result,
    }
}

/// FPRSqrtStepFused (FRSQRTS): `(3 - op1 * op2) / 2`.
pub fn rsqrt_step<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match finite_step::<F>(op1, op2, F::one_point_five(false), fpcr, fpsr) {
        Ok((value1, value2)) => {
            let mut three = unpack::<F>(F::one_point_five(false), fpcr, fpsr);
            three.real.exp += 1;
            let mut sum = Wide::new(three).plus(Wide::product(value1, value2));
            if let Some(value) = &mut sum {
                value.exp -= 1;
            }
            round_or_zero::<F>(sum, fpcr, fpsr)
        }
        Err(result) => result,
    }
}

/// The operands `-op1` and `op2` of a step if they are finite, else its result:
/// `zero_by_infinity` where they have no product.
fn finite_step<F: Format>(
    op1: u64,
    op2: u64,
    zero_by_infinity: u64,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> Result<(Unpacked, Unpacked), u64> {
    let op1 = F::neg(op1);
    let value1 = unpack::<F>(op1, fpcr, fpsr);
    let value2 = unpack::<F>(op2, fpcr, fpsr);
    if let Some(nan) = process_nans::<F, 2>([(value1, op1), (value2, op2)], fpcr, fpsr) {
        return Err(nan);
    }
    if is_zero_by_infinity(value1, value2) {
        return Err(zero_by_infinity);
    }
    if value1.is_infinity() || value2.is_infinity() {
        return Err(F::infinity(value1.sign() != value2.sign()));
    }
    Ok((value1, value2))
}
