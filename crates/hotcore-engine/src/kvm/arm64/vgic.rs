//! KVM's virtual GICv3 (Linux `Documentation/virt/kvm/devices/arm-vgic-v3.rst`): placing it and
//! reaching its registers.

// Reading a device attribute has the kernel write through a pointer.
#![allow(unsafe_code)]

use hotcore_vcpu::{Mpidr, VcpuIndex};
use kvm_bindings::{
    KVM_DEV_ARM_VGIC_CTRL_INIT, KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS,
    KVM_DEV_ARM_VGIC_GRP_CTRL, KVM_DEV_ARM_VGIC_GRP_DIST_REGS, KVM_DEV_ARM_VGIC_GRP_NR_IRQS,
    KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, KVM_VGIC_V3_ADDR_TYPE_DIST,
    KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION, kvm_create_device, kvm_device_attr,
    kvm_device_type_KVM_DEV_TYPE_ARM_VGIC_V3,
};
use kvm_ioctls::{DeviceFd, VmFd};
use vmm_sys_util::errno;

use super::of_vm;
use super::registers::SystemRegister;
use crate::kvm::Requirement;
use crate::{EngineError, GicSpec};

/// The GICv3 of one VM.
pub(super) struct Vgic {
    device: DeviceFd,
}

impl Vgic {
    pub(super) fn create(vm: &VmFd) -> Result<Self, EngineError> {
        let mut device = kvm_create_device {
            type_: kvm_device_type_KVM_DEV_TYPE_ARM_VGIC_V3,
            ..Default::default()
        };
        let device = vm.create_device(&mut device).map_err(|error| match error.errno() {
            libc::ENODEV => Requirement::Gicv3.into(),
            _ => of_vm("create the interrupt controller")(error),
        })?;
        let region =
            attribute(KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION.into(), &0u64);
        device.has_device_attr(&region).map_err(|_| Requirement::RedistributorRegion)?;
        Ok(Self { device })
    }

    /// Puts it into the guest's address space: the distributor, and one region with a frame for each
    /// vCPU, in the order in which the vCPUs were created.
    ///
    /// ```text
    /// KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION
    ///  63   52 51              16 15   12 11     0
    /// +-------+------------------+-------+--------+
    /// | count |    base[51:16]   | flags | index  |
    /// +-------+------------------+-------+--------+
    /// ```
    pub(super) fn place(&self, spec: &GicSpec, vcpus: u16) -> Result<(), EngineError> {
        self.set(KVM_DEV_ARM_VGIC_GRP_ADDR, KVM_VGIC_V3_ADDR_TYPE_DIST.into(), &spec.distributor)
            .map_err(of_vm("place the GIC distributor"))?;
        self.set(
            KVM_DEV_ARM_VGIC_GRP_ADDR,
            KVM_VGIC_V3_ADDR_TYPE_REDIST_REGION.into(),
            &(u64::from(vcpus) << 52 | spec.redistributors),
        )
        .map_err(of_vm("place the GIC redistributors"))?;
        self.set(KVM_DEV_ARM_VGIC_GRP_NR_IRQS, 0, &spec.interrupts)
            .map_err(of_vm("set the number of interrupts"))
    }

    /// Makes it work. No vCPU can be created any more.
    pub(super) fn initialise(&self) -> Result<(), EngineError> {
        let attribute = kvm_device_attr {
            group: KVM_DEV_ARM_VGIC_GRP_CTRL,
            attr: KVM_DEV_ARM_VGIC_CTRL_INIT.into(),
            ..Default::default()
        };
        self.device
            .set_device_attr(&attribute)
            .map_err(of_vm("initialise the interrupt controller"))
    }

    /// A 32-bit register of the distributor.
    pub(super) fn distributor(&self, offset: u32) -> GicRegister<'_, u32> {
        self.register(KVM_DEV_ARM_VGIC_GRP_DIST_REGS, offset.into())
    }

    /// A 32-bit register of a redistributor frame.
    pub(super) fn redistributor(&self, cpu: VcpuIndex, offset: u32) -> GicRegister<'_, u32> {
        self.register(KVM_DEV_ARM_VGIC_GRP_REDIST_REGS, of_cpu(cpu) | u64::from(offset))
    }

    /// A register of a vCPU's interface to the GIC.
    pub(super) fn interface(
        &self,
        cpu: VcpuIndex,
        register: SystemRegister,
    ) -> GicRegister<'_, u64> {
        let attr = of_cpu(cpu) | u64::from(register.encoding());
        self.register(KVM_DEV_ARM_VGIC_GRP_CPU_SYSREGS, attr)
    }

    fn register<T: Value>(&self, group: u32, attr: u64) -> GicRegister<'_, T> {
        GicRegister { vgic: self, group, attr, value: T::default() }
    }

    fn set<T: Value>(&self, group: u32, attr: u64, value: &T) -> Result<(), errno::Error> {
        self.device.set_device_attr(&attribute(group, attr, value))
    }
}

/// The upper half of the attribute of a register that each vCPU has.
fn of_cpu(cpu: VcpuIndex) -> u64 {
    u64::from(Mpidr::of(cpu).packed()) << 32
}

fn attribute<T: Value>(group: u32, attr: u64, value: &T) -> kvm_device_attr {
    kvm_device_attr { flags: 0, group, attr, addr: std::ptr::from_ref(value) as u64 }
}

/// What the attributes of the GIC hold. The kernel knows the size from the group.
pub(super) trait Value: Default + Copy {}
impl Value for u32 {}
impl Value for u64 {}

/// One register, without the side effects of an access by the guest. No vCPU may be running.
pub(super) struct GicRegister<'a, T> {
    vgic: &'a Vgic,
    group: u32,
    attr: u64,
    value: T,
}

impl<T: Value> GicRegister<'_, T> {
    pub(super) fn read(mut self) -> Result<T, errno::Error> {
        let mut attribute = kvm_device_attr {
            flags: 0,
            group: self.group,
            attr: self.attr,
            addr: (&raw mut self.value) as u64,
        };
        // SAFETY: the kernel writes a `T` (the constructors pair groups and sizes) to `value`, which
        // is alive and not borrowed.
        unsafe { self.vgic.device.get_device_attr(&mut attribute) }?;
        Ok(self.value)
    }

    pub(super) fn write(self, value: T) -> Result<(), errno::Error> {
        self.vgic.set(self.group, self.attr, &value)
    }
}
