//! FPConvert: between half, single and double precision.

use super::round::round;
use super::unpack::{Class, unpack};
use super::{Format, Fpcr, Fpsr, Rounding};

/// FPConvert: `op` in the format `To`. FCVT, FCVTL and FCVTN round as FPCR says; FCVTXN passes
/// [`Rounding::Odd`].
///
/// ```
/// use hotcore_a64::fp::{self, F16, F64, Fpcr, Fpsr};
///
/// let (fpcr, mut fpsr) = (Fpcr::default(), Fpsr::default());
/// let half = fp::convert::<F64, F16>(1.5f64.to_bits(), fpcr.rounding(), fpcr, &mut fpsr);
/// assert_eq!((half, fpsr), (0x3E00, Fpsr::default()));
/// ```
pub fn convert<From: Format, To: Format>(
    op: u64,
    rounding: Rounding,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u64 {
    let value = unpack::<From>(op, fpcr, fpsr);
    let sign = value.sign();
    let to_alternative_half = To::BITS == 16 && fpcr.ahp();
    match value.class {
        Class::QNaN | Class::SNaN => {
            if value.class == Class::SNaN || to_alternative_half {
                fpsr.raise(Fpsr::IOC);
            }
            if to_alternative_half {
                To::zero(sign)
            } else if fpcr.dn() {
                To::DEFAULT_NAN
            } else {
                convert_nan::<From, To>(op)
            }
        }
        Class::Infinity if to_alternative_half => {
            fpsr.raise(Fpsr::IOC);
            To::zero(sign) | (To::SIGN - 1)
        }
        Class::Infinity => To::infinity(sign),
        Class::Zero => To::zero(sign),
        Class::Finite => round::<To>(value.real, rounding, fpcr, fpsr),
    }
}

/// FPConvertNaN: keeps the sign and the upper bits of the fraction, and makes it quiet.
fn convert_nan<From: Format, To: Format>(op: u64) -> u64 {
    let frac = (op & From::FRAC) << (52 - From::FRAC_BITS) >> (52 - To::FRAC_BITS);
    To::infinity(From::sign(op)) | To::QUIET | frac
}
