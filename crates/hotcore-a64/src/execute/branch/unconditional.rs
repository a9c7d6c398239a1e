//! B, BL, BR, BLR, RET.

use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{branch26, rn};
use crate::step::{Step, source};
use crate::trap::Done;

/// The link register.
const LR: u8 = 30;

/// The step of `op`, if it is of this file.
pub(super) fn lower(op: Op, word: u32, offset: u32) -> Option<Step> {
    let displacement = branch26(word).cast_unsigned().wrapping_add(offset.into());
    let following = u64::from(offset.wrapping_add(4));
    Some(match op {
        Op::B => Step::new(branch, word).imm(displacement),
        Op::Bl => Step::new(branch_with_link, word).imm(displacement << 32 | following),
        Op::Br | Op::Ret => Step::new(branch_to_register, word).n(source(rn(word))),
        Op::Blr => Step::new(branch_to_register_with_link, word).n(source(rn(word))).imm(following),
        _ => return None,
    })
}

fn branch(cpu: &mut Cpu, step: &Step) -> Done {
    cpu.pc = cpu.pc.wrapping_add(step.imm);
    Ok(())
}

/// BL: the displacement is in the high half, that of the following instruction in the low one.
fn branch_with_link(cpu: &mut Cpu, step: &Step) -> Done {
    cpu.set_x(LR, cpu.pc.wrapping_add(step.imm as u32 as u64));
    cpu.pc = cpu.pc.wrapping_add_signed(step.imm.cast_signed() >> 32);
    Ok(())
}

fn branch_to_register(cpu: &mut Cpu, step: &Step) -> Done {
    cpu.pc = cpu.branch_address(cpu.x(step.n));
    Ok(())
}

fn branch_to_register_with_link(cpu: &mut Cpu, step: &Step) -> Done {
    // Read first: BLR X30 jumps to where X30 pointed.
    let target = cpu.branch_address(cpu.x(step.n));
    cpu.set_x(LR, cpu.pc.wrapping_add(step.imm));
    cpu.pc = target;
    Ok(())
}
