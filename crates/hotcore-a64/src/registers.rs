//! The general state of a PE, as a debugger or a test reads and writes it.

use crate::cpu::{Cpu, SP};
use crate::pstate::{Flags, Level, Mask};
use crate::run::Core;

/// X0 to X30, SP, PC, PSTATE and the SIMD&FP registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registers {
    /// X0 to X30.
    pub x: [u64; 31],
    /// The current stack pointer.
    pub sp: u64,
    /// The program counter.
    pub pc: u64,
    /// PSTATE as SPSR_EL1 has it: NZCV in 31:28, DAIF in 9:6, the mode in 4:0.
    pub pstate: u64,
    /// V0 to V31.
    pub v: [u128; 32],
    /// FPCR.
    pub fpcr: u32,
    /// FPSR.
    pub fpsr: u32,
}

impl Core {
    /// The general registers.
    pub fn registers(&self) -> Registers {
        let cpu = &self.cpu;
        Registers {
            x: std::array::from_fn(|number| cpu.x(number as u8)),
            sp: cpu.x(SP),
            pc: cpu.pc,
            pstate: cpu.spsr(),
            v: std::array::from_fn(|number| cpu.v(number as u8)),
            fpcr: cpu.fpcr,
            fpsr: cpu.fpsr,
        }
    }

    /// Sets the general registers. Of a mode that is not EL0t, EL1t or EL1h nothing is taken.
    pub fn set_registers(&mut self, registers: &Registers) {
        let cpu = &mut self.cpu;
        cpu.set_pstate(registers.pstate);
        for (number, &value) in registers.x.iter().enumerate() {
            cpu.set_x(number as u8, value);
        }
        cpu.set_x(SP, registers.sp);
        cpu.pc = registers.pc;
        for (number, &value) in registers.v.iter().enumerate() {
            cpu.set_v(number as u8, value);
        }
        cpu.fpcr = registers.fpcr & FPCR_BITS;
        cpu.fpsr = registers.fpsr & FPSR_BITS;
        self.forget_position();
    }

    /// The reset state with the PC, X0 and the byte order of data at EL1 as given: how a PE begins
    /// that PSCI CPU_ON turns on.
    pub fn start_at(&mut self, pc: u64, x0: u64, big_endian: bool) {
        self.reset();
        self.cpu.pc = pc;
        self.cpu.set_x(0, x0);
        self.cpu.system.sctlr |= u64::from(big_endian) << 25;
    }

    /// X0 to X30 by number; zero for any other.
    pub fn x(&self, number: u8) -> u64 {
        if number < SP { self.cpu.x(number) } else { 0 }
    }

    /// Sets one of X0 to X30; any other number is ignored.
    pub fn set_x(&mut self, number: u8, value: u64) {
        if number < SP {
            self.cpu.set_x(number, value);
        }
    }

    /// The address of the next instruction.
    pub fn pc(&self) -> u64 {
        self.cpu.pc
    }

    /// Whether data accesses of EL1 are big-endian (SCTLR_EL1.EE).
    pub fn is_big_endian(&self) -> bool {
        self.cpu.system.data_is_big_endian(Level::El1)
    }

    /// Instructions that were completed, modulo 2^64.
    pub fn instructions(&self) -> u64 {
        self.cpu.retired
    }

    /// Lets EL0 and EL1 use the SIMD&FP registers, as software does through CPACR_EL1.FPEN.
    pub fn enable_fp(&mut self) {
        self.cpu.system.cpacr |= 3 << 20;
        self.cpu.update_fp_enabled();
    }

    /// The syndrome and the address of the last exception: ESR_EL1 and FAR_EL1.
    pub fn syndrome(&self) -> (u64, u64) {
        (self.cpu.system.esr, self.cpu.system.far)
    }
}

/// AHP, DN, FZ and RMode: what is implemented of FPCR.
pub(crate) const FPCR_BITS: u32 = 0x07c0_0000;
/// QC and the cumulative exception bits.
pub(crate) const FPSR_BITS: u32 = 0x0800_009f;

impl Cpu {
    pub(crate) fn set_pstate(&mut self, pstate: u64) {
        match pstate & 0x1f {
            0 => self.switch(Level::El0, self.selects_sp_el1),
            4 => self.switch(Level::El1, false),
            5 => self.switch(Level::El1, true),
            _ => return,
        }
        self.flags = Flags::from_nzcv((pstate >> 28) as u32 & 15);
        self.set_mask(Mask(pstate as u32 & 0x3c0));
        self.illegal = pstate >> 20 & 1 == 1;
    }
}
