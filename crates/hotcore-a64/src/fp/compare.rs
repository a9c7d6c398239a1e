//! FPCompare and its kin.

use std::cmp::Ordering;

use super::{Arithmetic, Fpcr, Fpsr, fast};

/// FPCompare: the flags N, Z, C and V in bits 3 to 0. `signal_nans` is FCMPE's: a quiet NaN raises
/// Invalid Operation too.
///
/// | | NZCV |
/// |---|---|
/// | equal | 0110 |
/// | less | 1000 |
/// | greater | 0010 |
/// | unordered | 0011 |
#[inline]
pub fn compare<F: Arithmetic>(
    op1: u64,
    op2: u64,
    signal_nans: bool,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> u8 {
    match order::<F>(op1, op2, signal_nans, fpcr, fpsr) {
        Some(Ordering::Equal) => 0b0110,
        Some(Ordering::Less) => 0b1000,
        Some(Ordering::Greater) => 0b0010,
        None => 0b0011,
    }
}

/// FPCompareEQ: whether `op1 == op2`.
#[inline]
pub fn compare_eq<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> bool {
    order::<F>(op1, op2, false, fpcr, fpsr) == Some(Ordering::Equal)
}

/// FPCompareGE: whether `op1 >= op2`.
#[inline]
pub fn compare_ge<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> bool {
    order::<F>(op1, op2, true, fpcr, fpsr).is_some_and(Ordering::is_ge)
}

/// FPCompareGT: whether `op1 > op2`.
#[inline]
pub fn compare_gt<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> bool {
    order::<F>(op1, op2, true, fpcr, fpsr).is_some_and(Ordering::is_gt)
}

/// How two operands compare; `None` if one is a NaN.
#[inline]
fn order<F: Arithmetic>(
    op1: u64,
    op2: u64,
    signal_nans: bool,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> Option<Ordering> {
    fast::order::<F>(op1, op2, fpcr).or_else(|| soft_order::<F>(op1, op2, signal_nans, fpcr, fpsr))
}

#[inline(never)]
pub(super) fn soft_order<F: Arithmetic>(
    op1: u64,
    op2: u64,
    signal_nans: bool,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
) -> Option<Ordering> {
    let op1 = flush::<F>(op1, fpcr, fpsr);
    let op2 = flush::<F>(op2, fpcr, fpsr);
    if F::is_nan(op1) || F::is_nan(op2) {
        if signal_nans || is_signalling::<F>(op1) || is_signalling::<F>(op2) {
            fpsr.raise(Fpsr::IOC);
        }
        return None;
    }
    Some(ordinal::<F>(op1).cmp(&ordinal::<F>(op2)))
}

/// The zero that FPUnpack makes of a denormal while FPCR.FZ is set.
fn flush<F: Arithmetic>(op: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    if !fpcr.fz() || F::biased_exp(op) != 0 || F::is_zero(op) {
        return op;
    }
    fpsr.raise(Fpsr::IDC);
    op & F::SIGN
}

fn is_signalling<F: Arithmetic>(op: u64) -> bool {
    F::is_nan(op) && op & F::QUIET == 0
}

/// An integer that orders as the number does; both zeros are 0.
fn ordinal<F: Arithmetic>(op: u64) -> i64 {
    let magnitude = F::abs(op).cast_signed();
    if F::sign(op) { -magnitude } else { magnitude }
}
