//! All architectural state of a PE as plain data, to save and to load.
//!
//! Not part of it: what a PE may forget at any time (translations, decoded code, the exclusive
//! monitor), the interrupt controller's CPU interface, which is the surroundings', and the counter.
//! System registers are read and written as software does it, so that what one rules follows.

use crate::cpu::{Cpu, SINK};
use crate::pstate::Level;
use crate::registers::{FPCR_BITS, FPSR_BITS};
use crate::run::Core;
use crate::system::table::{Row, Way, row_named};

/// The version of [`CoreState`] that this crate saves and loads.
pub const STATE_VERSION: u32 = 1;

/// The state of a PE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoreState {
    /// [`STATE_VERSION`].
    pub version: u32,
    /// MPIDR_EL1: of which PE this is.
    pub mpidr: u64,
    /// X0 to X30.
    pub x: [u64; 31],
    /// SP_EL0.
    pub sp_el0: u64,
    /// SP_EL1.
    pub sp_el1: u64,
    /// The program counter.
    pub pc: u64,
    /// PSTATE as SPSR_EL1 has it: NZCV in 31:28, SS 21, IL 20, DAIF in 9:6, the mode in 4:0.
    pub pstate: u64,
    /// V0 to V31.
    pub v: [u128; 32],
    /// FPCR.
    pub fpcr: u32,
    /// FPSR.
    pub fpsr: u32,
    /// The Event Register (WFE, SEV).
    pub event: bool,
    /// Whether it waits for an interrupt before it executes anything ([`Core::stand_by`]).
    pub standby: bool,
    /// OSLSR_EL1.OSLK.
    pub os_locked: bool,
    /// The System registers that have a state of their own, by op0:op1:CRn:CRm:op2 as MRS encodes
    /// it ([`crate::system::name`] tells which), each with its value.
    pub system: Vec<(u16, u64)>,
}

/// Why a state cannot be saved or loaded.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// An instruction was answered one access and is not over.
    #[error("an instruction waits for the answer of a device: run the PE before it is saved")]
    Busy,
    /// Saved by another version.
    #[error("the PE's state has version {0}, not {STATE_VERSION}: save it with the same Hotcore")]
    Version(u32),
    /// Saved from another PE.
    #[error("the state is of the PE with MPIDR_EL1 {0:#x}, which this is not")]
    Mpidr(u64),
    /// Other System registers than this version has.
    #[error("the state does not hold the System registers of this Hotcore, in their order")]
    Registers,
    /// A value that the register cannot have.
    #[error("{register} cannot be {value:#x}: the state is damaged")]
    Value {
        /// The register's name.
        register: &'static str,
        /// What it was to be.
        value: u64,
    },
}

/// The registers of [`CoreState::system`]. Of a timer the condition comes before what enables it.
const SYSTEM: &[&str] = &[
    "SCTLR_EL1",
    "ACTLR_EL1",
    "CPACR_EL1",
    "TTBR0_EL1",
    "TTBR1_EL1",
    "TCR_EL1",
    "MAIR_EL1",
    "AMAIR_EL1",
    "CONTEXTIDR_EL1",
    "PAR_EL1",
    "SPSR_EL1",
    "ELR_EL1",
    "AFSR0_EL1",
    "AFSR1_EL1",
    "ESR_EL1",
    "FAR_EL1",
    "VBAR_EL1",
    "TPIDR_EL1",
    "TPIDR_EL0",
    "TPIDRRO_EL0",
    "SCXTNUM_EL1",
    "SCXTNUM_EL0",
    "CSSELR_EL1",
    "CNTKCTL_EL1",
    "CNTP_CVAL_EL0",
    CNTP_CTL,
    "CNTV_CVAL_EL0",
    CNTV_CTL,
    "DBGBVR0_EL1",
    "DBGBCR0_EL1",
    "DBGWVR0_EL1",
    "DBGWCR0_EL1",
    "DBGBVR1_EL1",
    "DBGBCR1_EL1",
    "DBGWVR1_EL1",
    "DBGWCR1_EL1",
    "MDSCR_EL1",
    "OSDLR_EL1",
];
const CNTP_CTL: &str = "CNTP_CTL_EL0";
const CNTV_CTL: &str = "CNTV_CTL_EL0";
/// CNTP_CTL_EL0.ISTATUS, which follows from the counter.
const ISTATUS: u64 = 1 << 2;

/// The bits that [`CoreState::pstate`] has.
const PSTATE: u64 = 0xf030_03c5;
/// PSTATE.SS.
const SS: u64 = 1 << 21;

impl Core {
    /// The whole state. Call it when [`Core::run`] has returned [`crate::Exit::Kicked`] or
    /// [`crate::Exit::Call`].
    ///
    /// # Errors
    /// [`StateError::Busy`] where a device has answered an instruction that needs another answer.
    pub fn save(&mut self) -> Result<CoreState, StateError> {
        if self.cpu.replay.is_pending() {
            return Err(StateError::Busy);
        }
        let registers = self.registers();
        Ok(CoreState {
            version: STATE_VERSION,
            mpidr: self.cpu.system.mpidr,
            x: registers.x,
            sp_el0: self.cpu.sp_el0(),
            sp_el1: self.cpu.sp_el1(),
            pc: registers.pc,
            pstate: registers.pstate,
            v: registers.v,
            fpcr: registers.fpcr,
            fpsr: registers.fpsr,
            event: self.cpu.event,
            standby: self.stands_by(),
            os_locked: self.cpu.system.os_locked,
            system: self.cpu.at_el1(|cpu| {
                system_rows().filter_map(|row| Some((row.encoding, cpu.read(row)?))).collect()
            }),
        })
    }

    /// Takes over a state that [`Core::save`] made of the PE with the same MPIDR_EL1.
    ///
    /// # Errors
    /// A state of another version or PE, or with values that registers cannot have. The PE is then
    /// in its reset state.
    pub fn load(&mut self, state: &CoreState) -> Result<(), StateError> {
        self.reset();
        let loaded = self.load_or_stop(state);
        if loaded.is_err() {
            self.reset();
        }
        loaded
    }

    fn load_or_stop(&mut self, state: &CoreState) -> Result<(), StateError> {
        state.check(self.cpu.system.mpidr)?;
        let cpu = &mut self.cpu;
        for (row, &(_, value)) in system_rows().zip(&state.system) {
            cpu.write(row, value);
            if cpu.read(row) != Some(value) {
                return Err(StateError::Value { register: row.name, value });
            }
        }
        cpu.system.os_locked = state.os_locked;
        for (number, &value) in state.x.iter().enumerate() {
            cpu.set_x(number as u8, value);
        }
        for (number, &value) in state.v.iter().enumerate() {
            cpu.set_v(number as u8, value);
        }
        cpu.fpcr = state.fpcr;
        cpu.fpsr = state.fpsr;
        cpu.event = state.event;
        cpu.pc = state.pc;
        cpu.set_pstate(state.pstate);
        cpu.stepping = state.pstate & SS != 0;
        cpu.set_sp_el0(state.sp_el0);
        cpu.set_sp_el1(state.sp_el1);
        if state.standby {
            self.stand_by();
        }
        Ok(())
    }
}

impl CoreState {
    /// Whether the PE with `mpidr` can be in this state, as far as that is known before its System
    /// registers are written.
    fn check(&self, mpidr: u64) -> Result<(), StateError> {
        if self.version != STATE_VERSION {
            return Err(StateError::Version(self.version));
        }
        if self.mpidr != mpidr {
            return Err(StateError::Mpidr(self.mpidr));
        }
        let encodings = self.system.iter().map(|register| register.0);
        if !encodings.eq(system_rows().map(|row| row.encoding)) {
            return Err(StateError::Registers);
        }
        let bits = [
            ("PSTATE", self.pstate, PSTATE),
            ("FPCR", self.fpcr.into(), FPCR_BITS.into()),
            ("FPSR", self.fpsr.into(), FPSR_BITS.into()),
        ];
        for (register, value, allowed) in bits {
            if value & !allowed != 0 || register == "PSTATE" && value & 5 == 1 {
                return Err(StateError::Value { register, value });
            }
        }
        Ok(())
    }
}

fn system_rows() -> impl Iterator<Item = &'static Row> {
    SYSTEM.iter().filter_map(|name| row_named(name))
}

impl Cpu {
    /// Does `work` at EL1, where every System register is accessible.
    fn at_el1<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> T {
        let (level, selects_sp_el1) = (self.level, self.selects_sp_el1);
        self.switch(Level::El1, true);
        let result = work(self);
        self.switch(level, selects_sp_el1);
        result
    }

    fn read(&mut self, row: &Row) -> Option<u64> {
        self.go(row.read?)?;
        let value = self.x(SINK);
        Some(if matches!(row.name, CNTP_CTL | CNTV_CTL) { value & !ISTATUS } else { value })
    }

    fn write(&mut self, row: &Row, value: u64) {
        self.set_x(SINK, value);
        let _done = row.write.and_then(|way| self.go(way));
    }

    /// Executes the MRS or MSR of [`SINK`] that goes this way.
    fn go(&mut self, way: Way) -> Option<()> {
        let step = way.lowered(0, SINK).step;
        (step.run)(self, &step).ok()
    }
}

#[cfg(test)]
mod tests;
