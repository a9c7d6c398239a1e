//! FPAdd and FPSub.

use super::nan::{invalid, process_nans};
use super::round::round;
use super::unpack::{Real, unpack};
use super::wide::Wide;
use super::{Arithmetic, Format, Fpcr, Fpsr, Rounding, fast};

/// FPAdd: `op1 + op2`.
///
/// ```
/// use hotcore_a64::fp::{self, F64, Fpcr, Fpsr};
///
/// let mut fpsr = Fpsr::default();
/// let sum = fp::add::<F64>(0.1f64.to_bits(), 0.2f64.to_bits(), Fpcr::default(), &mut fpsr);
/// assert_eq!(sum, (0.1 + 0.2f64).to_bits());
/// assert_eq!(fpsr, Fpsr::IXC);
/// ```
#[inline]
pub fn add<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match fast::add::<F>(op1, op2, fpcr, fpsr) {
        Some(result) => result,
        None => soft_add::<F>(op1, op2, fpcr, fpsr),
    }
}

/// FPSub: `op1 - op2`.
#[inline]
pub fn sub<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    match fast::sub::<F>(op1, op2, fpcr, fpsr) {
        Some(result) => result,
        None => soft_sub::<F>(op1, op2, fpcr, fpsr),
    }
}

#[inline(never)]
pub(super) fn soft_add<F: Format>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    sum::<F>(op1, op2, false, fpcr, fpsr)
}

#[inline(never)]
pub(super) fn soft_sub<F: Format>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    sum::<F>(op1, op2, true, fpcr, fpsr)
}

/// `op1 + op2`, or `op1 - op2` where a NaN `op2` keeps its sign.
fn sum<F: Format>(op1: u64, op2: u64, subtract: bool, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let value1 = unpack::<F>(op1, fpcr, fpsr);
    let value2 = unpack::<F>(op2, fpcr, fpsr);
    if let Some(nan) = process_nans::<F, 2>([(value1, op1), (value2, op2)], fpcr, fpsr) {
        return nan;
    }
    let sign1 = value1.sign();
    let sign2 = value2.sign() != subtract;
    match (value1.is_infinity(), value2.is_infinity()) {
        (true, true) if sign1 != sign2 => return invalid::<F>(fpsr),
        (true, _) => return F::infinity(sign1),
        (_, true) => return F::infinity(sign2),
        _ => {}
    }
    if value1.is_zero() && value2.is_zero() && sign1 == sign2 {
        return F::zero(sign1);
    }
    let wide2 = Wide::new(value2);
    let wide2 = if subtract { wide2.negated() } else { wide2 };
    round_or_zero::<F>(Wide::new(value1).plus(wide2), fpcr, fpsr)
}

/// FPRound of a sum. An exact zero is positive unless rounding goes towards minus infinity.
pub(super) fn round_or_zero<F: Format>(sum: Option<Real>, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let rounding = fpcr.rounding();
    match sum {
        Some(value) => round::<F>(value, rounding, fpcr, fpsr),
        None => F::zero(rounding == Rounding::NegInf),
    }
}
