//! Results of twice the size, and operations by element.

use proptest::prelude::*;

use super::{
    D, Left, N, allocated, clamp, divide, execute, forms, is_scalar, lane, place, sources, width,
    word,
};
use crate::decode::Op;

/// What an instruction computes from the wide lane d and the lanes n and m.
type Model = fn(d: i128, n: i128, m: i128) -> i128;

/// Instructions, and whether their lanes are signed. Saturation comes with [`doubled`].
const LONG: &[(&[Op], bool, Model)] = &[
    (&[Op::SaddlVector], true, |_, n, m| n + m),
    (&[Op::UaddlVector], false, |_, n, m| n + m),
    (&[Op::SsublVector], true, |_, n, m| n - m),
    (&[Op::UsublVector], false, |_, n, m| n - m),
    (&[Op::SabdlVector], true, |_, n, m| (n - m).abs()),
    (&[Op::UabdlVector], false, |_, n, m| (n - m).abs()),
    (&[Op::SabalVector], true, |d, n, m| d + (n - m).abs()),
    (&[Op::UabalVector], false, |d, n, m| d + (n - m).abs()),
    (&[Op::SmullVector, Op::SmullElement], true, |_, n, m| n * m),
    (&[Op::UmullVector, Op::UmullElement], false, |_, n, m| n * m),
    (&[Op::SmlalVector, Op::SmlalElement], true, |d, n, m| d + n * m),
    (&[Op::UmlalVector, Op::UmlalElement], false, |d, n, m| d + n * m),
    (&[Op::SmlslVector, Op::SmlslElement], true, |d, n, m| d - n * m),
    (&[Op::UmlslVector, Op::UmlslElement], false, |d, n, m| d - n * m),
    (&[Op::PmullVector], false, |_, n, m| {
        (0..8).filter(|bit| n >> bit & 1 == 1).fold(0, |sum, bit| sum ^ m << bit)
    }),
];

/// SQDMULL and its sums: what the saturated product is multiplied by, and whether d takes part.
const DOUBLED: &[(&[Op], i128, bool)] =
    &[(&SQDMULL, 1, false), (&SQDMLAL, 1, true), (&SQDMLSL, -1, true)];

const SQDMULL: [Op; 4] =
    [Op::SqdmullVector, Op::SqdmullScalar, Op::SqdmullElement, Op::SqdmullScalarElement];
const SQDMLAL: [Op; 4] =
    [Op::SqdmlalVector, Op::SqdmlalScalar, Op::SqdmlalElement, Op::SqdmlalScalarElement];
const SQDMLSL: [Op; 4] =
    [Op::SqdmlslVector, Op::SqdmlslScalar, Op::SqdmlslElement, Op::SqdmlslScalarElement];

/// Instructions with a wide n.
const WIDE: &[(Op, bool, i128)] = &[
    (Op::SaddwVector, true, 1),
    (Op::UaddwVector, false, 1),
    (Op::SsubwVector, true, -1),
    (Op::UsubwVector, false, -1),
];

/// By element, in the element's size: saturated or not.
const SAME: &[(&[Op], bool, fn(i128, i128, i128, u32) -> i128)] = &[
    (&[Op::MulElement], false, |_, n, m, _| n * m),
    (&[Op::MlaElement], false, |d, n, m, _| d + n * m),
    (&[Op::MlsElement], false, |d, n, m, _| d - n * m),
    (&[Op::SqdmulhElement, Op::SqdmulhScalarElement], true, |_, n, m, bits| {
        divide(2 * n * m, bits, false)
    }),
    (&[Op::SqrdmulhElement, Op::SqrdmulhScalarElement], true, |_, n, m, bits| {
        divide(2 * n * m, bits, true)
    }),
];

/// The lane of m that `word` names, if it is by element: all registers but m are zero here.
fn element(word: u32, bits: u32) -> Option<u32> {
    let bit = |at: u32| word >> at & 1;
    let by_element = word >> 24 & 15 == 0b1111 && bit(10) == 0;
    let lane =
        if bits == 16 { bit(11) << 2 | bit(21) << 1 | bit(20) } else { bit(11) << 1 | bit(21) };
    by_element.then_some(lane)
}

/// The word of three registers of `op`; by element also with its lane.
fn word_with_lane(op: Op, q: bool, size: u32, lane: u32) -> Option<u32> {
    let word = word(op, q, size)?;
    let (h, l, m) = match size {
        1 => (lane >> 2 & 1, lane >> 1 & 1, lane & 1),
        _ => (lane >> 1 & 1, lane & 1, 0),
    };
    match element(word, 8 << size) {
        Some(_) => allocated(op, word & !(3 << 20) | h << 11 | l << 21 | m << 20),
        None => Some(word),
    }
}

/// The lanes of a long operation: how many, and the first that takes part.
fn half(word: u32, bits: u32) -> (u32, u32) {
    match (is_scalar(word), word >> 30 & 1) {
        (true, _) => (1, 0),
        (false, 0) => (64 / bits, 0),
        (false, _) => (64 / bits, 64 / bits),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn long_and_wide(sources in sources(), lane_of_m in 0..8u32) {
        for &(ops, signed, compute) in LONG {
            for (op, size, q) in forms(ops) {
                let Some(word) = word_with_lane(op, q, size, lane_of_m) else { continue };
                let bits = 8 << size;
                let (count, first) = half(word, bits);
                let mut d = 0;
                for index in 0..count {
                    let second = element(word, bits).unwrap_or(first + index);
                    let value = compute(
                        lane(sources.d, 2 * bits, index, signed),
                        lane(sources.n, bits, first + index, signed),
                        lane(sources.m, bits, second, signed),
                    );
                    d |= place(value, 2 * bits, index);
                }
                let expected = Left { d, saturated: false };
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
        for &(op, signed, sign) in WIDE {
            for (op, size, q) in forms(&[op]) {
                let Some(word) = word(op, q, size) else { continue };
                let bits = 8 << size;
                let (count, first) = half(word, bits);
                let mut d = 0;
                for index in 0..count {
                    let m = lane(sources.m, bits, first + index, signed);
                    let n = lane(sources.n, 2 * bits, index, signed);
                    d |= place(n + sign * m, 2 * bits, index);
                }
                let expected = Left { d, saturated: false };
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
    }

    #[test]
    fn doubled(sources in sources(), lane_of_m in 0..8u32) {
        for &(ops, sign, accumulates) in DOUBLED {
            for (op, size, q) in forms(ops) {
                let Some(word) = word_with_lane(op, q, size, lane_of_m) else { continue };
                let bits = 8 << size;
                let (count, first) = half(word, bits);
                let mut expected = Left { d: 0, saturated: false };
                for index in 0..count {
                    let second = element(word, bits).unwrap_or(first + index);
                    let n = lane(sources.n, bits, first + index, true);
                    let m = lane(sources.m, bits, second, true);
                    let (product, once) = clamp(2 * n * m, 2 * bits, true);
                    let d = lane(sources.d, 2 * bits, index, true);
                    let sum = if accumulates { d + sign * product } else { product };
                    let (sum, twice) = clamp(sum, 2 * bits, true);
                    expected.d |= place(sum, 2 * bits, index);
                    expected.saturated |= once || twice;
                }
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
    }

    #[test]
    fn same_size_by_element(sources in sources(), lane_of_m in 0..8u32) {
        for &(ops, saturates, compute) in SAME {
            for (op, size, q) in forms(ops) {
                let Some(word) = word_with_lane(op, q, size, lane_of_m) else { continue };
                let bits = 8 << size;
                let mut expected = Left { d: 0, saturated: false };
                for index in 0..width(word, bits) / bits {
                    let of = |value, index| lane(value, bits, index, true);
                    let m = of(sources.m, element(word, bits).unwrap());
                    let exact = compute(of(sources.d, index), of(sources.n, index), m, bits);
                    let (kept, saturated) =
                        if saturates { clamp(exact, bits, true) } else { (exact, false) };
                    expected.d |= place(kept, bits, index);
                    expected.saturated |= saturated;
                }
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
    }

    #[test]
    fn shifted_left(sources in sources(), immediate in 8..64u32) {
        let bits = 1u32 << immediate.ilog2();
        let shifts = [(Op::SshllVector, true), (Op::UshllVector, false), (Op::ShllVector, false)];
        for (op, signed) in shifts {
            for q in [false, true] {
                let shll = op == Op::ShllVector;
                let size = bits.ilog2() - 3;
                let word = if shll {
                    word(op, q, size)
                } else {
                    allocated(op, u32::from(q) << 30 | immediate << 16 | N << 5 | D)
                };
                let word = word.unwrap();
                let by = if shll { bits } else { immediate - bits };
                let (count, first) = half(word, bits);
                let wide = |index| lane(sources.n, bits, first + index, signed) << by;
                let d = (0..count).fold(0, |d, index| d | place(wide(index), 2 * bits, index));
                let expected = Left { d, saturated: false };
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
    }
}
