//! FPToFixed, FixedToFP and FPRoundInt, in LLVM's quadruple precision.

use proptest::prelude::*;
use proptest::sample::select;
use rustc_apfloat::ieee::Quad;
use rustc_apfloat::{Float, Status};

use super::oracle::{
    Judged, Outcome, assert_same_after_inexact, flush_inputs, llvm_round, nan_of, outcome, rounded,
};
use super::values::{arithmetic_controls, control, specials, value};
use crate::fp::fixed::{soft_from_fixed, soft_to_fixed};
use crate::fp::{
    Arithmetic, F32, F64, Format, Fpcr, Fpsr, IntType, Rounding, from_fixed, round_to_integral,
    to_fixed,
};

const INTS: [IntType; 4] = [IntType::I32, IntType::U32, IntType::I64, IntType::U64];

const ROUNDINGS: [Rounding; 5] =
    [Rounding::TieEven, Rounding::PosInf, Rounding::NegInf, Rounding::Zero, Rounding::TieAway];

/// The least and greatest value, and the mask of the result.
fn limits(int: IntType) -> (i128, i128, u64) {
    match int {
        IntType::I32 => (i32::MIN.into(), i32::MAX.into(), u32::MAX.into()),
        IntType::U32 => (0, u32::MAX.into(), u32::MAX.into()),
        IntType::I64 => (i64::MIN.into(), i64::MAX.into(), u64::MAX),
        IntType::U64 => (0, u64::MAX.into(), u64::MAX),
    }
}

fn expected_to_fixed<F: Judged>(
    op: u64,
    int: IntType,
    fbits: u32,
    rounding: Rounding,
    fpcr: Fpcr,
) -> Outcome {
    let (min, max, mask) = limits(int);
    outcome(|fpsr| {
        let [op] = flush_inputs::<F, 1>([op], fpcr, fpsr);
        if F::is_nan(op) {
            fpsr.raise(Fpsr::IOC);
            return 0;
        }
        let value = F::widen(op).scalbn(fbits.cast_signed());
        let integral = value.round_to_integral(llvm_round(rounding)).value;
        let beyond = Quad::from_i128(1 << 70).value;
        let integer = match (integral.abs() >= beyond, F::sign(op)) {
            (true, true) => min - 1,
            (true, false) => max + 1,
            _ => integral.to_i128(128).value,
        };
        if integer < min || integer > max {
            fpsr.raise(Fpsr::IOC);
        } else if integral != value {
            fpsr.raise(Fpsr::IXC);
        }
        (integer.clamp(min, max).cast_unsigned() as u64) & mask
    })
}

fn check_to_fixed<F: Arithmetic + Judged>(op: u64, int: IntType, fbits: u32, fpcr: Fpcr) {
    for rounding in ROUNDINGS {
        let wanted = expected_to_fixed::<F>(op, int, fbits, rounding, fpcr);
        let convert = |fpsr: &mut Fpsr| to_fixed::<F>(op, int, fbits, rounding, fpcr, fpsr);
        let soft = |fpsr: &mut Fpsr| soft_to_fixed::<F>(op, int, fbits, rounding, fpcr, fpsr);
        let context = || format!("{op:#x} {int:?} {fbits} {rounding:?} {fpcr:?}");
        assert_eq!(outcome(soft), wanted, "soft {}", context());
        assert_eq!(outcome(convert), wanted, "{}", context());
        assert_same_after_inexact(wanted, convert);
    }
}

fn check_from_fixed<F: Arithmetic + Judged>(bits: u64, int: IntType, fbits: u32, fpcr: Fpcr) {
    let integer: i128 = match int {
        IntType::I32 => (bits as u32).cast_signed().into(),
        IntType::U32 => (bits as u32).into(),
        IntType::I64 => bits.cast_signed().into(),
        IntType::U64 => bits.into(),
    };
    let wanted = outcome(|fpsr| {
        let value = Quad::from_i128(integer).value.scalbn(-fbits.cast_signed());
        if integer == 0 {
            0
        } else {
            rounded::<F>(Status::OK.and(value), fpcr.rounding(), fpcr, fpsr)
        }
    });
    let convert = |fpsr: &mut Fpsr| from_fixed::<F>(bits, int, fbits, fpcr, fpsr);
    let soft = |fpsr: &mut Fpsr| soft_from_fixed::<F>(bits, int, fbits, fpcr, fpsr);
    assert_eq!(outcome(soft), wanted, "soft {bits:#x} {int:?} {fbits} {fpcr:?}");
    assert_eq!(outcome(convert), wanted, "{bits:#x} {int:?} {fbits} {fpcr:?}");
    assert_same_after_inexact(wanted, convert);
}

fn check_integral<F: Arithmetic + Judged>(op: u64, exact: bool, fpcr: Fpcr) {
    for rounding in ROUNDINGS {
        let wanted = outcome(|fpsr| {
            let [op] = flush_inputs::<F, 1>([op], fpcr, fpsr);
            if let Some(nan) = nan_of::<F>(&[op], fpcr, fpsr) {
                return nan;
            }
            let value = F::widen(op);
            let integral = value.round_to_integral(llvm_round(rounding)).value;
            if exact && integral != value {
                fpsr.raise(Fpsr::IXC);
            }
            F::narrow(integral, llvm_round(rounding)).0
        });
        let round = |fpsr: &mut Fpsr| round_to_integral::<F>(op, rounding, exact, fpcr, fpsr);
        assert_eq!(outcome(round), wanted, "{op:#x} {rounding:?} {exact} {fpcr:?}");
    }
}

/// Numbers around every power of two that an integer type ends at, and around small halves.
fn boundaries<F: Judged>() -> Vec<u64> {
    let bias = F::EXP_MAX / 2;
    let powers = (0..68).map(|exp| (bias - 2 + exp) << F::FRAC_BITS);
    let quarters = (0..20).map(|n| F::narrow(Quad::from_i128(n).value.scalbn(-2), LEAST).0);
    powers
        .chain(quarters)
        .flat_map(|op| [op.saturating_sub(1), op, op + 1])
        .chain(specials::<F>())
        .flat_map(|op| [op, F::neg(op)])
        .collect()
}

/// A rounding for what is exact.
const LEAST: rustc_apfloat::Round = rustc_apfloat::Round::TowardZero;

fn check_boundaries<F: Arithmetic + Judged>() {
    for fpcr in arithmetic_controls() {
        for op in boundaries::<F>() {
            check_integral::<F>(op, false, fpcr);
            check_integral::<F>(op, true, fpcr);
            for int in INTS {
                check_to_fixed::<F>(op, int, 0, fpcr);
            }
        }
    }
}

#[test]
fn single_precision_boundaries() {
    check_boundaries::<F32>();
}

#[test]
fn double_precision_boundaries() {
    check_boundaries::<F64>();
}

fn integer() -> impl Strategy<Value = u64> {
    let near_power = (0u32..64, -2i64..3)
        .prop_map(|(power, offset)| (1u64 << power).wrapping_add(offset.cast_unsigned()));
    prop_oneof![any::<u64>(), near_power, (any::<u64>(), 0u32..64).prop_map(|(bits, n)| bits >> n)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8192))]

    #[test]
    fn to_fixed_point(
        single in value::<F32>(), double in value::<F64>(), int in select(INTS.as_slice()),
        fbits in 0u32..=64, fpcr in control(),
    ) {
        check_to_fixed::<F32>(single, int, fbits, fpcr);
        check_to_fixed::<F64>(double, int, fbits, fpcr);
    }

    #[test]
    fn from_fixed_point(
        bits in integer(), int in select(INTS.as_slice()), fbits in 0u32..=64, fpcr in control(),
    ) {
        check_from_fixed::<F32>(bits, int, fbits, fpcr);
        check_from_fixed::<F64>(bits, int, fbits, fpcr);
        check_from_fixed::<F64>(bits, int, 0, fpcr);
    }

    #[test]
    fn integral(op in any::<u64>(), exp in 1000u64..1090, exact: bool, fpcr in control()) {
        let double = op & !(F64::EXP_MAX << F64::FRAC_BITS) | exp << F64::FRAC_BITS;
        check_integral::<F64>(double, exact, fpcr);
        let single = u64::from(f32::to_bits(f64::from_bits(double) as f32));
        check_integral::<F32>(single, exact, fpcr);
    }
}
