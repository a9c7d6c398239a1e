//! The estimates that Newton's method starts from: FRECPE, FRSQRTE, FRECPX, URECPE and URSQRTE.

use super::nan::{invalid, process_nan};
use super::round::overflow;
use super::unpack::{Class, Real, unpack};
use super::{Arithmetic, Fpcr, Fpsr};

/// FPRecipEstimate (FRECPE): `1 / op` to eight bits.
pub fn recip_estimate<F: Arithmetic>(op: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let value = unpack::<F>(op, fpcr, fpsr);
    let Real { sign, exp, significand } = value.real;
    match value.class {
        Class::QNaN | Class::SNaN => return process_nan::<F>(value.class, op, fpcr, fpsr),
        Class::Infinity => return F::zero(sign),
        Class::Zero => {
            fpsr.raise(Fpsr::DZC);
            return F::infinity(sign);
        }
        Class::Finite => {}
    }
    // Below a quarter of the smallest normal number, the reciprocal is too large.
    if exp < F::MIN_EXP - 2 {
        return overflow::<F>(sign, fpcr.rounding(), fpsr);
    }
    if fpcr.fz() && exp >= -F::MIN_EXP {
        fpsr.raise(Fpsr::UFC);
        return F::zero(sign);
    }
    // The nine bits below the binary point of the operand, scaled into 0.5 to 1.
    let estimate = recip_of(significand >> 55);
    let result_exp = -1 - exp;
    F::zero(sign) | encode_estimate::<F>(estimate, result_exp)
}

/// FPRSqrtEstimate (FRSQRTE): `1 / sqrt(op)` to eight bits.
pub fn rsqrt_estimate<F: Arithmetic>(op: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let value = unpack::<F>(op, fpcr, fpsr);
    let Real { sign, exp, significand } = value.real;
    match value.class {
        Class::QNaN | Class::SNaN => return process_nan::<F>(value.class, op, fpcr, fpsr),
        Class::Zero => {
            fpsr.raise(Fpsr::DZC);
            return F::infinity(sign);
        }
        _ if sign => return invalid::<F>(fpsr),
        Class::Infinity => return F::zero(false),
        Class::Finite => {}
    }
    // Scaled by an even power of two into 0.25 to 1.
    let scaled = if exp & 1 == 0 { significand >> 56 } else { significand >> 55 };
    let estimate = rsqrt_of(scaled);
    encode_estimate::<F>(estimate, (-1 - exp).div_euclid(2))
}

/// FPRecpX (FRECPX): an approximate reciprocal of the exponent alone.
pub fn recip_exponent<F: Arithmetic>(op: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let value = unpack::<F>(op, fpcr, fpsr);
    if value.is_nan() {
        return process_nan::<F>(value.class, op, fpcr, fpsr);
    }
    let biased = match F::biased_exp(op) {
        0 => F::EXP_MAX - 1,
        biased => !biased & F::EXP_MAX,
    };
    F::zero(value.sign()) | biased << F::FRAC_BITS
}

/// UnsignedRecipEstimate (URECPE): the reciprocal of a fraction of 0.5 or more, halved.
pub fn unsigned_recip_estimate(op: u32) -> u32 {
    if op >> 31 == 0 {
        return u32::MAX;
    }
    (recip_of(u64::from(op >> 23)) << 23) as u32
}

/// UnsignedRSqrtEstimate (URSQRTE): the reciprocal square root of a fraction of 0.25 or more,
/// halved.
pub fn unsigned_rsqrt_estimate(op: u32) -> u32 {
    if op >> 30 == 0 {
        return u32::MAX;
    }
    (rsqrt_of(u64::from(op >> 23)) << 23) as u32
}

/// RecipEstimate: takes 256 to 511, 0.5 to 1 in units of 1/512; gives 256 to 511, 1 to 2 in units
/// of 1/256.
fn recip_of(scaled: u64) -> u64 {
    let midpoint = scaled * 2 + 1;
    ((1 << 19) / midpoint).div_ceil(2)
}

/// RecipSqrtEstimate: takes 128 to 511, 0.25 to 1 in units of 1/512; gives 256 to 511, 1 to 2 in
/// units of 1/256.
fn rsqrt_of(scaled: u64) -> u64 {
    // From a half upwards the lowest bit is dropped, and the middle of two steps taken.
    let midpoint = if scaled < 256 { scaled * 2 + 1 } else { (scaled | 1) * 2 };
    // The largest b for which midpoint * b^2 is below 2^28; the Arm ARM counts up to it.
    let b_squared = ((1u64 << 28) - 1) / midpoint;
    b_squared.isqrt().div_ceil(2)
}

/// Eight bits below a leading one, as a number with this exponent. A result below the smallest
/// normal number is cut, not rounded.
fn encode_estimate<F: Arithmetic>(estimate: u64, exp: i32) -> u64 {
    let mantissa = estimate << (F::FRAC_BITS - 8);
    if exp < F::MIN_EXP {
        return mantissa >> exp.abs_diff(F::MIN_EXP);
    }
    let biased = u64::from(exp.abs_diff(F::MIN_EXP)) + 1;
    biased << F::FRAC_BITS | mantissa & F::FRAC
}
