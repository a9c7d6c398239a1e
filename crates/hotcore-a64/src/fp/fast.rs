//! The common case by the host's own arithmetic, or `None` where it might not be the Arm ARM's.
//!
//! Host arithmetic is IEEE 754 to nearest even. It gives FPRound's bits and, but for IXC, no flags
//! when rounding is to nearest even, no operand is a denormal, infinity or NaN, and the result is
//! a normal number whose exponent is not the smallest (so that it was not tiny before rounding
//! either). FPCR.FZ then has nothing to flush and FPCR.DN nothing to replace.
//!
//! IXC is cumulative: while it is clear, the result is checked for being exact.

use std::cmp::Ordering;

use super::{Arithmetic, Format, Fpcr, Fpsr, IntType, Rounding};

#[inline]
pub(super) fn add<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> Option<u64> {
    if !to_nearest(fpcr) || !is_plain::<F>(op1) || !is_plain::<F>(op2) {
        return None;
    }
    let sum = F::host_add(op1, op2);
    // A sum of normal numbers that is zero is exactly zero: denormals would have held it.
    if !is_settled::<F>(sum) && !F::is_zero(sum) {
        return None;
    }
    // The difference to the larger operand has no error (Dekker), so that it shows any in the sum.
    note_inexact(fpsr, || {
        F::abs(F::host_sub(sum, op1)) == F::abs(op2) && F::abs(F::host_sub(sum, op2)) == F::abs(op1)
    });
    Some(sum)
}

#[inline]
pub(super) fn sub<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> Option<u64> {
    // Of NaNs, which keep their sign, `add` wants to know nothing.
    add::<F>(op1, F::neg(op2), fpcr, fpsr)
}

#[inline]
pub(super) fn mul<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> Option<u64> {
    if !to_nearest(fpcr) || !is_plain::<F>(op1) || !is_plain::<F>(op2) {
        return None;
    }
    if F::is_zero(op1) || F::is_zero(op2) {
        return Some((op1 ^ op2) & F::SIGN);
    }
    let product = F::host_mul(op1, op2);
    if !is_settled::<F>(product) {
        return None;
    }
    note_inexact(fpsr, || {
        let exact = significand::<F>(op1) * significand::<F>(op2);
        is_same_significand::<F>(exact, significand::<F>(product))
    });
    Some(product)
}

#[inline]
pub(super) fn div<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> Option<u64> {
    if !to_nearest(fpcr) || !is_plain::<F>(op1) || !is_normal::<F>(op2) {
        return None;
    }
    if F::is_zero(op1) {
        return Some((op1 ^ op2) & F::SIGN);
    }
    let quotient = F::host_div(op1, op2);
    if !is_settled::<F>(quotient) {
        return None;
    }
    note_inexact(fpsr, || {
        let exact = significand::<F>(quotient) * significand::<F>(op2);
        is_same_significand::<F>(exact, significand::<F>(op1))
    });
    Some(quotient)
}

#[inline]
pub(super) fn sqrt<F: Arithmetic>(op: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> Option<u64> {
    if !to_nearest(fpcr) || !is_normal::<F>(op) || F::sign(op) {
        return None;
    }
    let root = F::host_sqrt(op);
    note_inexact(fpsr, || {
        let exact = significand::<F>(root) * significand::<F>(root);
        is_same_significand::<F>(exact, significand::<F>(op))
    });
    Some(root)
}

/// Only while IXC is set: whether a fused result is exact costs as much as the result itself.
#[inline]
pub(super) fn mul_add<F: Arithmetic>(
    addend: u64,
    op1: u64,
    op2: u64,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> Option<u64> {
    let plain = is_plain::<F>(addend) && is_plain::<F>(op1) && is_plain::<F>(op2);
    if !to_nearest(fpcr) || !fpsr.contains(Fpsr::IXC) || !plain {
        return None;
    }
    let result = F::host_mul_add(addend, op1, op2);
    is_settled::<F>(result).then_some(result)
}

/// Comparing numbers raises nothing unless denormals are flushed. NaNs go the long way.
#[inline]
pub(super) fn order<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr) -> Option<Ordering> {
    if fpcr.fz() { None } else { F::host_order(op1, op2) }
}

/// To an integer, towards zero.
#[inline]
pub(super) fn to_fixed<F: Arithmetic>(
    op: u64,
    int: IntType,
    fbits: u32,
    rounding: Rounding,
    fpsr: &mut Fpsr,
) -> Option<u64> {
    if rounding != Rounding::Zero || fbits != 0 || !is_plain::<F>(op) {
        return None;
    }
    let value = F::host_to_integer(op);
    // A value at a limit, the host's or the type's, may be one that saturated.
    if value.unsigned_abs() >= int.limit(F::sign(op)).min(i64::MAX as u64) {
        return None;
    }
    note_inexact(fpsr, || F::host_order(F::host_from_integer(value), op) == Some(Ordering::Equal));
    Some(value.cast_unsigned() & int.mask())
}

/// From an integer.
#[inline]
pub(super) fn from_fixed<F: Arithmetic>(
    value: u64,
    int: IntType,
    fbits: u32,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> Option<u64> {
    let value = int.as_i64(value)?;
    if !to_nearest(fpcr) || fbits != 0 {
        return None;
    }
    note_inexact(fpsr, || {
        let magnitude = value.unsigned_abs();
        magnitude.leading_zeros() + magnitude.trailing_zeros() + F::FRAC_BITS + 1 >= 64
    });
    Some(F::host_from_integer(value))
}

#[inline]
fn to_nearest(fpcr: Fpcr) -> bool {
    fpcr.rounding() == Rounding::TieEven
}

#[inline]
fn is_normal<F: Format>(op: u64) -> bool {
    F::biased_exp(op).wrapping_sub(1) < F::EXP_MAX - 1
}

/// A normal number or a zero.
#[inline]
fn is_plain<F: Format>(op: u64) -> bool {
    is_normal::<F>(op) || F::is_zero(op)
}

/// A normal number that was not tiny before rounding, and did not overflow.
#[inline]
fn is_settled<F: Format>(result: u64) -> bool {
    F::biased_exp(result).wrapping_sub(2) < F::EXP_MAX - 2
}

/// The significand of a normal number as an integer.
#[inline]
fn significand<F: Format>(op: u64) -> u128 {
    u128::from(op & F::FRAC | (F::FRAC + 1))
}

/// Whether a product of two significands is `rounded`, up to a power of two. Both lie within a
/// factor of two of where the binary point puts them, and are close, so that no other power needs
/// looking at.
#[inline]
fn is_same_significand<F: Format>(product: u128, rounded: u128) -> bool {
    product == rounded << F::FRAC_BITS || product == rounded << (F::FRAC_BITS + 1)
}

#[inline]
fn note_inexact(fpsr: &mut Fpsr, is_exact: impl FnOnce() -> bool) {
    if !fpsr.contains(Fpsr::IXC) && !is_exact() {
        fpsr.raise(Fpsr::IXC);
    }
}
