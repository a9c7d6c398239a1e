//! Operations with two operands.

use super::arrangement::Arrangement;
use super::lanewise::{binary, binary_by_element};
use crate::decode::Op;
use crate::fp::{self, Arithmetic, Fpcr, Fpsr};
use crate::step::Step;

/// The step of `op`, if it is such an operation, element by element.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    scalar(op, word).or_else(|| vector(op, word)).or_else(|| by_element(op, word))
}

fn scalar(op: Op, word: u32) -> Option<Step> {
    let scalar = Arrangement::scalar(word);
    let step = match op {
        Op::FmulScalar => binary::<Mul>(scalar, word),
        Op::FdivScalar => binary::<Div>(scalar, word),
        Op::FaddScalar => binary::<Add>(scalar, word),
        Op::FsubScalar => binary::<Sub>(scalar, word),
        Op::FmaxScalar => binary::<Max>(scalar, word),
        Op::FminScalar => binary::<Min>(scalar, word),
        Op::FmaxnmScalar => binary::<MaxNum>(scalar, word),
        Op::FminnmScalar => binary::<MinNum>(scalar, word),
        Op::FnmulScalar => binary::<NegatedMul>(scalar, word),
        Op::FmulxScalar => binary::<MulX>(scalar, word),
        Op::FabdScalar => binary::<AbsoluteDifference>(scalar, word),
        Op::FrecpsScalar => binary::<RecipStep>(scalar, word),
        Op::FrsqrtsScalar => binary::<RsqrtStep>(scalar, word),
        Op::FcmeqScalar => binary::<CompareEq>(scalar, word),
        Op::FcmgeScalar => binary::<CompareGe>(scalar, word),
        Op::FcmgtScalar => binary::<CompareGt>(scalar, word),
        Op::FacgeScalar => binary::<AbsoluteCompareGe>(scalar, word),
        Op::FacgtScalar => binary::<AbsoluteCompareGt>(scalar, word),
        _ => return None,
    };
    Some(step)
}

fn vector(op: Op, word: u32) -> Option<Step> {
    let vector = Arrangement::vector(word);
    let step = match op {
        Op::FmulVector => binary::<Mul>(vector, word),
        Op::FdivVector => binary::<Div>(vector, word),
        Op::FaddVector => binary::<Add>(vector, word),
        Op::FsubVector => binary::<Sub>(vector, word),
        Op::FmaxVector => binary::<Max>(vector, word),
        Op::FminVector => binary::<Min>(vector, word),
        Op::FmaxnmVector => binary::<MaxNum>(vector, word),
        Op::FminnmVector => binary::<MinNum>(vector, word),
        Op::FmulxVector => binary::<MulX>(vector, word),
        Op::FabdVector => binary::<AbsoluteDifference>(vector, word),
        Op::FrecpsVector => binary::<RecipStep>(vector, word),
        Op::FrsqrtsVector => binary::<RsqrtStep>(vector, word),
        Op::FcmeqVector => binary::<CompareEq>(vector, word),
        Op::FcmgeVector => binary::<CompareGe>(vector, word),
        Op::FcmgtVector => binary::<CompareGt>(vector, word),
        Op::FacgeVector => binary::<AbsoluteCompareGe>(vector, word),
        Op::FacgtVector => binary::<AbsoluteCompareGt>(vector, word),
        _ => return None,
    };
    Some(step)
}

fn by_element(op: Op, word: u32) -> Option<Step> {
    let step = match op {
        Op::FmulElement => binary_by_element::<Mul>(Arrangement::vector(word), word),
        Op::FmulxElement => binary_by_element::<MulX>(Arrangement::vector(word), word),
        Op::FmulScalarElement => binary_by_element::<Mul>(Arrangement::scalar(word), word),
        Op::FmulxScalarElement => binary_by_element::<MulX>(Arrangement::scalar(word), word),
        _ => return None,
    };
    Some(step)
}

/// An operation with two operands.
pub(super) trait Binary {
    /// Its result.
    fn result<F: Arithmetic>(op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64;
}

macro_rules! operations {
    ($(
        $(#[$what:meta])*
        $name:ident: |$op1:ident, $op2:ident, $fpcr:ident, $fpsr:ident| $result:expr;
    )*) => { $(
        $(#[$what])*
        pub(super) struct $name;

        impl Binary for $name {
            #[inline(always)]
            fn result<F: Arithmetic>($op1: u64, $op2: u64, $fpcr: Fpcr, $fpsr: &mut Fpsr) -> u64 {
                $result
            }
        }
    )* };
}

operations! {
    /// FADD
    Add: |op1, op2, fpcr, fpsr| fp::add::<F>(op1, op2, fpcr, fpsr);
    /// FSUB
    Sub: |op1, op2, fpcr, fpsr| fp::sub::<F>(op1, op2, fpcr, fpsr);
    /// FMUL
    Mul: |op1, op2, fpcr, fpsr| fp::mul::<F>(op1, op2, fpcr, fpsr);
    /// FNMUL
    NegatedMul: |op1, op2, fpcr, fpsr| F::neg(fp::mul::<F>(op1, op2, fpcr, fpsr));
    /// FMULX
    MulX: |op1, op2, fpcr, fpsr| fp::mulx::<F>(op1, op2, fpcr, fpsr);
    /// FDIV
    Div: |op1, op2, fpcr, fpsr| fp::div::<F>(op1, op2, fpcr, fpsr);
    /// FABD
    AbsoluteDifference: |op1, op2, fpcr, fpsr| F::abs(fp::sub::<F>(op1, op2, fpcr, fpsr));
    /// FMAX
    Max: |op1, op2, fpcr, fpsr| fp::max::<F>(op1, op2, fpcr, fpsr);
    /// FMIN
    Min: |op1, op2, fpcr, fpsr| fp::min::<F>(op1, op2, fpcr, fpsr);
    /// FMAXNM
    MaxNum: |op1, op2, fpcr, fpsr| fp::max_num::<F>(op1, op2, fpcr, fpsr);
    /// FMINNM
    MinNum: |op1, op2, fpcr, fpsr| fp::min_num::<F>(op1, op2, fpcr, fpsr);
    /// FRECPS
    RecipStep: |op1, op2, fpcr, fpsr| fp::recip_step::<F>(op1, op2, fpcr, fpsr);
    /// FRSQRTS
    RsqrtStep: |op1, op2, fpcr, fpsr| fp::rsqrt_step::<F>(op1, op2, fpcr, fpsr);
    /// FCMEQ
    CompareEq: |op1, op2, fpcr, fpsr| mask::<F>(fp::compare_eq::<F>(op1, op2, fpcr, fpsr));
    /// FCMGE
    CompareGe: |op1, op2, fpcr, fpsr| mask::<F>(fp::compare_ge::<F>(op1, op2, fpcr, fpsr));
    /// FCMGT
    CompareGt: |op1, op2, fpcr, fpsr| mask::<F>(fp::compare_gt::<F>(op1, op2, fpcr, fpsr));
    /// FACGE
    AbsoluteCompareGe: |op1, op2, fpcr, fpsr| {
        CompareGe::result::<F>(F::abs(op1), F::abs(op2), fpcr, fpsr)
    };
    /// FACGT
    AbsoluteCompareGt: |op1, op2, fpcr, fpsr| {
        CompareGt::result::<F>(F::abs(op1), F::abs(op2), fpcr, fpsr)
    };
}

/// All ones, or zero.
#[inline(always)]
pub(super) fn mask<F: Arithmetic>(holds: bool) -> u64 {
    if holds { F::SIGN | (F::SIGN - 1) } else { 0 }
}
