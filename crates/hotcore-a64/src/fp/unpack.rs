//! FPUnpack: an encoding as class, sign, exponent and significand.

use super::{Format, Fpcr, Fpsr};

/// FPType, with denormals among the finite numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    Zero,
    Finite,
    Infinity,
    QNaN,
    SNaN,
}

/// A finite number other than zero: `significand * 2^(exp - 63)`, bit 63 of the significand set.
///
/// As the result of an operation, bit 0 may stand for any amount between zero and two units; no
/// format is so wide that rounding could see the difference.
#[derive(Debug, Clone, Copy)]
pub(super) struct Real {
    pub(super) sign: bool,
    pub(super) exp: i32,
    pub(super) significand: u64,
}

/// An operand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unpacked {
    pub(super) class: Class,
    /// The value where `class` is finite, else only its sign.
    pub(super) real: Real,
}

impl Unpacked {
    pub(super) fn sign(self) -> bool {
        self.real.sign
    }

    pub(super) fn is_zero(self) -> bool {
        self.class == Class::Zero
    }

    pub(super) fn is_infinity(self) -> bool {
        self.class == Class::Infinity
    }

    pub(super) fn is_nan(self) -> bool {
        matches!(self.class, Class::QNaN | Class::SNaN)
    }
}

/// FPUnpackCV. It serves as FPUnpack too: the two differ for half precision only, and nothing but
/// conversions takes that.
pub(super) fn unpack<F: Format>(op: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> Unpacked {
    let sign = F::sign(op);
    let biased = F::biased_exp(op);
    let frac = op & F::FRAC;
    if biased == 0 {
        return unpack_denormal::<F>(sign, frac, fpcr, fpsr);
    }
    if biased == F::EXP_MAX && !(F::BITS == 16 && fpcr.ahp()) {
        let class = match frac {
            0 => Class::Infinity,
            _ if frac & F::QUIET != 0 => Class::QNaN,
            _ => Class::SNaN,
        };
        return without_value(class, sign);
    }
    Unpacked {
        class: Class::Finite,
        real: Real {
            sign,
            exp: (biased as u32).cast_signed() + F::MIN_EXP - 1,
            significand: 1 << 63 | frac << (63 - F::FRAC_BITS),
        },
    }
}

fn unpack_denormal<F: Format>(sign: bool, frac: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> Unpacked {
    if frac == 0 {
        return without_value(Class::Zero, sign);
    }
    if F::FLUSHED_BY_FZ && fpcr.fz() {
        fpsr.raise(Fpsr::IDC);
        return without_value(Class::Zero, sign);
    }
    let shift = frac.leading_zeros();
    let exp = F::MIN_EXP + 63 - F::FRAC_BITS.cast_signed() - shift.cast_signed();
    let real = Real { sign, exp, significand: frac << shift };
    Unpacked { class: Class::Finite, real }
}

fn without_value(class: Class, sign: bool) -> Unpacked {
    let real = Real { sign, exp: 0, significand: 0 };
    Unpacked { class, real }
}
