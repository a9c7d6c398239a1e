//! Exceptions: their syndromes, taking them to EL1, and returning from them.
//!
//! ```text
//! ESR_EL1: 31:26 EC | 25 IL (32-bit instruction) | 24:0 ISS
//! VBAR_EL1 + 0x000 EL1t | 0x200 EL1h | 0x400 EL0;  + 0x000 synchronous, 0x080 IRQ, 0x100 FIQ
//! ```
//! Arm ARM: AArch64.TakeException, AArch64.ExceptionReturn, D17.2.37 (ESR_EL1).

use crate::cpu::Cpu;
use crate::pstate::{Flags, Level, Mask};

/// A synchronous exception that an instruction takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Exception {
    /// ESR_EL1, except for what the Exception level decides ([`Class`]).
    pub(crate) class: Class,
    /// ESR_EL1.ISS.
    pub(crate) iss: u32,
    /// FAR_EL1, for the classes that write it.
    pub(crate) far: Option<u64>,
    /// Whether ELR_EL1 is the address after the instruction (SVC).
    pub(crate) returns_after: bool,
}

/// ESR_EL1.EC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// 0x00: undefined, unallocated or unimplemented.
    Unknown,
    /// 0x01: WFI or WFE.
    Wait,
    /// 0x07: FP or Advanced SIMD, trapped by CPACR_EL1.FPEN.
    FpAccess,
    /// 0x0e
    IllegalState,
    /// 0x15
    Svc,
    /// 0x18: MSR, MRS or a System instruction.
    SystemInstruction,
    /// 0x20 from EL0, 0x21 from EL1.
    InstructionAbort,
    /// 0x22
    PcAlignment,
    /// 0x24 from EL0, 0x25 from EL1.
    DataAbort,
    /// 0x26
    SpAlignment,
    /// 0x32 from EL0, 0x33 from EL1.
    SoftwareStep,
    /// 0x3c
    Brk,
}

impl Class {
    fn code(self, from: Level) -> u32 {
        let same_level = u32::from(from == Level::El1);
        match self {
            Class::Unknown => 0x00,
            Class::Wait => 0x01,
            Class::FpAccess => 0x07,
            Class::IllegalState => 0x0e,
            Class::Svc => 0x15,
            Class::SystemInstruction => 0x18,
            Class::InstructionAbort => 0x20 + same_level,
            Class::PcAlignment => 0x22,
            Class::DataAbort => 0x24 + same_level,
            Class::SpAlignment => 0x26,
            Class::SoftwareStep => 0x32 + same_level,
            Class::Brk => 0x3c,
        }
    }
}

impl Exception {
    /// An exception with neither syndrome nor address.
    pub(crate) fn new(class: Class) -> Self {
        Self { class, iss: 0, far: None, returns_after: false }
    }

    /// The instruction is undefined at this Exception level.
    pub(crate) fn undefined() -> Self {
        Self::new(Class::Unknown)
    }

    /// With `iss`.
    pub(crate) fn iss(self, iss: u32) -> Self {
        Self { iss, ..self }
    }

    /// With `far`.
    pub(crate) fn far(self, far: u64) -> Self {
        Self { far: Some(far), ..self }
    }
}

/// The vectors that are not synchronous, by their offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupt {
    Irq = 0x080,
    Fiq = 0x100,
}

/// SPSR_EL1.M[4]: AArch32.
const M_AARCH32: u64 = 1 << 4;

impl Cpu {
    /// Takes `exception` to EL1. `pc` is the instruction's address.
    pub(crate) fn take_exception(&mut self, exception: Exception, pc: u64) {
        let from = self.level;
        self.system.esr = u64::from(exception.class.code(from) << 26 | 1 << 25 | exception.iss);
        if let Some(far) = exception.far {
            self.system.far = far;
        }
        let back = if exception.returns_after { pc.wrapping_add(4) } else { pc };
        self.enter_vector(0, back);
        self.trace_exception(&exception, from);
    }

    /// Takes an interrupt before the instruction at the PC.
    pub(crate) fn take_interrupt(&mut self, interrupt: Interrupt) {
        let from = self.level;
        self.enter_vector(interrupt as u64, self.pc);
        self.trace_interrupt(interrupt, from);
    }

    fn enter_vector(&mut self, offset: u64, back: u64) {
        let group = match (self.level, self.selects_sp_el1) {
            (Level::El0, _) => 0x400,
            (Level::El1, true) => 0x200,
            (Level::El1, false) => 0,
        };
        self.system.spsr = self.spsr();
        self.system.elr = back;
        self.illegal = false;
        self.stepping = false;
        self.set_mask(Mask::all());
        self.switch(Level::El1, true);
        self.pc = (self.system.vbar & !0x7ff).wrapping_add(group + offset);
    }

    /// ERET: PSTATE from SPSR_EL1, the PC from ELR_EL1.
    pub(crate) fn exception_return(&mut self) {
        let spsr = self.system.spsr;
        self.monitor.clear();
        self.event = true;
        self.flags = Flags::from_nzcv((spsr >> 28) as u32 & 15);
        self.set_mask(Mask(spsr as u32 & 0x3c0));
        self.stepping = spsr >> 21 & 1 == 1 && self.system.mdscr & 1 == 1;
        self.illegal = spsr >> 20 & 1 == 1;
        self.pc = self.system.elr;
        match (spsr & M_AARCH32, spsr & 0xf) {
            (0, 0) => self.switch(Level::El0, self.selects_sp_el1),
            (0, 4) => self.switch(Level::El1, false),
            (0, 5) => self.switch(Level::El1, true),
            // An illegal return keeps the level (Arm ARM, IllegalExceptionReturn).
            _ => self.illegal = true,
        }
        self.pc = self.branch_address(self.pc);
        self.trace_return();
    }

    /// Whether MDSCR_EL1.SS makes instructions step at this Exception level (AArch64.SSAdvance).
    #[inline(always)]
    pub(crate) fn is_software_stepping(&self) -> bool {
        if self.system.mdscr & 1 == 0 || self.system.os_locked {
            return false;
        }
        // At EL1 also MDSCR_EL1.KDE has to be set, and PSTATE.D clear.
        self.level == Level::El0 || (self.system.mdscr >> 13 & 1 == 1 && self.mask.0 & 0x200 == 0)
    }

    /// A Software Step exception at the PC: DFSC is that of debug exceptions.
    pub(crate) fn take_software_step(&mut self) {
        self.take_exception(Exception::new(Class::SoftwareStep).iss(0x22), self.pc);
    }

    /// AArch64.BranchAddr: the address without its tag, where TBI makes the top byte one.
    pub(crate) fn branch_address(&self, address: u64) -> u64 {
        let high = address >> 55 & 1 == 1;
        if !self.system.tcr_ignores_top_byte(high) {
            return address;
        }
        if high { address | 0xff << 56 } else { address & !(0xff << 56) }
    }
}
