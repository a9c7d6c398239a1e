//! The fields of load and store words: addresses that lie in the scratch page, and nothing that the
//! Arm ARM leaves open.

use crate::generate::{OFFSETS, POINTERS};
use crate::layout::{CODE, SCRATCH, SCRATCH_SIZE};
use crate::random::Random;

/// The classes of loads and stores that place their fields differently (C4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Class {
    Exclusive,
    Literal,
    Pair,
    Structure,
    Unsigned,
    RegisterOffset,
    Atomic,
    Immediate,
}

fn class(word: u32) -> Class {
    match (word >> 27 & 7, word >> 24 & 3) {
        (0b001, _) if word >> 26 & 1 == 1 => Class::Structure,
        // CAS and CASP.
        (0b001, _) if word >> 21 & 1 == 1 && word >> 31 & !(word >> 23) & 1 == 0 => Class::Atomic,
        (0b001, _) => Class::Exclusive,
        (0b011, _) => Class::Literal,
        (0b101, _) => Class::Pair,
        (_, 0b01) => Class::Unsigned,
        _ => match (word >> 21 & 1, word >> 10 & 3) {
            (1, 0b10) => Class::RegisterOffset,
            (1, _) => Class::Atomic,
            _ => Class::Immediate,
        },
    }
}

/// `word` with the fields of its address so that most accesses hit the scratch page.
pub(crate) fn reachable(word: u32, random: &mut Random) -> u32 {
    let class = class(word);
    let word = transferring(word, random);
    if class == Class::Literal {
        let distance = SCRATCH - CODE + random.below(SCRATCH_SIZE as u64 - 64);
        return set(word, 5, 19, (distance / 4) as u32);
    }
    let word = set(word, 5, 5, random.one_of(&POINTERS));
    let offset = OFFSETS.start + random.below(u64::from(OFFSETS.end - OFFSETS.start)) as u32;
    match class {
        Class::RegisterOffset => set(word, 16, 5, offset),
        Class::Structure if word >> 23 & 1 == 1 && random.once_in(2) => set(word, 16, 5, offset),
        Class::Structure if word >> 23 & 1 == 1 => set(word, 16, 5, 31),
        Class::Unsigned => set(word, 10, 12, random.below(64) as u32),
        // Bits that should be one: Rt2 without a pair, Rs but in a store-exclusive.
        Class::Exclusive => {
            let word = if word >> 21 & 1 == 0 { set(word, 10, 5, 31) } else { word };
            if is_store_exclusive(word) { word } else { set(word, 16, 5, 31) }
        }
        _ => word,
    }
}

/// `word` with general-purpose registers to transfer that hold no address.
fn transferring(word: u32, random: &mut Random) -> u32 {
    if word >> 26 & 1 == 1 {
        return word;
    }
    let mut word = set(word, 0, 5, plain(word, random));
    match class(word) {
        Class::Pair => word = set(word, 10, 5, plain(word >> 10, random)),
        Class::Exclusive => {
            word = set(word, 10, 5, plain(word >> 10, random));
            word = set(word, 16, 5, plain(word >> 16, random));
        }
        Class::Atomic => word = set(word, 16, 5, plain(word >> 16, random)),
        _ => {}
    }
    word
}

/// The register in bits 4 to 0, or another if that one holds an address or an offset.
fn plain(register: u32, random: &mut Random) -> u32 {
    match register & 31 {
        16..28 => random.below(16) as u32,
        register => register,
    }
}

/// Whether the Arm ARM says what `word` does.
pub(crate) fn is_predictable(word: u32) -> bool {
    let (t, n, t2, s) = (word & 31, word >> 5 & 31, word >> 10 & 31, word >> 16 & 31);
    let is_load = word >> 22 & 1 == 1;
    match class(word) {
        Class::Pair => !is_load || t != t2,
        Class::Exclusive if word >> 23 & 1 == 1 => true, // LDAR, STLR
        Class::Exclusive if is_load => word >> 21 & 1 == 0 || t != t2,
        Class::Exclusive => s != t && (s != n || n == 31) && (word >> 21 & 1 == 0 || s != t2),
        _ => true,
    }
}

fn is_store_exclusive(word: u32) -> bool {
    class(word) == Class::Exclusive && matches!(word >> 22 & 3, 0)
}

/// A store-exclusive with the load-exclusive that it wants before it; any other word alone.
pub(crate) fn with_its_load(word: u32) -> Vec<u32> {
    if !is_store_exclusive(word) {
        return vec![word];
    }
    let load = set(word | 1 << 22, 16, 5, 31);
    // Registers that the store does not name: what it transfers is not what was loaded.
    let load = set(load, 0, 5, (word + 1) & 15);
    let load = if word >> 21 & 1 == 1 { set(load, 10, 5, (word + 2) & 15) } else { load };
    vec![load, word]
}

/// `word` with `value` in the field of `width` bits at `low`.
fn set(word: u32, low: u32, width: u32, value: u32) -> u32 {
    let mask = (1 << width) - 1;
    word & !(mask << low) | (value & mask) << low
}
