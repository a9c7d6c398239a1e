//! Neighbours, and all lanes of a register.

use proptest::prelude::*;

use super::{Left, execute, forms, lane, place, sources, width, word};
use crate::decode::Op;

/// What becomes of two lanes.
type Model = fn(i128, i128) -> i128;

/// Pairwise and across lanes, and whether the lanes are signed.
const MODELS: &[(Op, Op, bool, Model)] = &[
    (Op::AddpVector, Op::Addv, false, |a, b| a + b),
    (Op::SmaxpVector, Op::Smaxv, true, i128::max),
    (Op::UmaxpVector, Op::Umaxv, false, i128::max),
    (Op::SminpVector, Op::Sminv, true, i128::min),
    (Op::UminpVector, Op::Uminv, false, i128::min),
];

/// Sums of twice the size: of neighbours, whether d takes part, whether the lanes are signed.
const SUMS: &[(Op, bool, bool)] = &[
    (Op::SaddlpVector, false, true),
    (Op::UaddlpVector, false, false),
    (Op::SadalpVector, true, true),
    (Op::UadalpVector, true, false),
];

fn all_lanes(value: u128, bits: u32, count: u32, signed: bool) -> Vec<i128> {
    (0..count).map(|index| lane(value, bits, index, signed)).collect()
}

fn join(lanes: impl IntoIterator<Item = i128>, bits: u32) -> Left {
    let d = (0..).zip(lanes).fold(0, |d, (index, value)| d | place(value, bits, index));
    Left { d, saturated: false }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pairs(sources in sources()) {
        for &(op, _, signed, join_two) in MODELS {
            for (op, size, q) in forms(&[op]) {
                let Some(word) = word(op, q, size) else { continue };
                let bits = 8 << size;
                let count = width(word, bits) / bits;
                let lanes = [sources.n, sources.m].map(|v| all_lanes(v, bits, count, signed));
                let expected = join(lanes.concat().chunks(2).map(|pair| join_two(pair[0], pair[1])), bits);
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
        let doublewords = all_lanes(sources.n, 64, 2, false);
        let expected = join([doublewords[0] + doublewords[1]], 64);
        prop_assert_eq!(execute(word(Op::AddpScalar, true, 3).unwrap(), sources), expected);
    }

    #[test]
    fn reductions(sources in sources()) {
        for &(_, op, signed, join_two) in MODELS {
            for (op, size, q) in forms(&[op]) {
                let Some(word) = word(op, q, size) else { continue };
                let bits = 8 << size;
                let lanes = all_lanes(sources.n, bits, width(word, bits) / bits, signed);
                let expected = join(lanes.into_iter().reduce(join_two), bits);
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
        for (op, signed) in [(Op::Saddlv, true), (Op::Uaddlv, false)] {
            for (op, size, q) in forms(&[op]) {
                let Some(word) = word(op, q, size) else { continue };
                let bits = 8 << size;
                let lanes = all_lanes(sources.n, bits, width(word, bits) / bits, signed);
                let expected = join([lanes.iter().sum()], 2 * bits);
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
    }

    #[test]
    fn sums_of_twice_the_size(sources in sources()) {
        for &(op, accumulates, signed) in SUMS {
            for (op, size, q) in forms(&[op]) {
                let Some(word) = word(op, q, size) else { continue };
                let bits = 8 << size;
                let lanes = all_lanes(sources.n, bits, width(word, bits) / bits, signed);
                let sums = (0..).zip(lanes.chunks(2)).map(|(index, pair)| {
                    let d = if accumulates { lane(sources.d, 2 * bits, index, signed) } else { 0 };
                    d + pair[0] + pair[1]
                });
                let expected = join(sums, 2 * bits);
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
    }
}
