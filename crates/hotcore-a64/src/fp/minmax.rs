//! FPMax, FPMin, FPMaxNum and FPMinNum.

use super::nan::process_nans;
use super::unpack::{Class, Unpacked, unpack};
use super::{Arithmetic, Fpcr, Fpsr};

/// FPMax: the larger operand; of zeros, the positive one.
pub fn max<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    extreme::<F>(op1, op2, fpcr, fpsr, |key1, key2| key1 > key2)
}

/// FPMin: the smaller operand; of zeros, the negative one.
pub fn min<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    extreme::<F>(op1, op2, fpcr, fpsr, |key1, key2| key1 < key2)
}

/// FPMaxNum: [`max`], but a number is larger than a quiet NaN.
pub fn max_num<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let (op1, op2) = replace_quiet_nan::<F>(op1, op2, F::infinity(true));
    max::<F>(op1, op2, fpcr, fpsr)
}

/// FPMinNum: [`min`], but a number is smaller than a quiet NaN.
pub fn min_num<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let (op1, op2) = replace_quiet_nan::<F>(op1, op2, F::infinity(false));
    min::<F>(op1, op2, fpcr, fpsr)
}

/// The operands with a single quiet NaN replaced.
fn replace_quiet_nan<F: Arithmetic>(op1: u64, op2: u64, replacement: u64) -> (u64, u64) {
    let is_quiet = |op| F::is_nan(op) && op & F::QUIET != 0;
    match (is_quiet(op1), is_quiet(op2)) {
        (true, false) => (replacement, op2),
        (false, true) => (op1, replacement),
        _ => (op1, op2),
    }
}

/// `op1` if it is preferred to `op2`, else `op2`. Either is an encoding already: FPRound of it
/// would change nothing and raise nothing.
fn extreme<F: Arithmetic>(
    op1: u64,
    op2: u64,
    fpcr: Fpcr,
    fpsr: &mut Fpsr,
    prefers: impl FnOnce(i64, i64) -> bool,
) -> u64 {
    let value1 = unpack::<F>(op1, fpcr, fpsr);
    let value2 = unpack::<F>(op2, fpcr, fpsr);
    if let Some(nan) = process_nans::<F, 2>([(value1, op1), (value2, op2)], fpcr, fpsr) {
        return nan;
    }
    let result1 = flushed::<F>(value1, op1);
    let result2 = flushed::<F>(value2, op2);
    if prefers(key::<F>(result1), key::<F>(result2)) { result1 } else { result2 }
}

/// The operand, or the zero it was unpacked as.
fn flushed<F: Arithmetic>(value: Unpacked, op: u64) -> u64 {
    if value.class == Class::Zero { F::zero(value.sign()) } else { op }
}

/// An integer that orders as the number does, minus zero just below plus zero.
fn key<F: Arithmetic>(op: u64) -> i64 {
    let magnitude = F::abs(op).cast_signed();
    if F::sign(op) { !magnitude } else { magnitude }
}
