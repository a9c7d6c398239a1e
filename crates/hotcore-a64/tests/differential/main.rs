//! Compares this crate's CPU with Debian's `qemu-aarch64`, instruction by instruction.
//!
//! `HOTCORE_QEMU_AARCH64` names the emulator. `HOTCORE_SEED` chooses other cases than the usual
//! ones, `HOTCORE_ORACLE_CASES` says how many there are of each kind of instructions.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

mod assembler;
mod branches;
mod case;
mod compare;
mod difference;
mod generate;
mod grid;
mod layout;
mod memory_word;
mod oracle;
mod ours;
mod random;
mod runner;
mod system_words;
mod values;

use case::{Case, State, Stop};
use generate::{Generator, Group};
use layout::{CODE, SCRATCH};
use oracle::Oracle;
use random::Random;

/// A number in the environment variable `name`, or `usual`.
fn setting(name: &str, usual: u64) -> u64 {
    let value = std::env::var(name).ok();
    value.map_or(usual, |value| value.parse().unwrap_or_else(|why| panic!("{name}: {why}")))
}

/// Compares what both CPUs make of the cases that `made` makes of random numbers, usually `cases`.
fn compare(cases: u64, made: impl FnOnce(Random) -> Box<dyn FnMut() -> Case>) {
    let Some(oracle) = Oracle::find() else { return };
    let (seed, count) = (setting("HOTCORE_SEED", 1), setting("HOTCORE_ORACLE_CASES", cases));
    println!("{count} cases; HOTCORE_SEED={seed}");
    compare::compare(&oracle, count as usize, made(Random::new(seed)));
}

fn compare_group(group: Group, cases: u64) {
    compare(cases, |random| {
        let mut generator = Generator::new(group, random);
        Box::new(move || generator.case())
    });
}

#[test]
fn integers() {
    compare_group(Group::Integer, 20_000);
}

#[test]
fn loads_and_stores() {
    compare_group(Group::Memory, 20_000);
}

#[test]
fn floating_point_and_simd() {
    compare_group(Group::Vector, 20_000);
}

#[test]
fn branches() {
    compare(5_000, |mut random| Box::new(move || branches::case(&mut random)));
}

#[test]
fn system_instructions() {
    compare(5_000, |mut random| Box::new(move || system_words::case(&mut random)));
}

#[test]
fn every_pair_of_special_values_in_every_mode() {
    let Some(oracle) = Oracle::find() else { return };
    let cases = grid::cases(Random::new(setting("HOTCORE_SEED", 1)));
    println!("{} cases", cases.len());
    let count = cases.len();
    let mut cases = cases.into_iter();
    compare::compare(&oracle, count, || cases.next().unwrap());
}

#[test]
fn the_oracle_takes_and_tells_every_register() {
    let Some(oracle) = Oracle::find() else { return };
    let mut random = Random::new(1);
    let mut state = State::new();
    state.x = std::array::from_fn(|_| random.bits());
    state.sp = random.bits();
    state.nzcv = 0xa000_0000;
    state.fpsr = 0x0800_0081;
    state.fpcr = 0x07c0_0000;
    state.v = std::array::from_fn(|_| u128::from(random.bits()) << 64 | u128::from(random.bits()));
    state.memory.fill_with(|| random.bits() as u8);
    let outcomes = oracle.run(&[Case { words: vec![], state: state.clone() }]);
    assert_eq!((outcomes[0].stop, outcomes[0].pc), (Stop::Breakpoint, CODE));
    assert_eq!(outcomes[0].state, state);
}

#[test]
fn the_oracle_tells_why_a_case_ended() {
    let Some(oracle) = Oracle::find() else { return };
    let case = |words: &[u32], x0| {
        let mut state = State::new();
        state.x[0] = x0;
        Case { words: words.to_vec(), state }
    };
    let (add, store, load_exclusive) = (0x9100_0421, 0xf900_0001, 0xc85f_7c02);
    let outcomes = oracle.run(&[
        case(&[add, store], SCRATCH + 8),
        case(&[add, store], SCRATCH - 8),
        case(&[add, load_exclusive], SCRATCH + 1),
        case(&[add, 0], 0),
    ]);
    let ends: Vec<_> = outcomes.iter().map(|outcome| (outcome.stop, outcome.pc - CODE)).collect();
    let unmapped = Stop::Unmapped(SCRATCH - 8);
    assert_eq!(
        ends,
        [(Stop::Breakpoint, 8), (unmapped, 4), (Stop::Unaligned, 4), (Stop::Undefined, 4)]
    );
}
