//! PSTATE, SP_EL0, FPCR and FPSR as System registers, and MSR (immediate).

use crate::cpu::Cpu;
use crate::exception::{Class, Exception};
use crate::pstate::{Flags, Level, Mask};
use crate::registers::{FPCR_BITS, FPSR_BITS};
use crate::step::Step;
use crate::trap::{Done, Trapped};

/// SCTLR_EL1.UMA: EL0 may access DAIF.
const UMA: u64 = 1 << 9;

pub(super) fn sp_el0(cpu: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
    if !cpu.selects_sp_el1 {
        return Err(cpu.raise(Exception::undefined()));
    }
    Ok(cpu.sp_el0())
}

pub(super) fn set_sp_el0(cpu: &mut Cpu, _: &Step, value: u64) -> Done {
    if !cpu.selects_sp_el1 {
        return Err(cpu.raise(Exception::undefined()));
    }
    cpu.set_sp_el0(value);
    Ok(())
}

pub(super) fn spsel(cpu: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
    Ok(u64::from(cpu.selects_sp_el1))
}

pub(crate) fn set_spsel(cpu: &mut Cpu, _: &Step, value: u64) -> Done {
    cpu.switch(cpu.level, value & 1 == 1);
    Ok(())
}

pub(super) fn current_el(cpu: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
    Ok((cpu.level as u64) << 2)
}

pub(super) fn nzcv(cpu: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
    Ok(u64::from(cpu.flags.nzcv()) << 28)
}

pub(super) fn set_nzcv(cpu: &mut Cpu, _: &Step, value: u64) -> Done {
    cpu.flags = Flags::from_nzcv((value >> 28) as u32 & 15);
    Ok(())
}

pub(super) fn daif(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
    may_access_daif(cpu, step)?;
    Ok(u64::from(cpu.mask.0))
}

pub(super) fn set_daif(cpu: &mut Cpu, step: &Step, value: u64) -> Done {
    may_access_daif(cpu, step)?;
    change_mask(cpu, value as u32 & Mask::all().0);
    Ok(())
}

/// MSR DAIFSet: sets the mask bits `imm`.
pub(crate) fn daif_set(cpu: &mut Cpu, step: &Step) -> Done {
    may_access_daif(cpu, step)?;
    cpu.set_mask(Mask(cpu.mask.0 | step.imm as u32));
    Ok(())
}

/// MSR DAIFClr: clears the mask bits `imm`.
pub(crate) fn daif_clear(cpu: &mut Cpu, step: &Step) -> Done {
    may_access_daif(cpu, step)?;
    change_mask(cpu, cpu.mask.0 & !(step.imm as u32));
    Ok(())
}

#[inline(always)]
fn change_mask(cpu: &mut Cpu, mask: u32) {
    cpu.set_mask(Mask(mask));
    if cpu.system.mdscr & 1 == 1 {
        cpu.look_up();
    }
}

#[inline(always)]
fn may_access_daif(cpu: &mut Cpu, step: &Step) -> Done {
    if cpu.level == Level::El0 && cpu.system.sctlr & UMA == 0 {
        return Err(cpu.system_trap(step.word));
    }
    Ok(())
}

pub(super) fn fpcr(cpu: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
    Ok(u64::from(cpu.fpcr))
}

pub(super) fn set_fpcr(cpu: &mut Cpu, _: &Step, value: u64) -> Done {
    cpu.fpcr = value as u32 & FPCR_BITS;
    Ok(())
}

pub(super) fn fpsr(cpu: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
    Ok(u64::from(cpu.fpsr))
}

pub(super) fn set_fpsr(cpu: &mut Cpu, _: &Step, value: u64) -> Done {
    cpu.fpsr = value as u32 & FPSR_BITS;
    Ok(())
}

/// ISR_EL1: 7 I | 6 F.
pub(super) fn isr(cpu: &mut Cpu, _: &Step) -> Result<u64, Trapped> {
    let (irq, fiq) = (cpu.surroundings.irq(), cpu.surroundings.fiq());
    Ok(u64::from(irq) << 7 | u64::from(fiq) << 6)
}

impl Cpu {
    /// The run loop looks at the PE's state again after this block.
    #[cold]
    pub(crate) fn look_up(&mut self) {
        self.bell.ring(crate::cluster::Doorbell::REQUEST);
    }

    /// EL1 traps the MSR, MRS or System instruction `word`.
    ///
    /// ```text
    /// ISS: 21:20 Op0 | 19:17 Op2 | 16:14 Op1 | 13:10 CRn | 9:5 Rt | 4:1 CRm | 0 read
    /// ```
    #[cold]
    pub(crate) fn system_trap(&mut self, word: u32) -> Trapped {
        let field = |low: u32, bits: u32| word >> low & ((1 << bits) - 1);
        let iss = field(19, 2) << 20
            | field(5, 3) << 17
            | field(16, 3) << 14
            | field(12, 4) << 10
            | field(0, 5) << 5
            | field(8, 4) << 1
            | field(21, 1);
        self.raise(Exception::new(Class::SystemInstruction).iss(iss))
    }
}
