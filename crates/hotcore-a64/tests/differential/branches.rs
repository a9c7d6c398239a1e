//! Cases of branches: each may go forwards, backwards or on, and marks tell where it went.
//!
//! ```text
//! 0      B to 6
//! 1-4    marks
//! 5      B to 11
//! 6      the branch
//! 7-10   marks
//! 11     the end
//! ```

use hotcore_a64::decode::Op;

use crate::case::Case;
use crate::generate::{POINTERS, state};
use crate::layout::CODE;
use crate::random::Random;

/// The branches, and what EL0 finds undefined. SVC and HLT are calls, to Linux and to a debugger.
const OPS: [Op; 19] = [
    Op::B,
    Op::Bl,
    Op::BCond,
    Op::Cbz,
    Op::Cbnz,
    Op::Tbz,
    Op::Tbnz,
    Op::Br,
    Op::Blr,
    Op::Ret,
    Op::BCond,
    Op::Eret,
    Op::Drps,
    Op::Hvc,
    Op::Smc,
    Op::Brk,
    Op::Dcps1,
    Op::Dcps2,
    Op::Dcps3,
];

/// Where the branch stands, and where the case ends.
const BRANCH: u32 = 6;
const END: u32 = 11;

/// A case of one branch.
pub(crate) fn case(random: &mut Random) -> Case {
    let mut state = state(random);
    let target: u32 = random.one_of(&[1, 2, 3, 4, 5, 7, 8, 9, 10]);
    let op = random.one_of(&OPS);
    let words = (0..END).map(|index| match index {
        0 => b(BRANCH),
        5 => b(END - 5),
        BRANCH => branch(op, target.wrapping_sub(BRANCH), random),
        _ => mark(index),
    });
    let words = words.collect();
    let mut address = CODE + 4 * u64::from(target);
    if random.once_in(16) {
        // Not aligned, or not mapped.
        address += random.one_of(&[2, 1 << 16]);
    }
    for pointer in POINTERS.into_iter().filter(|&pointer| pointer < 31) {
        state.x[pointer as usize] = address;
    }
    state.x[MARKED as usize] = 0;
    Case { words, state }
}

/// The register that the marks change, one bit each.
const MARKED: u32 = 29;

fn mark(index: u32) -> u32 {
    Op::AddImmediate.word(1 << 31 | 1 << (10 + index) | MARKED << 5 | MARKED)
}

fn b(distance: u32) -> u32 {
    Op::B.word(distance)
}

/// `op` with a target `distance` instructions away, if it has one of its own.
fn branch(op: Op, distance: u32, random: &mut Random) -> u32 {
    let fields = random.bits() as u32;
    let with = |width: u32, low: u32| {
        let mask = (1 << width) - 1;
        fields & !(mask << low) | (distance & mask) << low
    };
    op.word(match op {
        Op::B | Op::Bl => with(26, 0),
        Op::BCond | Op::Cbz | Op::Cbnz => with(19, 5),
        Op::Tbz | Op::Tbnz => with(14, 5),
        _ => fields & !(31 << 5) | (16 + (fields >> 5 & 7)) << 5,
    })
}
