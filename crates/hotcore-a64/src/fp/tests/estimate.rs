//! The estimates: near enough to the truth, the Arm ARM's tables, and their edges.

use proptest::prelude::*;

use super::oracle::{flush_inputs, nan_of, outcome};
use super::values::{arithmetic_controls, control, specials, value};
use crate::fp::{
    Arithmetic, F32, F64, Format, Fpcr, Fpsr, recip_estimate, recip_exponent, rsqrt_estimate,
    unsigned_recip_estimate, unsigned_rsqrt_estimate,
};

const DEFAULT: Fpcr = Fpcr::from_bits(0);
const FZ: Fpcr = Fpcr::from_bits(1 << 24);

fn recip(single: f32, fpcr: Fpcr) -> (f32, Fpsr) {
    let op = single.to_bits().into();
    let (bits, fpsr) = outcome(|fpsr| recip_estimate::<F32>(op, fpcr, fpsr));
    (f32::from_bits(u32::try_from(bits).unwrap()), fpsr)
}

fn rsqrt(double: f64, fpcr: Fpcr) -> (f64, Fpsr) {
    let (bits, fpsr) = outcome(|fpsr| rsqrt_estimate::<F64>(double.to_bits(), fpcr, fpsr));
    (f64::from_bits(bits), fpsr)
}

/// RecipEstimate as the Arm ARM writes it.
#[test]
fn unsigned_reciprocal_follows_the_table() {
    for a in 256u32..512 {
        let b = (1 << 19) / (a * 2 + 1);
        let estimate = b.div_ceil(2);
        let fraction = unsigned_recip_estimate(a << 23 | 0x7F_FFFF);
        assert_eq!(fraction, estimate << 23, "{a}");
    }
    assert_eq!(unsigned_recip_estimate(0x7FFF_FFFF), u32::MAX);
    assert_eq!(unsigned_recip_estimate(0x8000_0000), 0xFF80_0000);
    assert_eq!(unsigned_recip_estimate(0xFFFF_FFFF), 0x8000_0000);
}

/// RecipSqrtEstimate as the Arm ARM writes it.
#[test]
fn unsigned_root_follows_the_table() {
    for a in 128u32..512 {
        let midpoint = if a < 256 { a * 2 + 1 } else { ((a >> 1 << 1) + 1) * 2 };
        let mut b = 512;
        while midpoint * (b + 1) * (b + 1) < 1 << 28 {
            b += 1;
        }
        assert_eq!(unsigned_rsqrt_estimate(a << 23 | 0x7F_FFFF), b.div_ceil(2) << 23, "{a}");
    }
    assert_eq!(unsigned_rsqrt_estimate(0x3FFF_FFFF), u32::MAX);
    assert_eq!(unsigned_rsqrt_estimate(0x4000_0000), 0xFF80_0000);
    assert_eq!(unsigned_rsqrt_estimate(0xFFFF_FFFF), 0x8000_0000);
}

#[test]
fn reciprocal_at_the_edges() {
    let none = Fpsr::default();
    assert_eq!(recip(1.0, DEFAULT), (f32::from_bits(0x3F7F_8000), none));
    assert_eq!(recip(f32::INFINITY, DEFAULT), (0.0, none));
    assert_eq!(recip(-0.0, DEFAULT), (f32::NEG_INFINITY, Fpsr::DZC));
    // 2^-128, the last that has a reciprocal, and its neighbour.
    assert_eq!(recip(f32::from_bits(0x0020_0000), DEFAULT), (f32::from_bits(0x7F7F_8000), none));
    let overflow = Fpsr::from_bits(Fpsr::OFC.bits() | Fpsr::IXC.bits());
    assert_eq!(recip(f32::from_bits(0x001F_FFFF), DEFAULT), (f32::INFINITY, overflow));
    let toward_zero = Fpcr::from_bits(3 << 22);
    assert_eq!(recip(f32::from_bits(0x001F_FFFF), toward_zero), (f32::MAX, overflow));
    let flushed = Fpsr::from_bits(Fpsr::IDC.bits() | Fpsr::DZC.bits());
    assert_eq!(recip(f32::from_bits(0x001F_FFFF), FZ), (f32::INFINITY, flushed));
    // From 2^126 upwards the reciprocal is a denormal, or flushed.
    assert_eq!(recip(f32::from_bits(0x7E80_0000), DEFAULT), (f32::from_bits(0x007F_C000), none));
    assert_eq!(recip(f32::MAX, DEFAULT), (f32::from_bits(0x0020_0000), none));
    assert_eq!(recip(f32::from_bits(0x7E80_0000), FZ), (0.0, Fpsr::UFC));
    assert_eq!(recip(f32::from_bits(0x7E7F_FFFF), FZ), (f32::MIN_POSITIVE, none));
}

#[test]
fn root_at_the_edges() {
    let none = Fpsr::default();
    assert_eq!(rsqrt(1.0, DEFAULT), (f64::from_bits(0x3FEF_F000_0000_0000), none));
    assert_eq!(rsqrt(f64::INFINITY, DEFAULT), (0.0, none));
    assert_eq!(rsqrt(-0.0, DEFAULT), (f64::NEG_INFINITY, Fpsr::DZC));
    let flushed = Fpsr::from_bits(Fpsr::IDC.bits() | Fpsr::DZC.bits());
    assert_eq!(rsqrt(f64::from_bits(1), FZ), (f64::INFINITY, flushed));
    let negative = outcome(|fpsr| rsqrt_estimate::<F64>((-1.0f64).to_bits(), DEFAULT, fpsr));
    assert_eq!(negative, (F64::DEFAULT_NAN, Fpsr::IOC));
}

fn check_nans_and_exponents<F: Arithmetic>(op: u64, fpcr: Fpcr) {
    let wanted = outcome(|fpsr| nan_of::<F>(&[op], fpcr, fpsr).unwrap_or_default());
    let exponent = outcome(|fpsr| recip_exponent::<F>(op, fpcr, fpsr));
    if F::is_nan(op) {
        assert_eq!(outcome(|fpsr| recip_estimate::<F>(op, fpcr, fpsr)), wanted);
        assert_eq!(outcome(|fpsr| rsqrt_estimate::<F>(op, fpcr, fpsr)), wanted);
        assert_eq!(exponent, wanted);
        return;
    }
    let biased = F::biased_exp(op);
    let inverted = if biased == 0 { F::EXP_MAX - 1 } else { F::EXP_MAX - biased };
    let wanted = outcome(|fpsr| {
        flush_inputs::<F, 1>([op], fpcr, fpsr);
        op & F::SIGN | inverted << F::FRAC_BITS
    });
    assert_eq!(exponent, wanted, "{op:#x} {fpcr:?}");
}

#[test]
fn special_values() {
    for fpcr in arithmetic_controls() {
        for op in specials::<F32>() {
            check_nans_and_exponents::<F32>(op, fpcr);
        }
        for op in specials::<F64>() {
            check_nans_and_exponents::<F64>(op, fpcr);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    /// Both are within 1 in 2^8 of the truth wherever that is a normal number.
    #[test]
    fn estimates_are_near(op in value::<F64>(), exp in 1u64..0x7FD, fpcr in control()) {
        let op = op & (F64::SIGN | F64::FRAC) | exp << F64::FRAC_BITS;
        let exact = 1.0 / f64::from_bits(op);
        let (estimate, fpsr) = outcome(|fpsr| recip_estimate::<F64>(op, fpcr, fpsr));
        prop_assert!((f64::from_bits(estimate) / exact - 1.0).abs() < 1.0 / 256.0);
        prop_assert_eq!(fpsr, Fpsr::default());
        let positive = f64::from_bits(F64::abs(op));
        let (estimate, fpsr) = rsqrt(positive, fpcr);
        prop_assert!((estimate * positive.sqrt() - 1.0).abs() < 1.0 / 256.0);
        prop_assert_eq!(fpsr, Fpsr::default());
    }

    /// A single is estimated as the double of the same value.
    #[test]
    fn formats_agree(op in value::<F32>(), exp in 1u64..0xFD) {
        let op = op & (F32::SIGN | F32::FRAC) | exp << F32::FRAC_BITS;
        let double = f64::from(f32::from_bits(u32::try_from(op).unwrap())).to_bits();
        let widen = |single: u64| f64::from(f32::from_bits(u32::try_from(single).unwrap())).to_bits();
        let single = recip_estimate::<F32>(op, DEFAULT, &mut Fpsr::default());
        prop_assert_eq!(widen(single), recip_estimate::<F64>(double, DEFAULT, &mut Fpsr::default()));
        let (op, double) = (F32::abs(op), F64::abs(double));
        let single = rsqrt_estimate::<F32>(op, DEFAULT, &mut Fpsr::default());
        prop_assert_eq!(widen(single), rsqrt_estimate::<F64>(double, DEFAULT, &mut Fpsr::default()));
    }
}
