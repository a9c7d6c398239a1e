//! Three registers of one arrangement, two registers of one arrangement, and their scalars.

use proptest::prelude::*;

use super::{Left, Sources, clamp, divide, execute, forms, lane, place, sources, width, word};
use crate::decode::Op;

/// What an instruction computes from the lanes d, n and m with `bits`, before it is cut or saturated.
type Model = fn(d: i128, n: i128, m: i128, bits: u32) -> i128;

const WRAPS: bool = false;
const SATURATES: bool = true;

/// Instructions, whether their lanes are signed, what becomes of a result that does not fit.
const MODELS: &[(&[Op], bool, bool, Model)] = &[
    (&[Op::AddVector, Op::AddScalar], false, WRAPS, |_, n, m, _| n + m),
    (&[Op::SubVector, Op::SubScalar], false, WRAPS, |_, n, m, _| n - m),
    (&[Op::MulVector], true, WRAPS, |_, n, m, _| n * m),
    (&[Op::MlaVector], true, WRAPS, |d, n, m, _| d + n * m),
    (&[Op::MlsVector], true, WRAPS, |d, n, m, _| d - n * m),
    (&[Op::PmulVector], false, WRAPS, |_, n, m, _| carryless(n, m)),
    (&[Op::ShaddVector], true, WRAPS, |_, n, m, _| divide(n + m, 1, false)),
    (&[Op::UhaddVector], false, WRAPS, |_, n, m, _| divide(n + m, 1, false)),
    (&[Op::SrhaddVector], true, WRAPS, |_, n, m, _| divide(n + m, 1, true)),
    (&[Op::UrhaddVector], false, WRAPS, |_, n, m, _| divide(n + m, 1, true)),
    (&[Op::ShsubVector], true, WRAPS, |_, n, m, _| divide(n - m, 1, false)),
    (&[Op::UhsubVector], false, WRAPS, |_, n, m, _| divide(n - m, 1, false)),
    (&[Op::SmaxVector], true, WRAPS, |_, n, m, _| if n > m { n } else { m }),
    (&[Op::UmaxVector], false, WRAPS, |_, n, m, _| if n > m { n } else { m }),
    (&[Op::SminVector], true, WRAPS, |_, n, m, _| if n < m { n } else { m }),
    (&[Op::UminVector], false, WRAPS, |_, n, m, _| if n < m { n } else { m }),
    (&[Op::SabdVector], true, WRAPS, |_, n, m, _| (n - m).abs()),
    (&[Op::UabdVector], false, WRAPS, |_, n, m, _| (n - m).abs()),
    (&[Op::SabaVector], true, WRAPS, |d, n, m, _| d + (n - m).abs()),
    (&[Op::UabaVector], false, WRAPS, |d, n, m, _| d + (n - m).abs()),
    (&[Op::CmeqVector, Op::CmeqScalar], false, WRAPS, |_, n, m, _| -i128::from(n == m)),
    (&[Op::CmgtVector, Op::CmgtScalar], true, WRAPS, |_, n, m, _| -i128::from(n > m)),
    (&[Op::CmgeVector, Op::CmgeScalar], true, WRAPS, |_, n, m, _| -i128::from(n >= m)),
    (&[Op::CmhiVector, Op::CmhiScalar], false, WRAPS, |_, n, m, _| -i128::from(n > m)),
    (&[Op::CmhsVector, Op::CmhsScalar], false, WRAPS, |_, n, m, _| -i128::from(n >= m)),
    (&[Op::CmtstVector, Op::CmtstScalar], false, WRAPS, |_, n, m, _| -i128::from(n & m != 0)),
    (&[Op::CmgtZeroVector, Op::CmgtZeroScalar], true, WRAPS, |_, n, _, _| -i128::from(n > 0)),
    (&[Op::CmgeZeroVector, Op::CmgeZeroScalar], true, WRAPS, |_, n, _, _| -i128::from(n >= 0)),
    (&[Op::CmeqZeroVector, Op::CmeqZeroScalar], true, WRAPS, |_, n, _, _| -i128::from(n == 0)),
    (&[Op::CmleZeroVector, Op::CmleZeroScalar], true, WRAPS, |_, n, _, _| -i128::from(n <= 0)),
    (&[Op::CmltZeroVector, Op::CmltZeroScalar], true, WRAPS, |_, n, _, _| -i128::from(n < 0)),
    (&[Op::SqaddVector, Op::SqaddScalar], true, SATURATES, |_, n, m, _| n + m),
    (&[Op::UqaddVector, Op::UqaddScalar], false, SATURATES, |_, n, m, _| n + m),
    (&[Op::SqsubVector, Op::SqsubScalar], true, SATURATES, |_, n, m, _| n - m),
    (&[Op::UqsubVector, Op::UqsubScalar], false, SATURATES, |_, n, m, _| n - m),
    (&[Op::SqdmulhVector, Op::SqdmulhScalar], true, SATURATES, |_, n, m, bits| {
        divide(2 * n * m, bits, false)
    }),
    (&[Op::SqrdmulhVector, Op::SqrdmulhScalar], true, SATURATES, |_, n, m, bits| {
        divide(2 * n * m, bits, true)
    }),
    (&[Op::AbsVector, Op::AbsScalar], true, WRAPS, |_, n, _, _| n.abs()),
    (&[Op::NegVector, Op::NegScalar], true, WRAPS, |_, n, _, _| -n),
    (&[Op::SqabsVector, Op::SqabsScalar], true, SATURATES, |_, n, _, _| n.abs()),
    (&[Op::SqnegVector, Op::SqnegScalar], true, SATURATES, |_, n, _, _| -n),
    (&[Op::SuqaddVector, Op::SuqaddScalar], true, SATURATES, |d, n, _, bits| {
        d + n.rem_euclid(1 << bits)
    }),
    (&[Op::UsqaddVector, Op::UsqaddScalar], false, SATURATES, |d, n, _, bits| {
        d + if n >> (bits - 1) == 1 { n - (1 << bits) } else { n }
    }),
    (&[Op::ClzVector], false, WRAPS, |_, n, _, bits| {
        i128::from(bits) - digits(n).trim_start_matches('0').len() as i128
    }),
    (&[Op::ClsVector], true, WRAPS, |_, n, _, bits| {
        let magnitude = if n < 0 { -1 - n } else { n };
        i128::from(bits) - 1 - digits(magnitude).trim_start_matches('0').len() as i128
    }),
    (&[Op::CntVector], false, WRAPS, |_, n, _, _| digits(n).matches('1').count() as i128),
];

fn digits(value: i128) -> String {
    format!("{value:b}")
}

fn carryless(n: i128, m: i128) -> i128 {
    (0..64).filter(|bit| n >> bit & 1 == 1).fold(0, |sum, bit| sum ^ m << bit)
}

fn model(row: &(&[Op], bool, bool, Model), (bits, width): (u32, u32), sources: Sources) -> Left {
    let (_, signed, saturates, compute) = *row;
    let mut left = Left { d: 0, saturated: false };
    for index in 0..width / bits {
        let of = |value| lane(value, bits, index, signed);
        let exact = compute(of(sources.d), of(sources.n), of(sources.m), bits);
        let (kept, saturated) = if saturates { clamp(exact, bits, signed) } else { (exact, false) };
        left.d |= place(kept, bits, index);
        left.saturated |= saturated;
    }
    left
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_lane_is_as_the_model_has_it(sources in sources()) {
        for row in MODELS {
            for (op, size, q) in forms(row.0) {
                let Some(word) = word(op, q, size) else { continue };
                let bits = 8 << size;
                let expected = model(row, (bits, width(word, bits)), sources);
                prop_assert_eq!(execute(word, sources), expected, "{:?} {:08x}", op, word);
            }
        }
    }
}

#[test]
fn saturation_in_the_lanes_that_take_no_part_is_not_seen() {
    let overflows = u128::from(u64::MAX) << 64;
    let sources = Sources { d: 0, n: overflows, m: overflows };
    let half = word(Op::UqaddVector, false, 0).unwrap();
    assert_eq!(execute(half, sources), Left { d: 0, saturated: false });
    let whole = word(Op::UqaddVector, true, 0).unwrap();
    assert_eq!(execute(whole, sources), Left { d: overflows, saturated: true });
}

#[test]
fn comparisons_find_the_zero_of_a_string() {
    let n = u128::from_le_bytes(*b"a string\0 and mo");
    let word = word(Op::CmeqZeroVector, true, 0).unwrap();
    let left = execute(word, Sources { d: 7, n, m: 0 });
    assert_eq!(left, Left { d: 0xff << 64, saturated: false });
}
