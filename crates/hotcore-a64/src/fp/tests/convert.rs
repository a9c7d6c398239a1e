//! FPConvert between every two formats, rounding to odd included.

use proptest::prelude::*;
use rustc_apfloat::ieee::Quad;
use rustc_apfloat::{Float, Round, Status};

use super::oracle::{
    Judged, Outcome, assert_same_after_inexact, flush_inputs, llvm_round, outcome, rounded,
};
use super::values::{control, controls, specials, value};
use crate::fp::{F16, F32, F64, Format, Fpcr, Fpsr, Rounding, convert};

/// The value of a half in the alternative format that IEEE has no finite number for.
fn alternative(op: u64) -> Quad {
    F16::widen(op - (1 << F16::FRAC_BITS)).scalbn(1)
}

/// FPRound to the alternative format, above what the two formats share.
fn round_to_alternative(value: Quad, rounding: Rounding, fpsr: &mut Fpsr) -> u64 {
    let halved = value.scalbn(-1);
    let (result, _) = F16::narrow(halved, llvm_round(rounding));
    let (_, inexact) = F16::narrow(halved, Round::TowardZero);
    let odd = u64::from(rounding == Rounding::Odd && inexact);
    if halved.abs() >= Quad::from_i128(1 << 16).value || F16::abs(result) == F16::infinity(false) {
        fpsr.raise(Fpsr::IOC);
        return result & F16::SIGN | (F16::SIGN - 1);
    }
    if inexact {
        fpsr.raise(Fpsr::IXC);
    }
    (result | odd) + (1 << F16::FRAC_BITS)
}

fn convert_nan<From: Format, To: Format>(op: u64, fpcr: Fpcr, fpsr: &mut Fpsr) -> u64 {
    let alternative = To::BITS == 16 && fpcr.ahp();
    if op & From::QUIET == 0 || alternative {
        fpsr.raise(Fpsr::IOC);
    }
    if alternative {
        return To::zero(From::sign(op));
    }
    if fpcr.dn() {
        return To::DEFAULT_NAN;
    }
    let payload = if From::FRAC_BITS > To::FRAC_BITS {
        (op & From::FRAC) >> (From::FRAC_BITS - To::FRAC_BITS)
    } else {
        (op & From::FRAC) << (To::FRAC_BITS - From::FRAC_BITS)
    };
    To::infinity(From::sign(op)) | payload | To::QUIET
}

fn expected<From: Judged, To: Judged>(op: u64, rounding: Rounding, fpcr: Fpcr) -> Outcome {
    outcome(|fpsr| {
        let [op] = flush_inputs::<From, 1>([op], fpcr, fpsr);
        let from_alternative = From::BITS == 16 && fpcr.ahp();
        if From::is_nan(op) && !from_alternative {
            return convert_nan::<From, To>(op, fpcr, fpsr);
        }
        let value = if from_alternative && From::biased_exp(op) == From::EXP_MAX {
            alternative(op)
        } else {
            From::widen(op)
        };
        if value.is_infinite() && To::BITS == 16 && fpcr.ahp() {
            fpsr.raise(Fpsr::IOC);
            return To::zero(From::sign(op)) | (To::SIGN - 1);
        }
        if To::BITS == 16 && fpcr.ahp() && value.abs() >= Quad::from_i128(1 << 14).value {
            return round_to_alternative(value, rounding, fpsr);
        }
        if value.is_zero() || value.is_infinite() {
            return To::narrow(value, Round::TowardZero).0;
        }
        rounded::<To>(Status::OK.and(value), rounding, fpcr, fpsr)
    })
}

fn check<From: Judged, To: Judged>(op: u64, fpcr: Fpcr) {
    for rounding in [fpcr.rounding(), Rounding::Odd] {
        let wanted = expected::<From, To>(op, rounding, fpcr);
        let convert = |fpsr: &mut Fpsr| convert::<From, To>(op, rounding, fpcr, fpsr);
        assert_eq!(outcome(convert), wanted, "{op:#x} {rounding:?} {fpcr:?}");
        assert_same_after_inexact(wanted, convert);
    }
}

#[test]
fn every_half_widens() {
    // Exactly, so that neither RMode nor FZ matters; `special_values` tries those.
    for fpcr in controls().filter(|fpcr| !fpcr.fz() && fpcr.rounding() == Rounding::TieEven) {
        for op in 0..=u64::from(u16::MAX) {
            let single = outcome(|fpsr| convert::<F16, F32>(op, fpcr.rounding(), fpcr, fpsr));
            assert_eq!(single, expected::<F16, F32>(op, fpcr.rounding(), fpcr), "{op:#x} {fpcr:?}");
        }
    }
}

#[test]
fn special_values() {
    for fpcr in controls() {
        for op in specials::<F16>() {
            check::<F16, F64>(op, fpcr);
        }
        for op in specials::<F32>() {
            check::<F32, F16>(op, fpcr);
            check::<F32, F64>(op, fpcr);
        }
        for op in specials::<F64>() {
            check::<F64, F16>(op, fpcr);
            check::<F64, F32>(op, fpcr);
        }
    }
}

/// Values at the middle between two neighbours, and next to it, at the limits of the format.
#[test]
fn limits_of_the_narrower_format() {
    for fpcr in controls() {
        for half in specials::<F16>() {
            let (middle, _) =
                outcome(|fpsr| convert::<F16, F64>(half, Rounding::TieEven, Fpcr::default(), fpsr));
            let offset = 1 << (F64::FRAC_BITS - F16::FRAC_BITS - 1);
            for near in [offset - 1, offset, offset + 1] {
                check::<F64, F16>(middle.wrapping_add(near), fpcr);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8192))]

    #[test]
    fn any_value(single in value::<F32>(), double in value::<F64>(), fpcr in control()) {
        check::<F32, F16>(single, fpcr);
        check::<F32, F64>(single, fpcr);
        check::<F64, F16>(double, fpcr);
        check::<F64, F32>(double, fpcr);
    }

    /// Doubles whose exponents a narrower format reaches.
    #[test]
    fn reachable_value(double in any::<u64>(), exp in -160i64..140, fpcr in control()) {
        let biased = (exp + 1023).cast_unsigned();
        let op = double & !(F64::EXP_MAX << F64::FRAC_BITS) | biased << F64::FRAC_BITS;
        check::<F64, F16>(op, fpcr);
        check::<F64, F32>(op, fpcr);
    }
}
