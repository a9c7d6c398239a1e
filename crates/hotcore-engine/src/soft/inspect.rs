//! A vCPU that is interpreted, as a debugger sees it.

use super::vcpu::SoftVcpu;
use crate::EngineError;
use crate::debug::{Inspect, Registers};

impl Inspect for SoftVcpu {
    fn registers(&self) -> Result<Registers, EngineError> {
        Ok(self.core()?.registers())
    }

    fn set_registers(&mut self, registers: &Registers) -> Result<(), EngineError> {
        self.core_mut()?.set_registers(registers);
        Ok(())
    }

    fn read_memory(&self, address: u64, data: &mut [u8]) -> Result<usize, EngineError> {
        Ok(self.core()?.read_memory(address, data))
    }

    fn write_memory(&mut self, address: u64, data: &[u8]) -> Result<bool, EngineError> {
        Ok(self.core()?.write_memory(address, data))
    }

    fn set_single_step(&mut self, wanted: bool) -> Result<(), EngineError> {
        self.core_mut()?.set_single_step(wanted);
        Ok(())
    }
}
