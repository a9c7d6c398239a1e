//! Instructions that compute every element from one.

use super::arrangement::Arrangement;
use super::lanewise::unary;
use super::mode::{Current, NegInf, PosInf, TieAway, TieEven, Zero};
use super::operation::{
    AboveZero, Abs, AtLeastZero, AtMostZero, BelowZero, EqualsZero, FromFixed, Neg, RecipEstimate,
    RecipExponent, RoundTo, RsqrtEstimate, Sqrt, ToFixed, UnsignedRecipEstimate,
    UnsignedRsqrtEstimate,
};
use crate::decode::Op;
use crate::decode::fields::{bit, immh_immb};
use crate::step::Step;

/// The step of `op`, if it is such an operation, element by element.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    scalar(op, word)
        .or_else(|| vector(op, word))
        .or_else(|| integer(op, word))
        .or_else(|| fixed(op, word))
}

fn scalar(op: Op, word: u32) -> Option<Step> {
    let scalar = Arrangement::scalar(word);
    let step = match op {
        Op::FabsScalar => unary::<Abs>(scalar, word),
        Op::FnegScalar => unary::<Neg>(scalar, word),
        Op::FsqrtScalar => unary::<Sqrt>(scalar, word),
        Op::FrintnScalar => unary::<RoundTo<TieEven>>(scalar, word),
        Op::FrintpScalar => unary::<RoundTo<PosInf>>(scalar, word),
        Op::FrintmScalar => unary::<RoundTo<NegInf>>(scalar, word),
        Op::FrintzScalar => unary::<RoundTo<Zero>>(scalar, word),
        Op::FrintaScalar => unary::<RoundTo<TieAway>>(scalar, word),
        Op::FrintxScalar => unary::<RoundTo<Current, true>>(scalar, word),
        Op::FrintiScalar => unary::<RoundTo<Current>>(scalar, word),
        Op::FrecpeScalar => unary::<RecipEstimate>(scalar, word),
        Op::FrsqrteScalar => unary::<RsqrtEstimate>(scalar, word),
        Op::FrecpxScalar => unary::<RecipExponent>(scalar, word),
        Op::FcmeqZeroScalar => unary::<EqualsZero>(scalar, word),
        Op::FcmgeZeroScalar => unary::<AtLeastZero>(scalar, word),
        Op::FcmgtZeroScalar => unary::<AboveZero>(scalar, word),
        Op::FcmleZeroScalar => unary::<AtMostZero>(scalar, word),
        Op::FcmltZeroScalar => unary::<BelowZero>(scalar, word),
        _ => return None,
    };
    Some(step)
}

fn vector(op: Op, word: u32) -> Option<Step> {
    let vector = Arrangement::vector(word);
    let step = match op {
        Op::FabsVector => unary::<Abs>(vector, word),
        Op::FnegVector => unary::<Neg>(vector, word),
        Op::FsqrtVector => unary::<Sqrt>(vector, word),
        Op::FrintnVector => unary::<RoundTo<TieEven>>(vector, word),
        Op::FrintpVector => unary::<RoundTo<PosInf>>(vector, word),
        Op::FrintmVector => unary::<RoundTo<NegInf>>(vector, word),
        Op::FrintzVector => unary::<RoundTo<Zero>>(vector, word),
        Op::FrintaVector => unary::<RoundTo<TieAway>>(vector, word),
        Op::FrintxVector => unary::<RoundTo<Current, true>>(vector, word),
        Op::FrintiVector => unary::<RoundTo<Current>>(vector, word),
        Op::FrecpeVector => unary::<RecipEstimate>(vector, word),
        Op::FrsqrteVector => unary::<RsqrtEstimate>(vector, word),
        Op::UrecpeVector => unary::<UnsignedRecipEstimate>(vector, word),
        Op::UrsqrteVector => unary::<UnsignedRsqrtEstimate>(vector, word),
        Op::FcmeqZeroVector => unary::<EqualsZero>(vector, word),
        Op::FcmgeZeroVector => unary::<AtLeastZero>(vector, word),
        Op::FcmgtZeroVector => unary::<AboveZero>(vector, word),
        Op::FcmleZeroVector => unary::<AtMostZero>(vector, word),
        Op::FcmltZeroVector => unary::<BelowZero>(vector, word),
        _ => return None,
    };
    Some(step)
}

/// Conversions to and from integers that stay in the SIMD&FP registers.
fn integer(op: Op, word: u32) -> Option<Step> {
    // The scalar forms are those with bit 28.
    let arrangement =
        if bit(word, 28) { Arrangement::scalar(word) } else { Arrangement::vector(word) };
    let step = match op {
        Op::FcvtnsScalar | Op::FcvtnsVector => unary::<ToFixed<TieEven, true>>(arrangement, word),
        Op::FcvtnuScalar | Op::FcvtnuVector => unary::<ToFixed<TieEven, false>>(arrangement, word),
        Op::FcvtpsScalar | Op::FcvtpsVector => unary::<ToFixed<PosInf, true>>(arrangement, word),
        Op::FcvtpuScalar | Op::FcvtpuVector => unary::<ToFixed<PosInf, false>>(arrangement, word),
        Op::FcvtmsScalar | Op::FcvtmsVector => unary::<ToFixed<NegInf, true>>(arrangement, word),
        Op::FcvtmuScalar | Op::FcvtmuVector => unary::<ToFixed<NegInf, false>>(arrangement, word),
        Op::FcvtzsScalar | Op::FcvtzsVector => unary::<ToFixed<Zero, true>>(arrangement, word),
        Op::FcvtzuScalar | Op::FcvtzuVector => unary::<ToFixed<Zero, false>>(arrangement, word),
        Op::FcvtasScalar | Op::FcvtasVector => unary::<ToFixed<TieAway, true>>(arrangement, word),
        Op::FcvtauScalar | Op::FcvtauVector => unary::<ToFixed<TieAway, false>>(arrangement, word),
        Op::ScvtfScalar | Op::ScvtfVector => unary::<FromFixed<true>>(arrangement, word),
        Op::UcvtfScalar | Op::UcvtfVector => unary::<FromFixed<false>>(arrangement, word),
        _ => return None,
    };
    Some(step)
}

/// Conversions to and from fixed-point numbers that stay in the SIMD&FP registers.
fn fixed(op: Op, word: u32) -> Option<Step> {
    let (scalar, vector) = (Arrangement::fixed_scalar(word), Arrangement::fixed_vector(word));
    let step = match op {
        Op::ScvtfFixedScalar => unary::<FromFixed<true>>(scalar, word),
        Op::UcvtfFixedScalar => unary::<FromFixed<false>>(scalar, word),
        Op::FcvtzsFixedScalar => unary::<ToFixed<Zero, true>>(scalar, word),
        Op::FcvtzuFixedScalar => unary::<ToFixed<Zero, false>>(scalar, word),
        Op::ScvtfFixedVector => unary::<FromFixed<true>>(vector, word),
        Op::UcvtfFixedVector => unary::<FromFixed<false>>(vector, word),
        Op::FcvtzsFixedVector => unary::<ToFixed<Zero, true>>(vector, word),
        Op::FcvtzuFixedVector => unary::<ToFixed<Zero, false>>(vector, word),
        _ => return None,
    };
    Some(step.a(fraction_bits(word)))
}

/// Twice the element size, less `immh:immb`.
fn fraction_bits(word: u32) -> u8 {
    let immh_immb = immh_immb(word) as u8;
    if immh_immb & 0x40 == 0 { 64u8.wrapping_sub(immh_immb) } else { 128u8.wrapping_sub(immh_immb) }
}
