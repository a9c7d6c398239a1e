//! Instructions against models that compute with `i128`, one lane after the other.
//!
//! A model names the instructions it describes; every element size and both widths come up, and
//! those that the table refuses are passed over.

#![expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::similar_names,
    clippy::type_complexity,
    reason = "models compute with wide integers and cut them, over tables of instructions"
)]

mod across;
mod long;
mod moves;
mod narrow;
mod same;
mod shift;

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::sample::select;

use crate::block::lower_word;
use crate::cpu::Cpu;
use crate::decode::{Op, decode};
use crate::testing::Machine;

/// FPSR.QC.
const QC: u32 = 1 << 27;
/// Registers d, n and m of [`word`].
const D: u32 = 0;
const N: u32 = 1;
const M: u32 = 2;

/// What a step left: Vd, and whether FPSR.QC became set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Left {
    d: u128,
    saturated: bool,
}

/// The sources of an instruction.
#[derive(Debug, Clone, Copy)]
struct Sources {
    d: u128,
    n: u128,
    m: u128,
}

/// A word of `op` with `fields`, if the table has it.
fn allocated(op: Op, fields: u32) -> Option<u32> {
    let word = op.word(fields);
    (decode(word) == Some(op)).then_some(word)
}

/// A word of three registers, if the table has it.
fn word(op: Op, q: bool, size: u32) -> Option<u32> {
    allocated(op, u32::from(q) << 30 | size << 22 | M << 16 | N << 5 | D)
}

/// Whether `word` is a scalar form.
fn is_scalar(word: u32) -> bool {
    word >> 28 & 1 == 1
}

/// Bits that the vectors of `word` have, whose elements have `bits`.
fn width(word: u32, bits: u32) -> u32 {
    match (is_scalar(word), word >> 30 & 1 == 1) {
        (true, _) => bits,
        (false, true) => 128,
        (false, false) => 64,
    }
}

/// Every combination of an instruction, a size and a width.
fn forms(ops: &[Op]) -> impl Iterator<Item = (Op, u32, bool)> {
    ops.iter().flat_map(|&op| (0..8).map(move |both| (op, both >> 1, both & 1 == 1)))
}

thread_local! {
    static MACHINE: RefCell<Machine> = RefCell::new(Machine::new());
}

/// Executes `word` on `sources`.
fn execute(word: u32, sources: Sources) -> Left {
    MACHINE.with_borrow_mut(|machine| execute_on(&mut machine.core.cpu, word, sources))
}

fn execute_on(cpu: &mut Cpu, word: u32, sources: Sources) -> Left {
    cpu.fpsr = 0;
    for (register, value) in [(D, sources.d), (N, sources.n), (M, sources.m)] {
        cpu.set_v(register as u8, value);
    }
    let lowered = lower_word(word, 0);
    assert!(lowered.uses_fp, "{word:08x} is not an instruction of this room");
    assert!((lowered.step.run)(cpu, &lowered.step).is_ok());
    assert_eq!(cpu.fpsr & !QC, 0);
    Left { d: cpu.v(D as u8), saturated: cpu.fpsr & QC != 0 }
}

/// Lane `index` of elements of `bits`.
fn lane(value: u128, bits: u32, index: u32, signed: bool) -> i128 {
    let top = value.unbounded_shl(128 - bits * (index + 1));
    if signed {
        top.cast_signed().unbounded_shr(128 - bits)
    } else {
        top.unbounded_shr(128 - bits).cast_signed()
    }
}

/// `value` in lane `index` of zero.
fn place(value: i128, bits: u32, index: u32) -> u128 {
    let kept = value.cast_unsigned() & u128::MAX.unbounded_shr(128 - bits);
    kept.unbounded_shl(bits * index)
}

/// What fits into `bits`, nearest to `value`, and whether that is another number.
fn clamp(value: i128, bits: u32, signed: bool) -> (i128, bool) {
    let (low, high) =
        if signed { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) };
    let kept = value.clamp(low, high);
    (kept, kept != value)
}

/// `value` / 2^`by`, rounded down; or, with `rounds`, to nearest.
fn divide(value: i128, by: u32, rounds: bool) -> i128 {
    let divisor = 1i128 << by;
    let half = if rounds { divisor / 2 } else { 0 };
    (value + half).div_euclid(divisor)
}

/// A register with corners in its lanes.
fn register() -> impl Strategy<Value = u128> {
    prop_oneof![any::<u128>(), lanes(8), lanes(16), lanes(32), lanes(64)]
}

fn lanes(bits: u32) -> impl Strategy<Value = u128> {
    let highest = 1u64 << (bits - 1);
    let corners = vec![0, 1, 2, highest - 1, highest, highest + 1, u64::MAX, u64::MAX - 1];
    let lane = prop_oneof![3 => select(corners), 1 => any::<u64>()];
    proptest::collection::vec(lane, (128 / bits) as usize).prop_map(move |lanes| {
        (0..).zip(lanes).fold(0, |all, (index, lane)| all | place(lane.into(), bits, index))
    })
}

fn sources() -> impl Strategy<Value = Sources> {
    (register(), register(), register()).prop_map(|(d, n, m)| Sources { d, n, m })
}
