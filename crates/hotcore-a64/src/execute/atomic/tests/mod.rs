//! Atomic accesses: what they compute, when they fault, and that none is lost between two PEs.

mod exclusive;
mod faults;
mod lse;
mod threads;

use crate::execute::load_store::tests::mapped::{DATA, mapped};
use crate::testing::Machine;

/// A machine with X1 = [`DATA`], X2 = `x2` and X4 = `x4`, and `value` in memory.
fn machine(value: u128, x2: u64, x4: u64) -> Machine {
    let mut machine = mapped();
    machine.fill(DATA, &value.to_le_bytes());
    let mut registers = machine.core.registers();
    (registers.x[1], registers.x[2], registers.x[4]) = (DATA, x2, x4);
    machine.core.set_registers(&registers);
    machine
}

/// The 16 bytes at [`DATA`].
fn value(machine: &Machine) -> u128 {
    let bytes = machine.bytes(DATA, 16);
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | u128::from(byte))
}
