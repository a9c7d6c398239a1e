//! Instructions of one operand: RBIT, REV, REV16, REV32, CLZ, CLS.

use super::word::Word;
use super::{sized, three_registers};
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::step::{Execute, Step};
use crate::trap::Done;

/// The step of `op`, if it is of this file.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let run: Execute = match op {
        Op::Rbit => sized(word, reverse_bits::<u64>, reverse_bits::<u32>),
        Op::Rev => sized(word, swap_bytes::<u64>, swap_bytes::<u32>),
        Op::Rev16 => sized(word, swap_bytes_of_halfwords::<u64>, swap_bytes_of_halfwords::<u32>),
        Op::Rev32 => swap_bytes_of_words,
        Op::Clz => sized(word, count_leading_zeros::<u64>, count_leading_zeros::<u32>),
        Op::Cls => sized(word, count_leading_signs::<u64>, count_leading_signs::<u32>),
        _ => return None,
    };
    Some(three_registers(run, word))
}

fn reverse_bits<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    W::read(cpu, step.n).reverse_bits().write(cpu, step.d);
    Ok(())
}

fn swap_bytes<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    W::read(cpu, step.n).swap_bytes().write(cpu, step.d);
    Ok(())
}

fn swap_bytes_of_halfwords<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    let value = W::read(cpu, step.n);
    let even = W::low(0x00ff_00ff_00ff_00ff);
    ((value & even).shl(8) | value.shr(8) & even).write(cpu, step.d);
    Ok(())
}

fn swap_bytes_of_words(cpu: &mut Cpu, step: &Step) -> Done {
    cpu.set_x(step.d, cpu.x(step.n).swap_bytes().rotate_left(32));
    Ok(())
}

fn count_leading_zeros<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    W::read(cpu, step.n).leading_zeros().write(cpu, step.d);
    Ok(())
}

/// CLS: the bits below the topmost one that equal it.
fn count_leading_signs<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    let value = W::read(cpu, step.n);
    let differs = (value ^ value.signed_shr(1)).shl(1) | W::low(1);
    differs.leading_zeros().write(cpu, step.d);
    Ok(())
}
