//! Results that need no computing: MOVZ, MOVN, MOVK, ADR, ADRP, and the copies that MOV makes.

use super::sized;
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{adr_immediate, bits, imm16, rd, sf};
use crate::memory::PAGE;
use crate::step::{Step, destination};
use crate::trap::Done;

/// The step of `op`, if it is of this file.
pub(super) fn lower(op: Op, word: u32, offset: u32) -> Option<Step> {
    let d = destination(rd(word));
    let shift = bits(word, 22, 21) * 16;
    let value = u64::from(imm16(word)) << shift;
    Some(match op {
        Op::Movz => constant(word, d, value),
        Op::Movn => constant(word, d, !value),
        Op::Movk => Step::new(sized(word, insert_x, insert_w), word).d(d).imm(value).a(shift as u8),
        Op::Adr => {
            let distance = adr_immediate(word).cast_unsigned().wrapping_add(offset.into());
            Step::new(from_block, word).d(d).imm(distance)
        }
        Op::Adrp => {
            let distance = (adr_immediate(word) << 12).cast_unsigned();
            Step::new(from_page, word).d(d).imm(distance)
        }
        _ => return None,
    })
}

/// A step that writes the low 64 or 32 bits of `value` to slot `d`.
pub(super) fn constant(word: u32, d: u8, value: u64) -> Step {
    let value = if sf(word) { value } else { value & u64::from(u32::MAX) };
    Step::new(write_constant, word).d(d).imm(value)
}

fn write_constant(cpu: &mut Cpu, step: &Step) -> Done {
    cpu.set_x(step.d, step.imm);
    Ok(())
}

/// MOV of a 64-bit register.
pub(super) fn copy_x(cpu: &mut Cpu, step: &Step) -> Done {
    cpu.set_x(step.d, cpu.x(step.n));
    Ok(())
}

/// MOV of a 32-bit register.
pub(super) fn copy_w(cpu: &mut Cpu, step: &Step) -> Done {
    cpu.set_w(step.d, cpu.w(step.n));
    Ok(())
}

fn insert_x(cpu: &mut Cpu, step: &Step) -> Done {
    let rest = !0xffff_u64.wrapping_shl(step.a.into());
    cpu.set_x(step.d, cpu.x(step.d) & rest | step.imm);
    Ok(())
}

fn insert_w(cpu: &mut Cpu, step: &Step) -> Done {
    insert_x(cpu, step)?;
    cpu.set_w(step.d, cpu.w(step.d));
    Ok(())
}

/// ADR: from the block's first instruction.
fn from_block(cpu: &mut Cpu, step: &Step) -> Done {
    cpu.set_x(step.d, cpu.pc.wrapping_add(step.imm));
    Ok(())
}

/// ADRP: from the page, which no block leaves.
fn from_page(cpu: &mut Cpu, step: &Step) -> Done {
    cpu.set_x(step.d, (cpu.pc & !(PAGE - 1)).wrapping_add(step.imm));
    Ok(())
}
