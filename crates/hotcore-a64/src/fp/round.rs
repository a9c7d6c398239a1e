//! FPRound: a real number as the nearest encoding that the rounding mode allows.

use std::cmp::Ordering;

use super::unpack::Real;
use super::{Format, Fpcr, Fpsr, Rounding};

/// What an integer part leaves over: `error` of the Arm ARM, as far as rounding looks at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    Zero,
    BelowHalf,
    Half,
    AboveHalf,
}

/// Splits `significand / 2^shift` into its integer part and the rest.
pub(super) fn split(significand: u64, shift: u32) -> (u64, Rest) {
    if significand == 0 || shift == 0 {
        return (significand, Rest::Zero);
    }
    if shift > 64 {
        return (0, Rest::BelowHalf);
    }
    // The rest, with its binary point above bit 63.
    let rest = match significand << (64 - shift) {
        0 => Rest::Zero,
        rest => match rest.cmp(&(1 << 63)) {
            Ordering::Less => Rest::BelowHalf,
            Ordering::Equal => Rest::Half,
            Ordering::Greater => Rest::AboveHalf,
        },
    };
    (significand.checked_shr(shift).unwrap_or(0), rest)
}

/// Whether the magnitude of a number of this sign, integer part and rest is rounded up.
pub(super) fn rounds_up(sign: bool, whole: u64, rest: Rest, rounding: Rounding) -> bool {
    match rounding {
        Rounding::TieEven => rest == Rest::AboveHalf || rest == Rest::Half && whole & 1 != 0,
        Rounding::TieAway => matches!(rest, Rest::Half | Rest::AboveHalf),
        Rounding::PosInf => rest != Rest::Zero && !sign,
        Rounding::NegInf => rest != Rest::Zero && sign,
        Rounding::Zero | Rounding::Odd => false,
    }
}

/// Whether what is too large for a format becomes an infinity, rather than FPMaxNormal.
pub(super) fn overflows_to_infinity(sign: bool, rounding: Rounding) -> bool {
    match rounding {
        Rounding::TieEven | Rounding::TieAway => true,
        Rounding::PosInf => !sign,
        Rounding::NegInf => sign,
        Rounding::Zero | Rounding::Odd => false,
    }
}

/// FPRoundCV. It serves as FPRound too, as `unpack` does for FPUnpack. `rounding` is apart from
/// FPCR because conversions choose their own.
pub(super) fn round<F: Format>(
    value: Real,
    rounding: Rounding,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u64 {
    let Real { sign, exp, significand } = value;
    let tiny = exp < F::MIN_EXP;
    if tiny && F::FLUSHED_BY_FZ && fpcr.fz() {
        fpsr.raise(Fpsr::UFC);
        return F::zero(sign);
    }
    let denormal_shift = if tiny { exp.abs_diff(F::MIN_EXP) } else { 0 };
    let (mut mantissa, rest) = split(significand, 63 - F::FRAC_BITS + denormal_shift);
    if tiny && rest != Rest::Zero {
        fpsr.raise(Fpsr::UFC);
    }
    if rounds_up(sign, mantissa, rest, rounding) {
        mantissa += 1;
    } else if rounding == Rounding::Odd && rest != Rest::Zero {
        mantissa |= 1;
    }
    // The leading one of a normal number, or a carry out of the fraction, adds to the exponent.
    let exp_below = if tiny { 0 } else { u64::from(exp.abs_diff(F::MIN_EXP)) };
    let biased = exp_below + (mantissa >> F::FRAC_BITS);
    if F::BITS == 16 && fpcr.ahp() {
        if biased > F::EXP_MAX {
            fpsr.raise(Fpsr::IOC);
            return F::zero(sign) | (F::SIGN - 1);
        }
    } else if biased >= F::EXP_MAX {
        return overflow::<F>(sign, rounding, fpsr);
    }
    if rest != Rest::Zero {
        fpsr.raise(Fpsr::IXC);
    }
    F::zero(sign) | biased << F::FRAC_BITS | mantissa & F::FRAC
}

/// What overflow gives in this mode, and its exceptions.
pub(super) fn overflow<F: Format>(sign: bool, rounding: Rounding, fpsr: &mut Fpsr) -> u64 {
    fpsr.raise(Fpsr::OFC);
    fpsr.raise(Fpsr::IXC);
    if overflows_to_infinity(sign, rounding) { F::infinity(sign) } else { F::max_normal(sign) }
}
