//! Division, and shifts by a register (Arm ARM: data processing, 2 source).

use super::operand::{Asr, Lsl, Lsr, Ror, Shift};
use super::word::Word;
use super::{sized, three_registers};
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::step::Step;
use crate::trap::Done;

/// The step of `op`, if it is of this file.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let run = match op {
        Op::Udiv => sized(word, unsigned_divide::<u64>, unsigned_divide::<u32>),
        Op::Sdiv => sized(word, signed_divide::<u64>, signed_divide::<u32>),
        Op::Lslv => sized(word, shift::<u64, Lsl>, shift::<u32, Lsl>),
        Op::Lsrv => sized(word, shift::<u64, Lsr>, shift::<u32, Lsr>),
        Op::Asrv => sized(word, shift::<u64, Asr>, shift::<u32, Asr>),
        Op::Rorv => sized(word, shift::<u64, Ror>, shift::<u32, Ror>),
        _ => return None,
    };
    Some(three_registers(run, word))
}

fn unsigned_divide<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    W::read(cpu, step.n).unsigned_div(W::read(cpu, step.m)).write(cpu, step.d);
    Ok(())
}

fn signed_divide<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    W::read(cpu, step.n).signed_div(W::read(cpu, step.m)).write(cpu, step.d);
    Ok(())
}

fn shift<W: Word, S: Shift>(cpu: &mut Cpu, step: &Step) -> Done {
    S::shift(W::read(cpu, step.n), cpu.w(step.m)).write(cpu, step.d);
    Ok(())
}
