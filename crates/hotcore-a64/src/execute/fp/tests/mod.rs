//! Which elements instructions take, where results go, and what becomes of the rest.

mod scalar;
mod vector;

use crate::cpu::Cpu;
use crate::decode::{Op, decode};
use crate::fp::Fpsr;
use crate::run::Exit;
use crate::testing::Machine;

/// Something in every bit that an instruction has to clear or to keep.
const JUNK: u128 = 0x1111_2222_3333_4444_5555_6666_7777_8888;

/// A machine whose V0 holds [`JUNK`].
fn machine() -> Machine {
    let mut machine = Machine::new();
    machine.core.cpu.set_v(0, JUNK);
    machine
}

/// V0 after the instruction `op` with the `fields`, on V1, V2, ...
fn run(op: Op, fields: u32, sources: &[u128]) -> (u128, Fpsr) {
    let mut machine = machine();
    for (number, &value) in (1..).zip(sources) {
        machine.core.cpu.set_v(number, value);
    }
    execute(&mut machine, op, fields);
    let cpu = &machine.core.cpu;
    (cpu.v(0), Fpsr::from_bits(cpu.fpsr.into()))
}

/// Executes the instruction `op` with the `fields`.
fn execute(machine: &mut Machine, op: Op, fields: u32) -> &mut Cpu {
    let word = op.word(fields);
    assert_eq!(decode(word), Some(op), "{word:08x}");
    assert_eq!(machine.run(&[word]), Exit::Call);
    let cpu = &mut machine.core.cpu;
    assert_eq!(cpu.system.esr, 0, "{op:?} took an exception");
    cpu
}

/// Rd = 0, Rn = 1, Rm = 2, Ra = 3.
const REGISTERS: u32 = 2 << 16 | 3 << 10 | 1 << 5;
/// Rn = 1
const RN: u32 = 1 << 5;
/// `ptype` and `sz`: double precision.
const DOUBLE: u32 = 1 << 22;
/// `Q`
const Q: u32 = 1 << 30;
/// `sf`
const SF: u32 = 1 << 31;

/// A double-precision scalar.
fn d(value: f64) -> u128 {
    value.to_bits().into()
}

/// A single-precision scalar.
fn s(value: f32) -> u128 {
    value.to_bits().into()
}

/// A vector of single-precision elements, the lowest first.
fn v4(values: [f32; 4]) -> u128 {
    values.iter().rev().fold(0, |vector, &value| vector << 32 | s(value))
}

/// A vector of double-precision elements, the lowest first.
fn v2(values: [f64; 2]) -> u128 {
    d(values[1]) << 64 | d(values[0])
}
