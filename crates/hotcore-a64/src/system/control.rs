//! The registers that rule translation and what EL0 may do, and what follows when they change.
//!
//! Fields that may be cached in a TLB are forgotten with it when they change. A new TTBR forgets
//! nothing: translations are kept by ASID, and software that reuses one invalidates (Arm ARM, D8.14).

use crate::cpu::Cpu;
use crate::pstate::Level;
use crate::step::Step;
use crate::system::identification as id;
use crate::system::registers::SCTLR_RES1;
use crate::trap::{Done, Trapped};

/// The fields of SCTLR_EL1 that are implemented: UCI, EE, E0E, TSCXT, WXN, nTWE, nTWI, UCT, DZE, I,
/// UMA, SA0, SA, C, A, M.
const SCTLR: u64 = 0x071d_d21f;
/// SCTLR_EL1.TSCXT: EL0 may not access SCXTNUM_EL0.
const TSCXT: u64 = 1 << 20;
/// Those that the TLB depends on: EE, E0E, WXN, M.
const SCTLR_TRANSLATION: u64 = 1 << 25 | 1 << 24 | 1 << 19 | 1;
/// SCTLR_EL1.UCT: EL0 may read CTR_EL0.
const UCT: u64 = 1 << 15;
/// SCTLR_EL1.DZE: EL0 may execute DC ZVA.
pub(super) const DZE: u64 = 1 << 14;
/// The fields of TCR_EL1 that are implemented: E0PD1, E0PD0, TBI1, TBI0, AS, IPS, and both halves.
const TCR: u64 = 3 << 55 | 0x77_ffff_ffbf;
/// CPACR_EL1.FPEN.
const FPEN: u64 = 3 << 20;
/// CnP is not implemented.
const TTBR: u64 = !1;

macro_rules! getters {
    ($($field:ident)+) => {$(
        pub(super) fn $field(cpu: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
            Ok(cpu.system.$field)
        }
    )+};
}
getters! { sctlr cpacr ttbr0 ttbr1 tcr mair }

pub(super) fn set_sctlr(cpu: &mut Cpu, _: &Step, value: u64) -> Done {
    let before = cpu.system.sctlr;
    cpu.system.sctlr = value & SCTLR | SCTLR_RES1;
    if (before ^ cpu.system.sctlr) & SCTLR_TRANSLATION != 0 {
        cpu.tlb.flush();
    }
    Ok(())
}

pub(super) fn set_cpacr(cpu: &mut Cpu, _: &Step, value: u64) -> Done {
    cpu.system.cpacr = value & FPEN;
    cpu.update_fp_enabled();
    Ok(())
}

pub(super) fn set_ttbr0(cpu: &mut Cpu, _: &Step, value: u64) -> Done {
    cpu.system.ttbr0 = value & TTBR;
    cpu.tlb.select_asid(cpu.system.asid());
    Ok(())
}

pub(super) fn set_ttbr1(cpu: &mut Cpu, _: &Step, value: u64) -> Done {
    cpu.system.ttbr1 = value & TTBR;
    cpu.tlb.select_asid(cpu.system.asid());
    Ok(())
}

pub(super) fn set_tcr(cpu: &mut Cpu, _: &Step, value: u64) -> Done {
    if cpu.system.tcr != value & TCR {
        cpu.system.tcr = value & TCR;
        cpu.tlb.flush();
        cpu.tlb.select_asid(cpu.system.asid());
    }
    Ok(())
}

pub(super) fn set_mair(cpu: &mut Cpu, _: &Step, value: u64) -> Done {
    if cpu.system.mair != value {
        cpu.system.mair = value;
        cpu.tlb.flush();
    }
    Ok(())
}

pub(super) fn mpidr(cpu: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
    // Bit 31 is RES1.
    Ok(cpu.system.mpidr | 1 << 31)
}

pub(super) fn ctr(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
    if cpu.level == Level::El0 && cpu.system.sctlr & UCT == 0 {
        return Err(cpu.system_trap(step.word));
    }
    Ok(id::CTR)
}

pub(super) fn dczid(cpu: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
    let prohibited = cpu.level == Level::El0 && cpu.system.sctlr & DZE == 0;
    Ok(id::DCZID | u64::from(prohibited) << 4)
}

/// SCXTNUM_EL0: there is no speculation that it could keep apart.
pub(super) fn scxtnum_el0(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
    may_access_scxtnum(cpu, step)?;
    Ok(cpu.system.scxtnum_el0)
}

pub(super) fn set_scxtnum_el0(cpu: &mut Cpu, step: &Step, value: u64) -> Done {
    may_access_scxtnum(cpu, step)?;
    cpu.system.scxtnum_el0 = value;
    Ok(())
}

fn may_access_scxtnum(cpu: &mut Cpu, step: &Step) -> Done {
    if cpu.level == Level::El0 && cpu.system.sctlr & TSCXT != 0 {
        return Err(cpu.system_trap(step.word));
    }
    Ok(())
}

/// Of the cache that CSSELR_EL1 selects: both of level 1 are alike.
pub(super) fn ccsidr(cpu: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
    let level = cpu.system.csselr >> 1;
    Ok(if level == 0 { id::CCSIDR_LEVEL1 } else { 0 })
}
