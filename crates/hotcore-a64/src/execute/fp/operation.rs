//! What instructions compute from one element.

use std::marker::PhantomData;

use super::binary::mask;
use super::mode::Mode;
use crate::fp::{self, Arithmetic, Fpcr, Fpsr, IntType};

/// An operation with one operand.
pub(super) trait Unary {
    /// Its result. `fbits` counts the fraction bits of a fixed-point number; an integer has none.
    fn result<F: Arithmetic>(op: u64, fbits: u8, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64;
}

macro_rules! operations {
    ($(
        $(#[$what:meta])*
        $name:ident: |$op:ident, $fpcr:pat_param, $fpsr:pat_param| $result:expr;
    )*) => { $(
        $(#[$what])*
        pub(super) struct $name;

        impl Unary for $name {
            #[inline(always)]
            fn result<F: Arithmetic>($op: u64, _: u8, $fpcr: Fpcr, $fpsr: &mut Fpsr) -> u64 {
                $result
            }
        }
    )* };
}

operations! {
    /// FABS
    Abs: |op, _, _| F::abs(op);
    /// FNEG
    Neg: |op, _, _| F::neg(op);
    /// FSQRT
    Sqrt: |op, fpcr, fpsr| fp::sqrt::<F>(op, fpcr, fpsr);
    /// FRECPE
    RecipEstimate: |op, fpcr, fpsr| fp::recip_estimate::<F>(op, fpcr, fpsr);
    /// FRSQRTE
    RsqrtEstimate: |op, fpcr, fpsr| fp::rsqrt_estimate::<F>(op, fpcr, fpsr);
    /// FRECPX
    RecipExponent: |op, fpcr, fpsr| fp::recip_exponent::<F>(op, fpcr, fpsr);
    /// URECPE
    UnsignedRecipEstimate: |op, _, _| fp::unsigned_recip_estimate(op as u32).into();
    /// URSQRTE
    UnsignedRsqrtEstimate: |op, _, _| fp::unsigned_rsqrt_estimate(op as u32).into();
    /// FCMEQ (zero)
    EqualsZero: |op, fpcr, fpsr| mask::<F>(fp::compare_eq::<F>(op, 0, fpcr, fpsr));
    /// FCMGE (zero)
    AtLeastZero: |op, fpcr, fpsr| mask::<F>(fp::compare_ge::<F>(op, 0, fpcr, fpsr));
    /// FCMGT (zero)
    AboveZero: |op, fpcr, fpsr| mask::<F>(fp::compare_gt::<F>(op, 0, fpcr, fpsr));
    /// FCMLE (zero)
    AtMostZero: |op, fpcr, fpsr| mask::<F>(fp::compare_ge::<F>(0, op, fpcr, fpsr));
    /// FCMLT (zero)
    BelowZero: |op, fpcr, fpsr| mask::<F>(fp::compare_gt::<F>(0, op, fpcr, fpsr));
}

/// FRINT*; FRINTX is `EXACT`: it reports whether it changed the value.
pub(super) struct RoundTo<M, const EXACT: bool = false>(PhantomData<M>);

impl<M: Mode, const EXACT: bool> Unary for RoundTo<M, EXACT> {
    #[inline(always)]
    fn result<F: Arithmetic>(op: u64, _: u8, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
        fp::round_to_integral::<F>(op, M::rounding(fpcr), EXACT, fpcr, fpsr)
    }
}

/// FCVT*, to a number of the same size.
pub(super) struct ToFixed<M, const SIGNED: bool>(PhantomData<M>);

impl<M: Mode, const SIGNED: bool> Unary for ToFixed<M, SIGNED> {
    #[inline(always)]
    fn result<F: Arithmetic>(op: u64, fbits: u8, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
        let int = int_type(SIGNED, F::BITS == 64);
        fp::to_fixed::<F>(op, int, fbits.into(), M::rounding(fpcr), fpcr, fpsr)
    }
}

/// SCVTF and UCVTF, from a number of the same size.
pub(super) struct FromFixed<const SIGNED: bool>;

impl<const SIGNED: bool> Unary for FromFixed<SIGNED> {
    #[inline(always)]
    fn result<F: Arithmetic>(op: u64, fbits: u8, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
        fp::from_fixed::<F>(op, int_type(SIGNED, F::BITS == 64), fbits.into(), fpcr, fpsr)
    }
}

/// The integer, signed or not, of 64 bits or 32.
pub(super) const fn int_type(signed: bool, wide: bool) -> IntType {
    match (signed, wide) {
        (false, false) => IntType::U32,
        (true, false) => IntType::I32,
        (false, true) => IntType::U64,
        (true, true) => IntType::I64,
    }
}
