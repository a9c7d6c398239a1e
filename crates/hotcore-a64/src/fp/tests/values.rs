//! Operands and controls worth trying.

use proptest::prelude::*;

use crate::fp::{Format, Fpcr};

/// The values at which arithmetic changes its behaviour, of both signs.
pub(super) fn specials<F: Format>() -> Vec<u64> {
    let one = (F::EXP_MAX / 2) << F::FRAC_BITS;
    let min_normal = 1 << F::FRAC_BITS;
    let infinity = F::infinity(false);
    let positive = [
        0,
        1,
        2,
        F::FRAC / 2 + 1,
        F::FRAC,
        min_normal,
        min_normal + 1,
        min_normal * 2 - 1,
        min_normal * 2,
        one / 2,
        one - min_normal,
        one - 1,
        one,
        one + 1,
        F::one_point_five(false),
        F::two(false),
        F::two(false) + F::QUIET,
        one + u64::from(F::FRAC_BITS) * min_normal + 3,
        F::max_normal(false) - min_normal,
        F::max_normal(false) - 1,
        F::max_normal(false),
        infinity,
        infinity + 1,
        infinity + F::QUIET - 1,
        infinity + F::QUIET,
        infinity + F::QUIET + 0x155,
    ];
    positive.iter().flat_map(|&value| [value, F::neg(value)]).collect()
}

/// Every control: AHP, DN, FZ and RMode.
pub(super) fn controls() -> impl Iterator<Item = Fpcr> + Clone {
    (0..32).map(|bits| Fpcr::from_bits(bits << 22))
}

/// Every control that arithmetic other than conversions looks at.
pub(super) fn arithmetic_controls() -> impl Iterator<Item = Fpcr> + Clone {
    (0..16).map(|bits| Fpcr::from_bits(bits << 22))
}

/// Any control.
pub(super) fn control() -> impl Strategy<Value = Fpcr> {
    (0u64..32).prop_map(|bits| Fpcr::from_bits(bits << 22))
}

/// Any value: special ones, all bits at random, near one, and with few bits set in the fraction.
pub(super) fn value<F: Format>() -> impl Strategy<Value = u64> {
    let mask = F::SIGN | (F::SIGN - 1);
    let one = (F::EXP_MAX / 2) << F::FRAC_BITS;
    let near = (any::<u64>(), -3i64..4).prop_map(move |(bits, exp)| {
        let exp = (exp << F::FRAC_BITS).cast_unsigned();
        bits & (F::SIGN | F::FRAC) | one.wrapping_add(exp)
    });
    let short = (any::<u64>(), 0..F::FRAC_BITS)
        .prop_map(move |(bits, zeros)| bits & mask & !((1 << zeros) - 1));
    prop_oneof![
        1 => proptest::sample::select(specials::<F>()),
        2 => any::<u64>().prop_map(move |bits| bits & mask),
        2 => near,
        2 => short,
    ]
}
