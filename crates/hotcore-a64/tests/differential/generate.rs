//! Makes cases: random words of each instruction, on states in which they find something to do.
//!
//! ```text
//! X0-X15, X28-X30   values, corners among them       X16-X23, SP   addresses in the scratch page
//! V0-V31            lanes of integers or of one      X24-X27       small offsets
//!                   floating-point format
//! ```
//! Loads and stores take their addresses from the registers that hold some, and transfer the
//! others. Left out is what the Arm ARM makes CONSTRAINED UNPREDICTABLE (K1.1).

use std::ops::Range;

use hotcore_a64::decode::{Op, decode};

use crate::case::{Case, State};
use crate::layout::{SCRATCH, SCRATCH_SIZE};
use crate::memory_word;
use crate::random::Random;
use crate::values;

/// The registers that hold addresses; 31 is SP.
pub(crate) const POINTERS: [u32; 9] = [16, 17, 18, 19, 20, 21, 22, 23, 31];
/// The registers that hold small offsets.
pub(crate) const OFFSETS: Range<u32> = 24..28;

/// The groups of the encoding index (C4.1), by bits 28 to 25.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// Data processing, immediate and register.
    Integer,
    /// Loads and stores.
    Memory,
    /// Floating point and Advanced SIMD.
    Vector,
    /// Branches, exceptions and System instructions.
    Control,
}

impl Group {
    /// The group of a word.
    pub(crate) fn of(word: u32) -> Self {
        match word >> 25 & 15 {
            0b1010 | 0b1011 => Self::Control,
            0b0111 | 0b1111 => Self::Vector,
            group if group & 0b0101 == 0b0100 => Self::Memory,
            _ => Self::Integer,
        }
    }
}

/// Makes the cases of one group.
pub(crate) struct Generator {
    random: Random,
    group: Group,
    ops: Vec<Op>,
    made: usize,
}

impl Generator {
    /// Of `group`.
    pub(crate) fn new(group: Group, random: Random) -> Self {
        let ops = Op::all().filter(|op| Group::of(op.word(0)) == group).collect();
        Self { random, group, ops, made: 0 }
    }

    /// A case of a few instructions. The first goes through the group, the others are random.
    pub(crate) fn case(&mut self) -> Case {
        let first = self.ops[self.made % self.ops.len()];
        self.made += 1;
        let mut words = self.words(first);
        for _ in 0..self.random.below(4) {
            let another = self.random.one_of(&self.ops);
            words.extend(self.words(another));
        }
        Case { words, state: state(&mut self.random) }
    }

    /// A word of `op`, with those that must stand before it.
    fn words(&mut self, op: Op) -> Vec<u32> {
        loop {
            let word = settled(op, op.word(self.random.bits() as u32));
            if decode(word) != Some(op) {
                continue;
            }
            if self.group != Group::Memory {
                return vec![word];
            }
            let word = memory_word::reachable(word, &mut self.random);
            if decode(word) == Some(op) && memory_word::is_predictable(word) {
                return memory_word::with_its_load(word);
            }
        }
    }
}

/// `word` with those bits as they should be (SBO, SBZ) without which QEMU finds it undefined.
fn settled(op: Op, word: u32) -> u32 {
    match op {
        Op::Smulh | Op::Umulh => word | 31 << 10,
        Op::FcmpZero | Op::FcmpeZero => word & !(31 << 16),
        _ => word,
    }
}

/// A state in which instructions find something to do.
pub(crate) fn state(random: &mut Random) -> State {
    let mut state = State::new();
    state.x = std::array::from_fn(|_| values::integer(random));
    for pointer in POINTERS {
        let address = address(random);
        match state.x.get_mut(pointer as usize) {
            Some(x) => *x = address,
            None => state.sp = address,
        }
    }
    for offset in OFFSETS {
        state.x[offset as usize] = random.below(128).wrapping_sub(64);
    }
    state.nzcv = (random.below(16) as u32) << 28;
    if random.once_in(2) {
        // AHP, DN, FZ and RMode.
        state.fpcr = (random.below(32) as u32) << 22;
    }
    if random.once_in(4) {
        state.fpsr = random.bits() as u32 & 0x0800_009f;
    }
    state.v = values::vectors(random);
    for bytes in state.memory.chunks_exact_mut(8) {
        bytes.copy_from_slice(&random.bits().to_le_bytes());
    }
    state
}

/// An address in the middle half of the scratch page, more often aligned than not; sometimes at an
/// end of the page, where accesses fault, and sometimes with a tag, which the CPU ignores.
fn address(random: &mut Random) -> u64 {
    let size = SCRATCH_SIZE as u64;
    let offset = match random.below(16) {
        0 => random.below(64),
        1 => size - random.below(64),
        _ => size / 4 + random.below(size / 2),
    };
    let address = SCRATCH + if random.once_in(4) { offset } else { offset & !15 };
    if random.once_in(16) { address | random.bits() << 56 } else { address }
}
