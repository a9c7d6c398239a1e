//! One PE's wires: the system counter, its GIC CPU interface, its timers' interrupt lines.

use std::sync::Arc;

use hotcore_a64::{Surroundings, Timer};
use hotcore_gic::Register;
use hotcore_vcpu::VcpuIndex;

use super::vm::Parts;

/// INTID of the virtual timer's PPI (Arm BSA).
const VIRTUAL_TIMER: u32 = 27;
/// INTID of the EL1 physical timer's PPI (Arm BSA).
const PHYSICAL_TIMER: u32 = 30;

/// The surroundings of one PE.
pub(super) struct Wiring {
    pub(super) cpu: VcpuIndex,
    pub(super) parts: Arc<Parts>,
}

impl Surroundings for Wiring {
    fn counter(&self) -> u64 {
        self.parts.begin.elapsed().as_nanos() as u64
    }

    fn read(&mut self, register: u16) -> Option<u64> {
        let register = Register::from_encoding(register).filter(|it| it.is_readable())?;
        Some(self.parts.gic.read(self.cpu, register))
    }

    fn write(&mut self, register: u16, value: u64) -> Option<()> {
        let register = Register::from_encoding(register).filter(|it| it.is_writable())?;
        self.parts.gic.write(self.cpu, register, value);
        Some(())
    }

    fn set_timer(&mut self, timer: Timer, asserted: bool) {
        let intid = match timer {
            Timer::Virtual => VIRTUAL_TIMER,
            Timer::Physical => PHYSICAL_TIMER,
        };
        self.parts.gic.set_ppi(self.cpu, intid, asserted);
    }

    fn irq(&self) -> bool {
        self.parts.gic.lines(self.cpu).irq
    }

    fn fiq(&self) -> bool {
        self.parts.gic.lines(self.cpu).fiq
    }
}
