//! Which NaN an operation gives: FPProcessNaN, FPProcessNaNs and FPProcessNaNs3.

use super::unpack::{Class, Unpacked};
use super::{Format, Fpcr, Fpsr};

/// FPDefaultNaN with an Invalid Operation exception.
pub(super) fn invalid<F: Format>(fpsr: &mut Fpsr) -> u64 {
    fpsr.raise(Fpsr::IOC);
    F::DEFAULT_NAN
}

/// FPProcessNaN for an operand `op` that is a NaN of this class.
pub(super) fn process_nan<F: Format>(class: Class, op: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    if class == Class::SNaN {
        fpsr.raise(Fpsr::IOC);
    }
    if fpcr.dn() {
        return F::DEFAULT_NAN;
    }
    op | F::QUIET
}

/// FPProcessNaNs and FPProcessNaNs3: the result where an operand is a NaN. The first signalling
/// one wins, then the first quiet one.
pub(super) fn process_nans<F: Format, const N: usize>(
    operands: [(Unpacked, u64); N],
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> Option<u64> {
    if !operands.iter().any(|(value, _)| value.is_nan()) {
        return None;
    }
    let first = |class| operands.iter().find(|(value, _)| value.class == class);
    let (nan, op) = first(Class::SNaN).or_else(|| first(Class::QNaN))?;
    Some(process_nan::<F>(nan.class, *op, fpcr, fpsr))
}
