//! FPToFixed and FixedToFP: conversions to and from integers and fixed-point numbers.

use super::round::{Rest, round, rounds_up, split};
use super::unpack::{Class, Real, unpack};
use super::{Arithmetic, Fpcr, Fpsr, Rounding, fast};

/// The integer, or fixed-point number, of a conversion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntType {
    /// Signed, 32 bits.
    I32,
    /// Unsigned, 32 bits.
    U32,
    /// Signed, 64 bits.
    I64,
    /// Unsigned, 64 bits.
    U64,
}

impl IntType {
    /// The bits a value of this type has.
    pub(super) const fn mask(self) -> u64 {
        match self {
            Self::I32 | Self::U32 => u32::MAX as u64,
            Self::I64 | Self::U64 => u64::MAX,
        }
    }

    /// The largest magnitude of a value of this sign.
    pub(super) const fn limit(self, sign: bool) -> u64 {
        match (self, sign) {
            (Self::I32, false) => i32::MAX as u64,
            (Self::I32, true) => i32::MIN.unsigned_abs() as u64,
            (Self::I64, false) => i64::MAX as u64,
            (Self::I64, true) => i64::MIN.unsigned_abs(),
            (Self::U32, false) => u32::MAX as u64,
            (Self::U64, false) => u64::MAX,
            (Self::U32 | Self::U64, true) => 0,
        }
    }

    /// The value in the low bits of `value`, if an `i64` can hold it.
    #[inline]
    pub(super) const fn as_i64(self, value: u64) -> Option<i64> {
        match self {
            Self::I32 => Some((value as u32).cast_signed() as i64),
            Self::U32 => Some(value as u32 as i64),
            Self::U64 if value >> 63 == 1 => None,
            Self::I64 | Self::U64 => Some(value.cast_signed()),
        }
    }

    /// Sign and magnitude of the value in the low bits of `value`.
    const fn sign_and_magnitude(self, value: u64) -> (bool, u64) {
        match self {
            Self::I32 => {
                let value = (value as u32).cast_signed();
                (value < 0, value.unsigned_abs() as u64)
            }
            Self::I64 => {
                let value = value.cast_signed();
                (value < 0, value.unsigned_abs())
            }
            Self::U32 => (false, value as u32 as u64),
            Self::U64 => (false, value),
        }
    }
}

/// FPToFixed: `op * 2^fbits` as an integer, saturated, zero-extended from its width. A NaN gives
/// zero. FCVT{N,P,M,Z,A}{S,U}.
#[inline]
pub fn to_fixed<F: Arithmetic>(
    op: u64,
    int: IntType,
    fbits: u32,
    rounding: Rounding,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u64 {
    match fast::to_fixed::<F>(op, int, fbits, rounding, fpsr) {
        Some(result) => result,
        None => soft_to_fixed::<F>(op, int, fbits, rounding, fpcr, fpsr),
    }
}

#[inline(never)]
pub(super) fn soft_to_fixed<F: Arithmetic>(
    op: u64,
    int: IntType,
    fbits: u32,
    rounding: Rounding,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u64 {
    let value = unpack::<F>(op, fpcr, fpsr);
    let sign = value.sign();
    match value.class {
        Class::Zero => return 0,
        Class::QNaN | Class::SNaN => {
            fpsr.raise(Fpsr::IOC);
            return 0;
        }
        Class::Infinity => return saturated(sign, int, fpsr),
        Class::Finite => {}
    }
    let exp = value.real.exp.saturating_add_unsigned(fbits);
    if exp > 63 {
        return saturated(sign, int, fpsr);
    }
    let shift = if exp < -1 { 65 } else { exp.abs_diff(63) };
    let (whole, rest) = split(value.real.significand, shift);
    let round_up = u64::from(rounds_up(sign, whole, rest, rounding));
    // A sum that overflows is beyond every limit.
    let Some(magnitude) = whole.checked_add(round_up).filter(|&m| m <= int.limit(sign)) else {
        return saturated(sign, int, fpsr);
    };
    if rest != Rest::Zero {
        fpsr.raise(Fpsr::IXC);
    }
    signed(sign, magnitude, int)
}

/// FixedToFP: the integer in the low bits of `value`, divided by `2^fbits`. SCVTF and UCVTF.
#[inline]
pub fn from_fixed<F: Arithmetic>(
    value: u64,
    int: IntType,
    fbits: u32,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u64 {
    match fast::from_fixed::<F>(value, int, fbits, fpcr, fpsr) {
        Some(result) => result,
        None => soft_from_fixed::<F>(value, int, fbits, fpcr, fpsr),
    }
}

#[inline(never)]
pub(super) fn soft_from_fixed<F: Arithmetic>(
    value: u64,
    int: IntType,
    fbits: u32,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u64 {
    let (sign, magnitude) = int.sign_and_magnitude(value);
    if magnitude == 0 {
        return 0;
    }
    let shift = magnitude.leading_zeros();
    let exp = (63 - shift.cast_signed()).saturating_sub_unsigned(fbits);
    let real = Real { sign, exp, significand: magnitude << shift };
    round::<F>(real, fpcr.rounding(), fpcr, fpsr)
}

/// What is beyond the limits: the limit, and an Invalid Operation exception.
fn saturated(sign: bool, int: IntType, fpsr: &mut Fpsr) -> u64 {
    fpsr.raise(Fpsr::IOC);
    signed(sign, int.limit(sign), int)
}

fn signed(sign: bool, magnitude: u64, int: IntType) -> u64 {
    let value = if sign { magnitude.wrapping_neg() } else { magnitude };
    value & int.mask()
}
