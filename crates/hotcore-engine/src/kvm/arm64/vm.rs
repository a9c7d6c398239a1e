//! The parts that all vCPUs of a VM share.

use std::io;
use std::sync::Arc;

use hotcore_vcpu::VcpuIndex;
use kvm_bindings::{KVM_ARM_IRQ_TYPE_SHIFT, KVM_ARM_IRQ_TYPE_SPI, kvm_vcpu_init};
use kvm_ioctls::VmFd;

use super::of_vm;
use super::vgic::Vgic;
use crate::debug::Breakpoints;
use crate::{EngineError, GuestMemory, Vm, VmSpec};

/// What must live as long as any vCPU of the VM.
pub(super) struct Parts {
    pub(super) vm: VmFd,
    pub(super) vgic: Vgic,
    pub(super) init: kvm_vcpu_init,
    /// Mapped into the guest: it may not go before the vCPUs do.
    pub(super) memory: GuestMemory,
    /// Where a debugger wants the vCPUs to stop.
    pub(super) breakpoints: Option<Breakpoints>,
}

/// A VM of KVM.
pub(super) struct KvmVm {
    pub(super) parts: Arc<Parts>,
    vcpus: u16,
    interrupts: u32,
    pmu: bool,
}

impl KvmVm {
    pub(super) fn new(parts: Arc<Parts>, spec: &VmSpec, pmu: bool) -> Self {
        Self { parts, vcpus: spec.vcpus, interrupts: spec.gic.interrupts, pmu }
    }
}

impl Vm for KvmVm {
    fn set_spi(&self, intid: u32, high: bool) -> Result<(), EngineError> {
        if !(32..self.interrupts).contains(&intid) {
            let source = io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("{intid} is not in 32..{}", self.interrupts),
            );
            return Err(EngineError::Vm { operation: "drive an SPI", source });
        }
        let line = KVM_ARM_IRQ_TYPE_SPI << KVM_ARM_IRQ_TYPE_SHIFT | intid;
        self.parts.vm.set_irq_line(line, high).map_err(of_vm("drive an SPI (KVM_IRQ_LINE)"))
    }

    fn has_pmu(&self) -> bool {
        self.pmu
    }

    fn reset_interrupt_controller(&self) -> Result<(), EngineError> {
        self.parts.vgic.reset(self.vcpus, self.interrupts)
    }

    fn redistributor_register(&self, cpu: VcpuIndex, offset: u32) -> Result<u32, EngineError> {
        self.parts
            .vgic
            .redistributor(cpu, offset)
            .read()
            .map_err(of_vm("read a redistributor register"))
    }
}
