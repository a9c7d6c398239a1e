//! Floating-point instructions on every pair of special values, in every mode of FPCR.
//!
//! ```text
//! V8-V23   the values: lane l of L holds the one that is 16/L * l further on than that of lane 0
//! X8-X23   integers    X28   where the next result goes
//! of each instruction: V5, FPSR, NZCV, X5
//! ```

use hotcore_a64::decode::{Op, decode};

use crate::case::{Case, State};
use crate::layout::SCRATCH;
use crate::random::Random;
use crate::values::integer;

/// Registers with values, and the number of the first.
const VALUES: usize = 16;
const FIRST: u32 = 8;
/// Instructions of a case: their results fit into the scratch page.
const COMBINATIONS: usize = 24;

/// What stands around an instruction that leaves its result in V5, X5 or the flags.
const BEFORE: [u32; 2] = [
    0x4ea4_1c85, // mov v5.16b, v4.16b
    0xd51b_443f, // msr fpsr, xzr
];
const AFTER: [u32; 5] = [
    0x3c81_0785, // str q5, [x28], #16
    0xd53b_4420, // mrs x0, fpsr
    0xd53b_4206, // mrs x6, nzcv
    0xa881_1b80, // stp x0, x6, [x28], #16
    0xf800_8785, // str x5, [x28], #8
];

/// A floating-point format: its width, and the bits of its exponent and fraction.
type Format = (u32, u32, u32);
const HALF: Format = (16, 5, 10);
const SINGLE: Format = (32, 8, 23);
const DOUBLE: Format = (64, 11, 52);

/// Zero, subnormals, the least normal, 1, its successor, the greatest, infinity, NaNs of both kinds;
/// and most of them with the other sign.
fn specials((width, exponents, fractions): Format) -> [u64; VALUES] {
    let infinity = ((1 << exponents) - 1) << fractions;
    let (least, sign) = (1 << fractions, 1 << (width - 1));
    let one = ((1 << (exponents - 1)) - 1) << fractions;
    let quiet = infinity | least >> 1 | 0x15;
    let signalling = infinity | 0x2a;
    [
        0,
        1,
        least - 1,
        least,
        one,
        one | 1,
        infinity - 1,
        infinity,
        quiet,
        signalling,
        sign,
        sign | 1,
        sign | one,
        sign | (infinity - 1),
        sign | infinity,
        sign | quiet,
    ]
}

/// Every case of the grid, one after the other.
pub(crate) fn cases(mut random: Random) -> Vec<Case> {
    let floating = |op: &Op| format!("{op:?}").starts_with('F') || is_conversion(*op);
    let ops: Vec<Op> = Op::all().filter(floating).collect();
    ops.iter().flat_map(|&op| cases_of(op, &mut random)).collect()
}

fn cases_of(op: Op, random: &mut Random) -> Vec<Case> {
    let mut cases = Vec::new();
    for format in [HALF, SINGLE, DOUBLE] {
        let words = words(op, format, random);
        // FPCR: 26 AHP | 25 DN | 24 FZ | 23:22 RMode.
        for mode in 0..32 {
            if mode >= 16 && format != HALF && !is_conversion(op) {
                continue;
            }
            for words in words.chunks(COMBINATIONS) {
                cases.push(case(words, format, mode << 22, random));
            }
        }
    }
    cases
}

fn is_conversion(op: Op) -> bool {
    let name = format!("{op:?}");
    name.starts_with("Fcvt") || name.contains("cvtf")
}

/// As many values as the second source takes; or how often a conversion gets other formats and other
/// numbers of fraction bits.
fn seconds(op: Op) -> u32 {
    match op.word(31 << 16) == op.word(0) {
        true => 1,
        false if is_conversion(op) => 4,
        false => VALUES as u32,
    }
}

/// The words of `op` with operands of `format`, on every pair of values.
fn words(op: Op, format: Format, random: &mut Random) -> Vec<u32> {
    let lanes = if is_vector(op) { 128 / format.0 as usize } else { 1 };
    let firsts = VALUES / lanes.min(VALUES);
    let mut words = Vec::new();
    for n in 0..firsts as u32 {
        for m in 0..seconds(op) {
            let a = (7 * n + 3 * m) % VALUES as u32;
            words.extend(word(op, format, [n, m, a], random));
        }
    }
    words.dedup();
    words
}

fn is_vector(op: Op) -> bool {
    op.word(0) >> 28 & 1 == 0
}

/// A word whose fields that are no registers are random.
fn word(op: Op, format: Format, [n, m, a]: [u32; 3], random: &mut Random) -> Option<u32> {
    let registers = (FIRST + m) << 16 | (FIRST + n) << 5 | 5;
    (0..64).find_map(|_| {
        let others = random.bits() as u32 & 0xffe0_fc00 | 1 << 30;
        // The third source of FMADD and its like.
        let third =
            if op.word(0) >> 24 & 0xff == 0x1f { (FIRST + a) << 10 } else { others & 0xfc00 };
        let word = op.word(others & !0xfc00 | third | registers);
        (decode(word) == Some(op) && is_of(op, word, format)).then_some(word)
    })
}

/// Whether `word` has operands of `format`, as far as its size field tells.
fn is_of(op: Op, word: u32, format: Format) -> bool {
    match (word >> 22 & 3, format) {
        (_, HALF) => is_conversion(op),
        (size, SINGLE) => size & 1 == 0,
        (size, _) => size & 1 == 1,
    }
}

fn case(words: &[u32], format: Format, fpcr: u32, random: &mut Random) -> Case {
    let mut state = State::new();
    state.fpcr = fpcr;
    state.x = std::array::from_fn(|_| integer(random));
    state.x[28] = SCRATCH;
    let values = specials(format);
    let lanes = 128 / format.0 as usize;
    for register in 0..VALUES {
        let lane = |index: usize| u128::from(values[(register + VALUES / lanes * index) % VALUES]);
        let vector = (0..lanes).map(|index| lane(index) << (format.0 as usize * index));
        state.v[FIRST as usize + register] = vector.sum();
    }
    // What FMLA adds to, and what the upper halves of narrowing conversions stay.
    state.v[4] = state.v[FIRST as usize + random.below(VALUES as u64) as usize];
    let around = |&word: &u32| BEFORE.into_iter().chain([word]).chain(AFTER);
    Case { words: words.iter().flat_map(around).collect(), state }
}
