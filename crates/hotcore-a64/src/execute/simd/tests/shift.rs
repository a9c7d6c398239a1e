//! Shifts by register and by immediate that keep the element's size.

use proptest::prelude::*;

use super::{
    D, Left, N, Sources, allocated, clamp, divide, execute, forms, lane, place, sources, width,
    word,
};
use crate::decode::Op;

/// Instructions shifting by register: signed, rounding, saturating.
const BY_REGISTER: &[(&[Op], bool, bool, bool)] = &[
    (&[Op::SshlVector, Op::SshlScalar], true, false, false),
    (&[Op::UshlVector, Op::UshlScalar], false, false, false),
    (&[Op::SrshlVector, Op::SrshlScalar], true, true, false),
    (&[Op::UrshlVector, Op::UrshlScalar], false, true, false),
    (&[Op::SqshlVector, Op::SqshlScalar], true, false, true),
    (&[Op::UqshlVector, Op::UqshlScalar], false, false, true),
    (&[Op::SqrshlVector, Op::SqrshlScalar], true, true, true),
    (&[Op::UqrshlVector, Op::UqrshlScalar], false, true, true),
];

/// What a shift by immediate makes of the lanes d and n: `by` to the left, or to the right.
type Immediate = fn(d: i128, n: i128, by: u32, bits: u32) -> i128;

/// Instructions shifting by immediate: to the left, signed, saturating to signed or unsigned.
const BY_IMMEDIATE: &[(&[Op], bool, bool, Option<bool>, Immediate)] = &[
    (&[Op::ShlVector, Op::ShlScalar], true, false, None, |_, n, by, _| n << by),
    (&[Op::SliVector, Op::SliScalar], true, false, None, |d, n, by, _| {
        n << by | d.rem_euclid(1 << by)
    }),
    (&[Op::SqshlImmediateVector, Op::SqshlImmediateScalar], true, true, Some(true), times),
    (&[Op::UqshlImmediateVector, Op::UqshlImmediateScalar], true, false, Some(false), times),
    (&[Op::SqshluVector, Op::SqshluScalar], true, true, Some(false), times),
    (&[Op::SshrVector, Op::SshrScalar], false, true, None, |_, n, by, _| divide(n, by, false)),
    (&[Op::UshrVector, Op::UshrScalar], false, false, None, |_, n, by, _| divide(n, by, false)),
    (&[Op::SrshrVector, Op::SrshrScalar], false, true, None, |_, n, by, _| divide(n, by, true)),
    (&[Op::UrshrVector, Op::UrshrScalar], false, false, None, |_, n, by, _| divide(n, by, true)),
    (&[Op::SsraVector, Op::SsraScalar], false, true, None, |d, n, by, _| d + divide(n, by, false)),
    (&[Op::UsraVector, Op::UsraScalar], false, false, None, |d, n, by, _| d + divide(n, by, false)),
    (&[Op::SrsraVector, Op::SrsraScalar], false, true, None, |d, n, by, _| d + divide(n, by, true)),
    (&[Op::UrsraVector, Op::UrsraScalar], false, false, None, |d, n, by, _| {
        d + divide(n, by, true)
    }),
    (&[Op::SriVector, Op::SriScalar], false, false, None, |d, n, by, bits| {
        let kept = bits - by;
        divide(d, kept, false) * (1 << kept) + divide(n, by, false)
    }),
];

fn times(_: i128, n: i128, by: u32, _: u32) -> i128 {
    n * (1 << by)
}

/// `n` shifted by the signed byte `by`. No element has as many bits as the shifts are limited to.
fn shifted(n: i128, by: i8, rounds: bool) -> i128 {
    match u32::try_from(by) {
        Ok(left @ 0..64) => n * (1 << left),
        // Of all elements nothing is left but whether there was anything.
        Ok(_) => n.signum() << 64,
        Err(_) => divide(n, u32::from(by.unsigned_abs()).min(70), rounds),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn by_register(sources in sources(), amounts in any::<[i8; 16]>(), small in any::<bool>()) {
        let amounts = amounts.map(|by| if small { by >> 3 } else { by });
        let sources = Sources { m: u128::from_le_bytes(amounts.map(i8::cast_unsigned)), ..sources };
        for &(ops, signed, rounds, saturates) in BY_REGISTER {
            for (op, size, q) in forms(ops) {
                let Some(word) = word(op, q, size) else { continue };
                let bits = 8 << size;
                let mut expected = Left { d: 0, saturated: false };
                for index in 0..width(word, bits) / bits {
                    let n = lane(sources.n, bits, index, signed);
                    let by = lane(sources.m, bits, index, false) as i8;
                    let exact = shifted(n, by, rounds);
                    let (kept, saturated) = clamp(exact, bits, signed);
                    let kept = if saturates { kept } else { exact };
                    expected.d |= place(kept, bits, index);
                    expected.saturated |= saturates && saturated;
                }
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
    }

    #[test]
    fn by_immediate(sources in sources(), immediate in 8..128u32) {
        for &(ops, left, signed, saturates, compute) in BY_IMMEDIATE {
            for (op, _, q) in forms(ops).filter(|&(_, size, _)| size == 0) {
                let fields = u32::from(q) << 30 | immediate << 16 | N << 5 | D;
                let Some(word) = allocated(op, fields) else { continue };
                let bits = 1 << immediate.ilog2();
                let by = if left { immediate - bits } else { 2 * bits - immediate };
                let mut expected = Left { d: 0, saturated: false };
                for index in 0..width(word, bits) / bits {
                    let of = |value| lane(value, bits, index, signed);
                    let exact = compute(of(sources.d), of(sources.n), by, bits);
                    let (kept, saturated) = match saturates {
                        Some(signed) => clamp(exact, bits, signed),
                        None => (exact, false),
                    };
                    expected.d |= place(kept, bits, index);
                    expected.saturated |= saturated;
                }
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
    }
}

#[test]
fn a_left_shift_by_more_than_the_bits_saturates_whatever_is_not_zero() {
    let word = word(Op::SqshlVector, true, 3).unwrap();
    let sources = Sources { d: 0, n: u128::from(u64::MAX), m: 127 << 64 | 127 };
    assert_eq!(execute(word, sources), Left { d: 1 << 63, saturated: true });
    let sources = Sources { n: 0, ..sources };
    assert_eq!(execute(word, sources), Left { d: 0, saturated: false });
}
