//! Results of half the size: extracted, shifted, or the high half of a sum.

use proptest::prelude::*;

use super::{
    D, Left, N, Sources, allocated, clamp, divide, execute, forms, is_scalar, lane, place, sources,
    word,
};
use crate::decode::Op;

/// Whether the sources are signed, and to which signedness the result saturates.
type Kind = (bool, Option<bool>);

const EXTRACTS: &[(&[Op], Kind)] = &[
    (&[Op::XtnVector], (false, None)),
    (&[Op::SqxtnVector, Op::SqxtnScalar], (true, Some(true))),
    (&[Op::UqxtnVector, Op::UqxtnScalar], (false, Some(false))),
    (&[Op::SqxtunVector, Op::SqxtunScalar], (true, Some(false))),
];

/// Shifts, and whether they round.
const SHIFTS: &[(&[Op], Kind, bool)] = &[
    (&[Op::ShrnVector], (false, None), false),
    (&[Op::RshrnVector], (false, None), true),
    (&[Op::SqshrnVector, Op::SqshrnScalar], (true, Some(true)), false),
    (&[Op::SqrshrnVector, Op::SqrshrnScalar], (true, Some(true)), true),
    (&[Op::UqshrnVector, Op::UqshrnScalar], (false, Some(false)), false),
    (&[Op::UqrshrnVector, Op::UqrshrnScalar], (false, Some(false)), true),
    (&[Op::SqshrunVector, Op::SqshrunScalar], (true, Some(false)), false),
    (&[Op::SqrshrunVector, Op::SqrshrunScalar], (true, Some(false)), true),
];

/// Sums and differences, and whether they round.
const HIGH_HALVES: &[(Op, bool, fn(i128, i128) -> i128)] = &[
    (Op::AddhnVector, false, |n, m| n + m),
    (Op::RaddhnVector, true, |n, m| n + m),
    (Op::SubhnVector, false, |n, m| n - m),
    (Op::RsubhnVector, true, |n, m| n - m),
];

/// Narrows lanes of n and m to `bits`, into the half that `Q` chooses.
fn narrowed(
    word: u32,
    bits: u32,
    sources: Sources,
    (signed, saturates): Kind,
    compute: impl Fn(i128, i128) -> i128,
) -> Left {
    let high = word >> 30 & 1 == 1 && !is_scalar(word);
    let count = if is_scalar(word) { 1 } else { 64 / bits };
    let mut half = Left { d: 0, saturated: false };
    for index in 0..count {
        let of = |value| lane(value, 2 * bits, index, signed);
        let exact = compute(of(sources.n), of(sources.m));
        let (kept, saturated) = match saturates {
            Some(signed) => clamp(exact, bits, signed),
            None => (exact, false),
        };
        half.d |= place(kept, bits, index);
        half.saturated |= saturated;
    }
    let d = if high { half.d << 64 | sources.d & u128::from(u64::MAX) } else { half.d };
    Left { d, ..half }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn extracts(sources in sources()) {
        for &(ops, kind) in EXTRACTS {
            for (op, size, q) in forms(ops) {
                let Some(word) = word(op, q, size) else { continue };
                let expected = narrowed(word, 8 << size, sources, kind, |n, _| n);
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
    }

    #[test]
    fn shifts(sources in sources(), immediate in 8..64u32) {
        for &(ops, kind, rounds) in SHIFTS {
            for (op, _, q) in forms(ops).filter(|&(_, size, _)| size == 0) {
                let fields = u32::from(q) << 30 | immediate << 16 | N << 5 | D;
                let Some(word) = allocated(op, fields) else { continue };
                let bits = 1 << immediate.ilog2();
                let by = 2 * bits - immediate;
                let expected = narrowed(word, bits, sources, kind, |n, _| divide(n, by, rounds));
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
    }

    #[test]
    fn high_halves(sources in sources()) {
        for &(op, rounds, compute) in HIGH_HALVES {
            for (op, size, q) in forms(&[op]) {
                let Some(word) = word(op, q, size) else { continue };
                let bits = 8 << size;
                let high = |n, m| divide(compute(n, m), bits, rounds);
                let expected = narrowed(word, bits, sources, (false, None), high);
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
    }
}
