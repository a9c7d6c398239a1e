//! A vCPU of KVM as a debugger sees it.

use hotcore_a64::{AddressSpace, TranslationRegisters};

use super::registers::{FpRegister, Register};
use super::vcpu::KvmVcpu;
use crate::EngineError;
use crate::debug::{Inspect, Registers};

/// What is tried when a SIMD&FP register cannot be reached.
const FP: &str = "use a SIMD&FP register (KVM_GET_ONE_REG, KVM_SET_ONE_REG)";

impl KvmVcpu {
    fn memory(&self) -> Result<AddressSpace, EngineError> {
        let registers = TranslationRegisters {
            sctlr: self.read(Register::SCTLR_EL1)?,
            tcr: self.read(Register::TCR_EL1)?,
            ttbr0: self.read(Register::TTBR0_EL1)?,
            ttbr1: self.read(Register::TTBR1_EL1)?,
        };
        Ok(AddressSpace::new(&self.parts.memory, registers))
    }

    fn fp<const SIZE: usize>(&self, register: FpRegister<SIZE>) -> Result<[u8; SIZE], EngineError> {
        register.read(&self.fd).map_err(self.failed(FP))
    }

    fn set_fp<const SIZE: usize>(
        &self,
        register: FpRegister<SIZE>,
        value: [u8; SIZE],
    ) -> Result<(), EngineError> {
        register.write(&self.fd, value).map_err(self.failed(FP))
    }
}

/// The stack pointer in use: that of EL1 in EL1h, of EL0 in EL0t and EL1t (PSTATE.EL and SP).
fn stack_pointer(pstate: u64) -> Register {
    if pstate & 0xf == 5 { Register::SP_EL1 } else { Register::SP_EL0 }
}

impl Inspect for KvmVcpu {
    fn registers(&self) -> Result<Registers, EngineError> {
        let pstate = self.read(Register::PSTATE)?;
        let mut registers = Registers {
            x: [0; 31],
            sp: self.read(stack_pointer(pstate))?,
            pc: self.read(Register::PC)?,
            pstate,
            v: [0; 32],
            fpcr: u32::from_ne_bytes(self.fp(FpRegister::FPCR)?),
            fpsr: u32::from_ne_bytes(self.fp(FpRegister::FPSR)?),
        };
        for (number, x) in registers.x.iter_mut().enumerate() {
            *x = self.read(Register::x(number))?;
        }
        for (number, v) in registers.v.iter_mut().enumerate() {
            *v = u128::from_ne_bytes(self.fp(FpRegister::v(number))?);
        }
        Ok(registers)
    }

    fn set_registers(&mut self, registers: &Registers) -> Result<(), EngineError> {
        self.write(Register::PSTATE, registers.pstate)?;
        self.write(stack_pointer(registers.pstate), registers.sp)?;
        self.write(Register::PC, registers.pc)?;
        for (number, &x) in registers.x.iter().enumerate() {
            self.write(Register::x(number), x)?;
        }
        for (number, &v) in registers.v.iter().enumerate() {
            self.set_fp(FpRegister::v(number), v.to_ne_bytes())?;
        }
        self.set_fp(FpRegister::FPCR, registers.fpcr.to_ne_bytes())?;
        self.set_fp(FpRegister::FPSR, registers.fpsr.to_ne_bytes())
    }

    fn read_memory(&self, address: u64, data: &mut [u8]) -> Result<usize, EngineError> {
        Ok(self.memory()?.read(address, data))
    }

    /// What the guest has fetched already may be executed for a while yet: KVM cleans no caches.
    fn write_memory(&mut self, address: u64, data: &[u8]) -> Result<bool, EngineError> {
        Ok(self.memory()?.write(address, data))
    }

    fn set_single_step(&mut self, wanted: bool) -> Result<(), EngineError> {
        self.debug.step = wanted;
        Ok(())
    }
}
