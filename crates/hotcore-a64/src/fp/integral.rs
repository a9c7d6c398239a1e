//! FPRoundInt: FRINTN, FRINTP, FRINTM, FRINTZ, FRINTA, FRINTX and FRINTI.

use super::nan::process_nan;
use super::round::{Rest, rounds_up, split};
use super::unpack::{Class, unpack};
use super::{Arithmetic, Fpcr, Fpsr, Rounding};

/// FPRoundInt: `op` rounded to an integral number of the same format. `exact` is FRINTX's: it
/// raises Inexact if that changes the value.
pub fn round_to_integral<F: Arithmetic>(
    op: u64,
    rounding: Rounding,
    exact: bool,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u64 {
    let value = unpack::<F>(op, fpcr, fpsr);
    let (sign, exp) = (value.sign(), value.real.exp);
    match value.class {
        Class::QNaN | Class::SNaN => return process_nan::<F>(value.class, op, fpcr, fpsr),
        Class::Infinity => return op,
        Class::Zero => return F::zero(sign),
        Class::Finite => {}
    }
    if exp >= F::FRAC_BITS.cast_signed() {
        return op;
    }
    // Bit 0 of the integer part moves to bit 0. Below a half, all shifts give the same.
    let shift = if exp < -1 { 65 } else { exp.abs_diff(63) };
    let (whole, rest) = split(value.real.significand, shift);
    if exact && rest != Rest::Zero {
        fpsr.raise(Fpsr::IXC);
    }
    let whole = whole + u64::from(rounds_up(sign, whole, rest, rounding));
    F::zero(sign) | encode::<F>(whole)
}

/// The encoding of an integer of at most `FRAC_BITS + 1` bits.
fn encode<F: Arithmetic>(whole: u64) -> u64 {
    let Some(exp) = whole.checked_ilog2() else {
        return 0;
    };
    let biased = u64::from(exp) + F::EXP_MAX / 2;
    biased << F::FRAC_BITS | (whole << (F::FRAC_BITS - exp)) & F::FRAC
}
