//! Hints: waiting for an interrupt or an event, sending one; all others are NOPs, pointer
//! authentication and BTI among them (Arm ARM, C6.2, HINT).

use crate::cluster::Doorbell;
use crate::cpu::Cpu;
use crate::decode::fields::bits;
use crate::exception::{Class, Exception};
use crate::pstate::Level;
use crate::step::{Lowered, Step};
use crate::trap::{Done, Trap};

/// SCTLR_EL1.nTWI: EL0 may execute WFI.
const NTWI: u64 = 1 << 16;
/// SCTLR_EL1.nTWE: EL0 may execute WFE.
const NTWE: u64 = 1 << 18;
/// ISS of a trapped WFI or WFE: 24 CV | 23:20 COND = 0b1110 | 1:0 TI.
const WAIT: u32 = 0x1e << 20;

/// The step of HINT #CRm:op2.
pub(super) fn lower(word: u32) -> Lowered {
    match bits(word, 11, 5) {
        2 => Lowered::ends(Step::new(wfe, word)),
        3 => Lowered::ends(Step::new(wfi, word)),
        4 => Lowered::next(Step::new(sev, word)),
        5 => Lowered::next(Step::new(sevl, word)),
        _ => Lowered::next(Step::new(nop, word)),
    }
}

fn nop(_: &mut Cpu, _: &Step) -> Done {
    Ok(())
}

fn wfe(cpu: &mut Cpu, _: &Step) -> Done {
    cpu.event |= cpu.bell.take(Doorbell::EVENT);
    if std::mem::take(&mut cpu.event) {
        return Ok(());
    }
    if cpu.level == Level::El0 && cpu.system.sctlr & NTWE == 0 {
        return Err(cpu.raise(Exception::new(Class::Wait).iss(WAIT | 1)));
    }
    Err(cpu.trap(Trap::WaitForEvent))
}

fn wfi(cpu: &mut Cpu, _: &Step) -> Done {
    if cpu.level == Level::El0 && cpu.system.sctlr & NTWI == 0 {
        return Err(cpu.raise(Exception::new(Class::Wait).iss(WAIT)));
    }
    Err(cpu.trap(Trap::WaitForInterrupt))
}

fn sev(cpu: &mut Cpu, _: &Step) -> Done {
    cpu.cluster.send_event();
    Ok(())
}

fn sevl(cpu: &mut Cpu, _: &Step) -> Done {
    cpu.event = true;
    Ok(())
}
