//! Self-hosted debug: software step works, breakpoints and watchpoints only keep what is written,
//! no external debugger is ever there (Arm ARM, D2).

use crate::cpu::Cpu;
use crate::pstate::Level;
use crate::step::Step;
use crate::trap::{Done, Trapped};

/// The fields of MDSCR_EL1 that are kept: MDE, KDE, TDCC, SS.
const MDSCR: u64 = 1 << 15 | 1 << 13 | TDCC | 1;
/// MDSCR_EL1.TDCC: EL0's accesses to the Debug Communications Channel are trapped.
const TDCC: u64 = 1 << 12;

pub(super) fn zero(_: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
    Ok(0)
}

pub(super) fn ignore(_: &mut Cpu, _: &Step, _: u64) -> Done {
    Ok(())
}

pub(super) fn mdscr(cpu: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
    Ok(cpu.system.mdscr)
}

pub(super) fn set_mdscr(cpu: &mut Cpu, _: &Step, value: u64) -> Done {
    cpu.system.mdscr = value & MDSCR;
    // Stepping may begin or end with the next instruction.
    cpu.look_up();
    Ok(())
}

pub(super) fn set_oslar(cpu: &mut Cpu, _: &Step, value: u64) -> Done {
    cpu.system.os_locked = value & 1 == 1;
    cpu.look_up();
    Ok(())
}

/// OSLSR_EL1: 3 OSLM[1] (the OS Lock is implemented) | 1 OSLK.
pub(super) fn oslsr(cpu: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
    Ok(1 << 3 | u64::from(cpu.system.os_locked) << 1)
}

/// The Debug Communications Channel, which is empty.
pub(super) fn channel(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
    may_use_channel(cpu, step)?;
    Ok(0)
}

pub(super) fn set_channel(cpu: &mut Cpu, step: &Step, _: u64) -> Done {
    may_use_channel(cpu, step)
}

fn may_use_channel(cpu: &mut Cpu, step: &Step) -> Done {
    if cpu.level == Level::El0 && cpu.system.mdscr & TDCC != 0 {
        return Err(cpu.system_trap(step.word));
    }
    Ok(())
}
