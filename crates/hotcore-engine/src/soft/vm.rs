//! What the vCPUs of one machine share, and the guest's accesses to the interrupt controller.

use std::sync::Arc;
use std::time::Instant;

use hotcore_a64::{Cluster, DeviceAccess};
use hotcore_gic::{DISTRIBUTOR_SIZE, Gic, REDISTRIBUTOR_SIZE};
use hotcore_vcpu::VcpuIndex;

use crate::debug::Breakpoints;
use crate::trace::Trace;
use crate::{EngineError, GicSpec, Vm};

/// The parts of a machine that its vCPUs use.
pub(super) struct Parts {
    pub(super) cluster: Arc<Cluster>,
    pub(super) gic: Gic,
    pub(super) places: GicSpec,
    /// When the system counter was zero.
    pub(super) begin: Instant,
    /// What is traced of its vCPUs' execution.
    pub(super) trace: Option<Trace>,
    /// Where a debugger wants its vCPUs to stop.
    pub(super) breakpoints: Option<Breakpoints>,
}

impl Parts {
    /// The answer to an access, if it is to the interrupt controller.
    pub(super) fn interrupt_controller(&self, access: &DeviceAccess) -> Option<u64> {
        let size = usize::from(access.size);
        if let Some(offset) = access.physical.checked_sub(self.places.distributor)
            && offset < DISTRIBUTOR_SIZE
        {
            return Some(match access.store {
                None => self.gic.distributor_read(offset, size),
                Some(value) => {
                    self.gic.distributor_write(offset, size, value);
                    0
                }
            });
        }
        let offset = access.physical.checked_sub(self.places.redistributors)?;
        let cpu = self.gic.cpus().nth(usize::try_from(offset / REDISTRIBUTOR_SIZE).ok()?)?;
        let offset = offset % REDISTRIBUTOR_SIZE;
        Some(match access.store {
            None => self.gic.redistributor_read(cpu, offset, size),
            Some(value) => {
                self.gic.redistributor_write(cpu, offset, size, value);
                0
            }
        })
    }
}

/// The machine as its owner sees it.
pub(super) struct SoftVm(pub(super) Arc<Parts>);

impl Vm for SoftVm {
    fn set_spi(&self, intid: u32, high: bool) -> Result<(), EngineError> {
        self.0.gic.set_spi(intid, high);
        Ok(())
    }

    fn has_pmu(&self) -> bool {
        false
    }

    fn reset_interrupt_controller(&self) -> Result<(), EngineError> {
        self.0.gic.reset();
        Ok(())
    }

    fn redistributor_register(&self, cpu: VcpuIndex, offset: u32) -> Result<u32, EngineError> {
        Ok(self.0.gic.redistributor_read(cpu, offset.into(), size_of::<u32>()) as u32)
    }
}
