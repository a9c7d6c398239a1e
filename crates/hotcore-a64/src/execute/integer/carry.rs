//! ADC, ADCS, SBC, SBCS (and NGC): addition and subtraction with the carry flag.

use super::word::Word;
use super::{sized, three_registers};
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::pstate::Flags;
use crate::step::Step;
use crate::trap::Done;

/// The step of `op`, if it is of this file.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let run = match op {
        Op::Adc => sized(word, add::<u64, false, false>, add::<u32, false, false>),
        Op::Adcs => sized(word, add::<u64, false, true>, add::<u32, false, true>),
        Op::Sbc => sized(word, add::<u64, true, false>, add::<u32, true, false>),
        Op::Sbcs => sized(word, add::<u64, true, true>, add::<u32, true, true>),
        _ => return None,
    };
    Some(three_registers(run, word))
}

/// AddWithCarry(): subtraction adds the complement.
fn add<W: Word, const SUBTRACT: bool, const FLAGS: bool>(cpu: &mut Cpu, step: &Step) -> Done {
    let first = W::read(cpu, step.n);
    let second = W::read(cpu, step.m);
    let second = if SUBTRACT { !second } else { second };
    let (result, c) = first.add_carry(second, cpu.flags.c);
    if FLAGS {
        let v = ((first ^ result) & (second ^ result)).high();
        cpu.flags = Flags { n: result.high(), z: result.high(), c, v };
    }
    result.write(cpu, step.d);
    Ok(())
}
