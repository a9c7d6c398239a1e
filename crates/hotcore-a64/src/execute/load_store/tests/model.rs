//! The model: registers in an array, memory in a vector, nothing clever.

use super::mapped::{DATA, SIZE, mapped, pattern};
use crate::registers::Registers;
use crate::testing::CODE;

/// Registers and memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) registers: Registers,
    pub(super) memory: Vec<u8>,
}

impl Model {
    /// X0 to X30, SP and V0 to V31 from `seed`; [`pattern`] in memory.
    pub(super) fn new(seed: u64) -> Self {
        let mut state = seed | 1;
        let mut next = || {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            state ^ state >> 29
        };
        let mut registers = mapped().core.registers();
        registers.x = std::array::from_fn(|_| next());
        registers.v = std::array::from_fn(|_| u128::from(next()) << 64 | u128::from(next()));
        registers.sp = DATA;
        registers.pc = CODE;
        Self { registers, memory: pattern() }
    }

    /// Xn, or SP.
    pub(super) fn base(&mut self, number: usize) -> &mut u64 {
        if number == 31 { &mut self.registers.sp } else { &mut self.registers.x[number] }
    }

    /// Xn, or zero.
    pub(super) fn x(&self, number: usize) -> u64 {
        self.registers.x.get(number).copied().unwrap_or(0)
    }

    /// Writes Xn, if there is one.
    pub(super) fn set_x(&mut self, number: usize, value: u64) {
        if let Some(x) = self.registers.x.get_mut(number) {
            *x = value;
        }
    }

    pub(super) fn load(&self, address: u64, size: u64) -> u128 {
        let at = (address - DATA) as usize;
        let bytes = &self.memory[at..at + size as usize];
        bytes.iter().rev().fold(0, |value, &byte| value << 8 | u128::from(byte))
    }

    pub(super) fn store(&mut self, address: u64, size: u64, value: u128) {
        let at = (address - DATA) as usize;
        self.memory[at..at + size as usize].copy_from_slice(&value.to_le_bytes()[..size as usize]);
    }

    /// Sets the base so that `offset` bytes from it is near `target`, and returns it.
    pub(super) fn aim(&mut self, rn: usize, target: u64, offset: u64) -> u64 {
        let base = target.wrapping_sub(offset);
        *self.base(rn) = if rn == 31 { base & !15 } else { base };
        *self.base(rn)
    }

    /// What the PE makes of the same state by executing `word`.
    pub(super) fn execute(&self, word: u32) -> Self {
        let mut machine = mapped();
        machine.fill(DATA, &self.memory);
        machine.core.set_registers(&self.registers);
        machine.run(&[word]);
        let mut registers = machine.core.registers();
        assert_eq!(registers.pc, CODE + 8, "exception {:x?}", machine.fault());
        registers.pc = CODE;
        Self { registers, memory: machine.bytes(DATA, SIZE) }
    }
}
