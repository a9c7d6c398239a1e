//! Breakpoints and steps stop where they should, and memory and registers are as if there were none.

use std::sync::Arc;

use proptest::prelude::*;

use crate::run::Exit;
use crate::testing::{CODE, HVC, Machine, VECTORS};

const NOP: u32 = 0xd503_201f;
/// `add x0, x0, #1`
const COUNT: u32 = 0x9100_0400;
/// `ldr x2, [x1]` with X1 = 0: an access outside RAM.
const LOAD: u32 = 0xf940_0022;
const SVC: u32 = 0xd400_0001;
/// `cbnz x0, #-8`
const BACK: u32 = 0xb5ff_ffc0;
/// `sub x0, x0, #1`
const COUNT_DOWN: u32 = 0xd100_0400;

fn machine(words: &[u32], breakpoints: &[u64]) -> Machine {
    let mut machine = Machine::new();
    machine.write(CODE, words);
    machine.write(CODE + 4 * words.len() as u64, &[HVC]);
    machine.core.cpu.pc = CODE;
    machine.core.set_breakpoints(Arc::new(breakpoints.iter().copied().collect()));
    machine
}

#[test]
fn a_breakpoint_stops_before_its_instruction_each_time() {
    let mut machine = machine(&[NOP, COUNT, COUNT, NOP], &[CODE + 8]);
    for _ in 0..2 {
        assert_eq!(machine.core.run(), Exit::Breakpoint);
        assert_eq!((machine.core.pc(), machine.core.x(0)), (CODE + 8, 1));
    }
    machine.core.set_single_step(true);
    assert_eq!(machine.core.run(), Exit::Stepped);
    assert_eq!((machine.core.pc(), machine.core.x(0)), (CODE + 12, 2));
    assert_eq!(machine.core.run(), Exit::Call);
}

#[test]
fn a_loop_meets_its_breakpoint_in_every_round() {
    let mut machine = machine(&[NOP, COUNT_DOWN, BACK], &[CODE + 4]);
    machine.core.set_x(0, 3);
    for left in (1..=3).rev() {
        assert_eq!(machine.core.run(), Exit::Breakpoint);
        assert_eq!(machine.core.x(0), left);
        machine.core.set_single_step(true);
        assert_eq!(machine.core.run(), Exit::Stepped);
    }
    assert_eq!(machine.core.run(), Exit::Call);
}

#[test]
fn a_breakpoint_that_is_taken_away_or_added_later_counts_at_once() {
    let mut machine = machine(&[NOP, COUNT, COUNT_DOWN, NOP], &[CODE + 4]);
    assert_eq!(machine.core.run(), Exit::Breakpoint);
    machine.core.set_breakpoints(Arc::new([CODE + 12].into()));
    assert_eq!(machine.core.run(), Exit::Breakpoint);
    assert_eq!(machine.core.pc(), CODE + 12);
    machine.core.set_breakpoints(Arc::default());
    assert_eq!(machine.core.run(), Exit::Call);
}

#[test]
fn a_step_is_over_when_the_outside_has_answered() {
    let mut machine = machine(&[LOAD, NOP], &[]);
    machine.core.set_single_step(true);
    assert!(matches!(machine.core.run(), Exit::Device(_)));
    assert_eq!(machine.core.pc(), CODE);
    machine.core.answer(7);
    assert_eq!(machine.core.run(), Exit::Stepped);
    assert_eq!((machine.core.pc(), machine.core.x(2)), (CODE + 4, 7));
}

#[test]
fn a_step_over_a_call_is_over_before_the_next_instruction() {
    let mut machine = machine(&[HVC, COUNT], &[]);
    machine.core.set_single_step(true);
    assert_eq!(machine.core.run(), Exit::Call);
    assert_eq!(machine.core.run(), Exit::Stepped);
    assert_eq!((machine.core.pc(), machine.core.x(0)), (CODE + 4, 0));
    assert_eq!(machine.core.run(), Exit::Call);
    assert_eq!(machine.core.x(0), 1);
}

#[test]
fn a_step_into_an_exception_ends_at_the_vector() {
    let mut machine = machine(&[SVC], &[]);
    machine.core.set_single_step(true);
    assert_eq!(machine.core.run(), Exit::Stepped);
    assert_eq!(machine.core.pc(), VECTORS + 0x200);
}

#[test]
fn a_kick_comes_before_a_step_and_does_not_end_it() {
    let mut machine = machine(&[NOP, NOP], &[]);
    machine.core.set_single_step(true);
    machine.core.cpu.bell.kick();
    assert_eq!(machine.core.run(), Exit::Kicked);
    assert_eq!(machine.core.pc(), CODE);
    assert_eq!(machine.core.run(), Exit::Stepped);
    assert_eq!(machine.core.pc(), CODE + 4);
}

#[test]
fn the_ends_of_the_address_space_are_places_like_any_other() {
    let mut machine = machine(&[NOP], &[0, u64::MAX - 3, u64::MAX]);
    assert_eq!(machine.core.run(), Exit::Call);
    machine.core.cpu.pc = u64::MAX - 3;
    machine.core.forget_position();
    assert_eq!(machine.core.run(), Exit::Breakpoint);
}

proptest! {
    /// Wherever breakpoints are in straight code, each is met once, in order.
    #[test]
    fn every_breakpoint_is_met(offsets in prop::collection::btree_set(0u64..200, 0..12)) {
        let breakpoints: Vec<u64> = offsets.iter().map(|offset| CODE + 4 * offset).collect();
        let mut machine = machine(&[COUNT; 200], &breakpoints);
        for (offset, breakpoint) in offsets.iter().zip(&breakpoints) {
            prop_assert_eq!(machine.core.run(), Exit::Breakpoint);
            prop_assert_eq!((machine.core.pc(), machine.core.x(0)), (*breakpoint, *offset));
            machine.core.set_single_step(true);
            prop_assert_eq!(machine.core.run(), Exit::Stepped);
        }
        prop_assert_eq!(machine.core.run(), Exit::Call);
        prop_assert_eq!(machine.core.x(0), 200);
    }
}
