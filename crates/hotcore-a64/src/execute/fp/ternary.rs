//! Operations with three operands: the fused multiplications and additions.

use super::arrangement::Arrangement;
use super::lanewise::{ternary, ternary_by_element};
use crate::decode::Op;
use crate::decode::fields::{ra, rd};
use crate::fp::{self, Arithmetic, Fpcr, Fpsr};
use crate::step::Step;

/// The step of `op`, if it is such an operation.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let (scalar, vector) = (Arrangement::scalar(word), Arrangement::vector(word));
    let (ra, rd) = (ra(word) as u8, rd(word) as u8);
    let step = match op {
        Op::FmaddScalar => ternary::<MulAdd>(scalar, word).a(ra),
        Op::FmsubScalar => ternary::<MulSub>(scalar, word).a(ra),
        Op::FnmaddScalar => ternary::<NegatedMulAdd>(scalar, word).a(ra),
        Op::FnmsubScalar => ternary::<NegatedMulSub>(scalar, word).a(ra),
        Op::FmlaVector => ternary::<MulAdd>(vector, word).a(rd),
        Op::FmlsVector => ternary::<MulSub>(vector, word).a(rd),
        Op::FmlaElement => ternary_by_element::<MulAdd>(vector, word).a(rd),
        Op::FmlsElement => ternary_by_element::<MulSub>(vector, word).a(rd),
        Op::FmlaScalarElement => ternary_by_element::<MulAdd>(scalar, word).a(rd),
        Op::FmlsScalarElement => ternary_by_element::<MulSub>(scalar, word).a(rd),
        _ => return None,
    };
    Some(step)
}

/// An operation on a product and an addend.
pub(super) trait Ternary {
    /// Its result.
    fn result<F: Arithmetic>(addend: u64, op1: u64, op2: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64;
}

macro_rules! operations {
    ($(
        $(#[$what:meta])*
        $name:ident: $addend:ident, $op1:ident => $signed_addend:expr, $signed_op1:expr;
    )*) => { $(
        $(#[$what])*
        pub(super) struct $name;

        impl Ternary for $name {
            #[inline(always)]
            fn result<F: Arithmetic>(
                $addend: u64,
                $op1: u64,
                op2: u64,
                fpcr: Fpcr,
                fpsr: &mut Fpsr,
            ) -> u64 {
                fp::mul_add::<F>($signed_addend, $signed_op1, op2, fpcr, fpsr)
            }
        }
    )* };
}

operations! {
    /// FMADD, FMLA: `addend + op1 * op2`.
    MulAdd: addend, op1 => addend, op1;
    /// FMSUB, FMLS: `addend - op1 * op2`.
    MulSub: addend, op1 => addend, F::neg(op1);
    /// FNMADD: `-addend - op1 * op2`.
    NegatedMulAdd: addend, op1 => F::neg(addend), F::neg(op1);
    /// FNMSUB: `-addend + op1 * op2`.
    NegatedMulSub: addend, op1 => F::neg(addend), op1;
}
