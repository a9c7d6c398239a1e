//! Random programs that end: every stretch of code counts down, and leaves for the end at zero.
//!
//! ```text
//! X0-X7   values        X8      CPACR_EL1 with FP        X9-X13   where indirect branches go
//! X14, X15  TTBR0_EL1   X16     data                     X17      the end of data
//! X18     a name of a page of code   X19-X22  instructions   X23, X29  the code, and its number
//! X24, X25  descriptors of the code of either kind   X26  where they stand   X27  for a moment
//! X28     what is left to run
//! ```
//! Exceptions call the machine and go on with the next instruction, so that nothing has to be legal.
//!
//! What changes the mapping of the code stands in stretches that both kinds have in common and that
//! nothing overwrites: until its ISB, instructions may be those of either.

use hotcore_a64::decode::{Op, decode};
use proptest::prelude::*;

use crate::layout::{ALIAS, CODE, CODE_PAGES, END, HVC, PAGE, STRETCH, STRETCHES};

/// A program and what it starts with.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    /// Both kinds.
    pub(crate) code: [Vec<u32>; 2],
    pub(crate) at_el0: bool,
    /// X0-X7.
    pub(crate) values: [u64; 8],
    /// Stretches whose addresses are in X9-X13.
    pub(crate) targets: [usize; 5],
    /// X19-X22.
    pub(crate) spare: [u32; 4],
    /// X18.
    pub(crate) writes_to: u64,
    /// X28.
    pub(crate) fuel: u64,
}

/// Words of a body.
const BODY: usize = STRETCH - 3;

/// `sub x28, x28, #1`
const COUNT: u32 = 0xd100_079c;
/// `isb`
const ISB: u32 = 0xd503_3fdf;
/// `dsb ish`
const DSB: u32 = 0xd503_3b9f;

/// Every so many stretches there is one that both kinds have in common.
const COMMON: usize = 4;

/// The upper bits of Rd, Rn and Rm.
const NOT_LOW: u32 = 0b11 << 3 | 0b11 << 8 | 0b11 << 19;

/// Data processing, integer and SIMD, with sources and destinations among X0-X7.
fn computes() -> impl Strategy<Value = u32> {
    let ops: Vec<Op> = Op::all()
        .filter(|op| matches!(op.word(0) >> 25 & 15, 0b1000 | 0b1001 | 0b0101 | 0b1101 | 0b0111))
        // They lead to the code and to the tables.
        .filter(|op| !matches!(op, Op::Adr | Op::Adrp))
        .collect();
    (prop::sample::select(ops), any::<u32>()).prop_filter_map("not allocated", |(op, fields)| {
        let word = op.word(fields & !NOT_LOW);
        (decode(word) == Some(op) && word & 0b11 << 3 == 0).then_some(word)
    })
}

/// Loads and stores of X0-X7 in the data, at its end, and outside RAM.
fn accesses() -> impl Strategy<Value = u32> {
    let base = prop_oneof![4 => Just(16u32), 2 => Just(17u32), 1 => 0..8u32];
    // ldr x; str x; ldrb; str w; ldp; stp; ldur; str q; ldr q, each with a small immediate.
    let forms = prop::sample::select(vec![
        0xf940_0000u32,
        0xf900_0000,
        0x3940_0000,
        0xb900_0000,
        0xa940_0000,
        0xa900_0000,
        0xf840_0000,
        0x3d80_0000,
        0x3dc0_0000,
    ]);
    (forms, base, 0..8u32, 0..8u32, 0..8u32).prop_map(|(form, base, t, t2, immediate)| {
        let pair = form >> 24 == 0xa9;
        let second = if pair { t2 << 10 } else { 0 };
        let offset = if pair { immediate << 15 } else { immediate << 12 };
        form | offset | second | base << 5 | t
    })
}

/// `str w19, [x18, #slot]`, or of W20-W22: over a word of a body, in the page that X18 names.
fn rewrites() -> impl Strategy<Value = u32> {
    let in_page = PAGE as u32 / 4 / STRETCH as u32;
    (0..in_page, 2..STRETCH as u32 - 1, 19..23u32).prop_map(|(stretch, at, word)| {
        let stretch = if stretch.is_multiple_of(COMMON as u32) { stretch + 1 } else { stretch };
        0xb900_0000 | (stretch * STRETCH as u32 + at) << 10 | 18 << 5 | word
    })
}

/// What is executed in one go, in a body.
fn pieces() -> impl Strategy<Value = Vec<u32>> {
    let one = |word: u32| Just(vec![word]);
    let rewritten =
        |rest: &'static [u32]| rewrites().prop_map(move |word| [&[word], rest].concat());
    prop_oneof![
        20 => computes().prop_map(|word| vec![word]),
        6 => accesses().prop_map(|word| vec![word]),
        // Not announced; then announced as it should be: ic ivau, x23; dsb ish; isb.
        4 => rewritten(&[]),
        2 => rewritten(&[0xd50b_7537, DSB, ISB]),
        // msr cpacr_el1, x8 or xzr; isb
        1 => prop_oneof![Just(8u32), Just(31)].prop_map(|x| vec![0xd518_1040 | x, ISB]),
        1 => one(HVC),
        // svc #0; brk #0; tlbi vmalle1; dc zva, x16; ic iallu; msr spsel, #0; msr spsel, #1; udf
        2 => prop::sample::select(vec![
            0xd400_0001u32, 0xd420_0000, 0xd508_871f, 0xd50b_7430, 0xd508_751f, 0xd500_40bf,
            0xd500_41bf, 0,
        ]).prop_map(|word| vec![word]),
    ]
}

/// From word `from` to word `to`, modulo 2^32.
fn words_to(to: usize, from: usize) -> u32 {
    (to as u32).wrapping_sub(from as u32)
}

/// The last word of stretch `number`, with targets that are stretches.
fn leaves(number: usize, choice: u32, target: usize) -> u32 {
    let offset = words_to(target * STRETCH, number * STRETCH + STRETCH - 1);
    let (imm26, imm19) = (offset & 0x3ff_ffff, (offset & 0x7_ffff) << 5);
    let register = choice >> 8 & 7;
    match choice & 15 {
        0..3 => 0x1400_0000 | imm26,
        3 => 0x9400_0000 | imm26,
        4..6 => 0xb400_0000 | imm19 | register,
        6..8 => 0x3500_0000 | imm19 | register,
        8..10 => 0x5400_0000 | imm19 | choice >> 8 & 15,
        10 => 0x3600_0000 | imm19 & 0x7_ffe0 | register,
        11 => 0xd61f_0000 | (9 + register % 5) << 5,
        12 => 0xd63f_0000 | (9 + register % 5) << 5,
        13 => 0xd65f_03c0,
        // nop
        _ => 0xd503_201f,
    }
}

/// What changes the mapping of the code, and is executed as it stands; to which kind, a bit of X28
/// says, so that the same words lead elsewhere at other times.
fn switches() -> impl Strategy<Value = Vec<u32>> {
    // tst x28, #1, #2 or #4
    let test = prop::sample::select(vec![0xf240_039fu32, 0xf27f_039f, 0xf27e_039f]);
    let switch = prop::sample::select(vec![
        // csel x27, x24, x25, eq; str x27, [x26]; dsb ish; tlbi vaae1, x29; dsb ish; isb
        vec![0x9a99_031b, 0xf900_035b, DSB, 0xd508_877d, DSB, ISB],
        // csel x27, x14, x15, eq; msr ttbr0_el1, x27; isb
        vec![0x9a8f_01db, 0xd518_201b, ISB],
    ]);
    (test, switch).prop_map(|(test, switch)| [vec![test], switch].concat())
}

type Bodies = Vec<Vec<u32>>;

/// Few different bodies, so that cases are made fast.
fn bodies() -> impl Strategy<Value = Bodies> {
    let body = prop::collection::vec(pieces(), BODY).prop_map(|pieces| pieces.concat());
    prop::collection::vec(body, 4..8)
}

fn common() -> impl Strategy<Value = Bodies> {
    let pieces = prop::collection::vec(computes(), BODY);
    let body = (switches(), pieces).prop_map(|(switch, rest)| [switch, rest].concat());
    prop::collection::vec(body, 2..5)
}

/// Code of one kind, with these bodies.
fn code(common: Bodies) -> impl Strategy<Value = Vec<u32>> {
    let ends = prop::collection::vec((any::<u32>(), any::<prop::sample::Index>()), STRETCHES);
    // Often few of them, so that the same stretch runs many times.
    let nearby = prop_oneof![2..12usize, 1..STRETCHES];
    (bodies(), ends, nearby).prop_map(move |(bodies, ends, nearby)| {
        let mut code = Vec::new();
        for (number, (choice, target)) in ends.into_iter().enumerate() {
            let bodies = if number % COMMON == 0 { &common } else { &bodies };
            let body = &bodies[number / COMMON % bodies.len()];
            let to_end = words_to(0, number * STRETCH + 1 + ((CODE - END) / 4) as usize);
            code.extend([COUNT, 0xb7f8_001c | (to_end & 0x3fff) << 5]);
            code.extend(&body[..BODY]);
            code.push(leaves(number, choice, target.index(nearby)));
        }
        code
    })
}

/// A program.
pub(crate) fn program() -> impl Strategy<Value = Program> {
    let values = prop::array::uniform8(any::<u64>());
    let targets = prop::array::uniform5(0..STRETCHES);
    let spare = [computes(), computes(), computes(), computes()];
    let page = prop_oneof![Just(CODE), (0..2 * CODE_PAGES).prop_map(|at| ALIAS + at * PAGE)];
    let code = common().prop_flat_map(|common| [code(common.clone()), code(common)]);
    (code, any::<bool>(), values, targets, spare, page, 20..300u64).prop_map(
        |(code, at_el0, values, targets, spare, writes_to, fuel)| Program {
            code,
            at_el0,
            values,
            targets,
            spare,
            writes_to,
            fuel,
        },
    )
}
