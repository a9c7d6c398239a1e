//! Instructions against the Arm ARM's pseudocode, computed in wider integers.

#![expect(clippy::cast_sign_loss, reason = "results are the low bits of wider ones")]

mod arithmetic;
mod bits;
mod moves;
mod others;

use proptest::prelude::*;

use crate::block::lower_word;
use crate::cpu::Cpu;
use crate::pstate::Flags;
use crate::testing::{CODE, Machine};

/// Rd = X0, Rn = X1, Rm = X2, Ra = X3.
const REGISTERS: u32 = 2 << 16 | 3 << 10 | 1 << 5;
/// Rd = X0, Rn = X1, Rm = X2, the bits 15 to 10 are free.
const TWO: u32 = 2 << 16 | 1 << 5;
/// Bit 31.
const SF: u32 = 1 << 31;

/// Executes instructions one by one.
struct Bench(Machine);

/// Rd and N, Z, C, V after an instruction.
type Outcome = (u64, u32);

impl Bench {
    fn new() -> Self {
        let mut machine = Machine::new();
        machine.core.cpu.pc = CODE;
        Self(machine)
    }

    fn cpu(&mut self) -> &mut Cpu {
        &mut self.0.core.cpu
    }

    /// Executes `word` with X1, X2, ... holding `sources` and the flags `nzcv`.
    fn run(&mut self, word: u32, sources: &[u64], nzcv: u32) -> Outcome {
        let cpu = self.cpu();
        for (number, &value) in sources.iter().enumerate() {
            cpu.set_x(1 + number as u8, value);
        }
        cpu.flags = Flags::from_nzcv(nzcv);
        self.execute(word);
        (self.cpu().x(0), self.cpu().flags.nzcv())
    }

    fn execute(&mut self, word: u32) {
        let lowered = lower_word(word, 0);
        (lowered.step.run)(self.cpu(), &lowered.step).unwrap();
    }
}

/// The word with `sf` and the width, for either of them.
fn width_of(wide: bool) -> (u32, u32) {
    if wide { (SF, 64) } else { (0, 32) }
}

/// The low `width` bits.
fn low(value: u64, width: u32) -> u64 {
    value & (u64::MAX >> (64 - width))
}

/// Sign-extends the low `width` bits.
fn signed(value: u64, width: u32) -> i128 {
    ((value << (64 - width)).cast_signed() >> (64 - width)).into()
}

/// AddWithCarry() of the Arm ARM.
fn add_with_carry(x: u64, y: u64, carry: bool, width: u32) -> Outcome {
    let (x, y) = (low(x, width), low(y, width));
    let unsigned = u128::from(x) + u128::from(y) + u128::from(carry);
    let exact = signed(x, width) + signed(y, width) + i128::from(carry);
    let result = low(unsigned as u64, width);
    let c = u128::from(result) != unsigned;
    let v = signed(result, width) != exact;
    (result, negative_zero(result, width) | u32::from(c) << 1 | u32::from(v))
}

/// N and Z.
fn negative_zero(result: u64, width: u32) -> u32 {
    let negative = (result >> (width - 1) & 1) as u32;
    negative << 3 | u32::from(result == 0) << 2
}

/// Values near the edges of signed and unsigned words, or any.
fn values() -> impl Strategy<Value = u64> {
    prop_oneof![
        prop::sample::select(vec![
            0,
            1,
            2,
            0x7fff_ffff,
            0x8000_0000,
            0xffff_ffff,
            0x1_0000_0000,
            i64::MAX as u64,
            1 << 63,
            u64::MAX - 1,
            u64::MAX,
        ]),
        any::<u64>(),
    ]
}
