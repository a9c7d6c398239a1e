//! Making a machine, in the one order that KVM takes (guest contract §2.6): the VM, the SMCCC filter,
//! memory, *all* vCPUs, then the interrupt controller, whose initialisation fixes the set of vCPUs
//! for good.

// Memory slots hand the process's memory to the guest.
#![allow(unsafe_code)]

use std::ops::Range;
use std::sync::Arc;

use hotcore_vcpu::VcpuIndex;
use kvm_bindings::{
    KVM_ARM_VCPU_PMU_V3, KVM_ARM_VCPU_POWER_OFF, KVM_ARM_VCPU_PSCI_0_2, KVM_CAP_ARM_NISV_TO_USER,
    KVM_MEM_READONLY, kvm_enable_cap, kvm_userspace_memory_region, kvm_vcpu_init,
};
use kvm_ioctls::{Kvm, VmFd};
use vm_memory::{Address, GuestMemoryBackend, GuestMemoryRegion, MemoryRegionAddress};

use super::vcpu::KvmVcpu;
use super::vgic::Vgic;
use super::vm::{KvmVm, Parts};
use super::{DEFAULT_ADDRESS_BITS, of_vm, smccc};
use crate::kvm::{Host, NAME, Requirement};
use crate::{EngineError, GuestMemory, VmSpec};

/// Makes the VM of a machine and all its vCPUs, reset and powered off.
pub(super) fn machine(
    kvm: &Kvm,
    host: Host,
    spec: &VmSpec,
) -> Result<(KvmVm, Vec<KvmVcpu>), EngineError> {
    if u32::from(spec.vcpus) > host.max_vcpus {
        let limit = host.max_vcpus;
        return Err(EngineError::TooManyVcpus { engine: NAME, asked: spec.vcpus, limit });
    }
    let vm = new_vm(kvm, address_bits(&spec.memory, host.address_bits)?)?;
    smccc::forward_calls(&vm)?;
    report_undecoded_aborts(&vm)?;
    add_memory(&vm, &spec.memory, &spec.read_only)?;
    let init = vcpu_init(&vm, host.pmu)?;

    let created = VcpuIndex::first(spec.vcpus)
        .map(|index| KvmVcpu::create(&vm, index))
        .collect::<Result<Vec<_>, _>>()?;
    for vcpu in &created {
        vcpu.initialise(&init)?;
    }

    let vgic = Vgic::create(&vm)?;
    vgic.place(&spec.gic, spec.vcpus)?;
    if host.pmu {
        for vcpu in &created {
            vcpu.set_pmu_interrupt(spec.gic.pmu_interrupt)?;
        }
    }
    vgic.initialise()?;
    if host.pmu {
        for vcpu in &created {
            vcpu.initialise_pmu()?;
        }
    }

    let memory = spec.memory.clone();
    let parts = Arc::new(Parts { vm, vgic, init, memory, breakpoints: spec.breakpoints.clone() });
    let vcpus =
        created.into_iter().map(|vcpu| vcpu.into_part_of(&parts)).collect::<Result<_, _>>()?;
    Ok((KvmVm::new(parts, spec, host.pmu), vcpus))
}

/// A VM without memory or CPUs, whose guest physical addresses have `address_bits` bits.
pub(super) fn new_vm(kvm: &Kvm, address_bits: u32) -> Result<VmFd, EngineError> {
    kvm.create_vm_with_ipa_size(address_bits).map_err(of_vm("create a VM (KVM_CREATE_VM)"))
}

/// The width of guest physical addresses: the usual one, unless the host has less or the memory
/// needs more.
fn address_bits(memory: &GuestMemory, limit: u32) -> Result<u32, EngineError> {
    let last = memory.last_addr().raw_value();
    let needed = u64::BITS - last.leading_zeros();
    if needed > limit {
        let end = last.saturating_add(1);
        return Err(Requirement::AddressBits { needed, limit, end }.into());
    }
    Ok(needed.max(DEFAULT_ADDRESS_BITS).min(limit))
}

/// Has accesses that KVM cannot emulate reported with their address, instead of as a bare error.
fn report_undecoded_aborts(vm: &VmFd) -> Result<(), EngineError> {
    let cap = kvm_enable_cap { cap: KVM_CAP_ARM_NISV_TO_USER, ..Default::default() };
    vm.enable_cap(&cap).map_err(of_vm("enable KVM_CAP_ARM_NISV_TO_USER"))
}

fn add_memory(vm: &VmFd, memory: &GuestMemory, read_only: &Range<u64>) -> Result<(), EngineError> {
    for (slot, region) in (0..).zip(memory.iter()) {
        let host_address =
            region.get_host_address(MemoryRegionAddress(0)).map_err(|error| EngineError::Vm {
                operation: "find guest memory in this process",
                source: std::io::Error::other(error),
            })?;
        let start = region.start_addr().raw_value();
        let slot = kvm_userspace_memory_region {
            slot,
            flags: if read_only.contains(&start) { KVM_MEM_READONLY } else { 0 },
            guest_phys_addr: start,
            memory_size: region.len(),
            userspace_addr: host_address as u64,
        };
        // SAFETY: the region is mapped, and stays so while a vCPU can run: every vCPU holds the
        // `Parts` of its VM, which hold the memory. What the guest writes is only ever read through
        // vm-memory's volatile accessors.
        unsafe { vm.set_user_memory_region(slot) }
            .map_err(of_vm("give the VM its memory (KVM_SET_USER_MEMORY_REGION)"))?;
    }
    Ok(())
}

/// How every vCPU of this VM is initialised, now and at each reset: powered off.
fn vcpu_init(vm: &VmFd, pmu: bool) -> Result<kvm_vcpu_init, EngineError> {
    let mut init = kvm_vcpu_init::default();
    vm.get_preferred_target(&mut init)
        .map_err(of_vm("ask which CPU to offer (KVM_ARM_PREFERRED_TARGET)"))?;
    init.features[0] |= 1 << KVM_ARM_VCPU_PSCI_0_2 | 1 << KVM_ARM_VCPU_POWER_OFF;
    if pmu {
        init.features[0] |= 1 << KVM_ARM_VCPU_PMU_V3;
    }
    Ok(init)
}
