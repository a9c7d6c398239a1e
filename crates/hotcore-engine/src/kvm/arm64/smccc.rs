//! Handing every PSCI call of a guest to the VMM, and those that are the VMM's own (Linux
//! `Documentation/virt/kvm/devices/vm.rst`, "KVM_ARM_VM_SMCCC_CTRL"): policy about CPUs is none of the
//! kernel's business.

use kvm_bindings::{
    KVM_ARM_VM_SMCCC_CTRL, KVM_ARM_VM_SMCCC_FILTER, kvm_device_attr, kvm_smccc_filter,
    kvm_smccc_filter_action_KVM_SMCCC_FILTER_FWD_TO_USER as FORWARD,
};
use kvm_ioctls::VmFd;

use super::of_vm;
use crate::EngineError;
use crate::kvm::Requirement;

/// The function identifiers that the SMC Calling Convention reserves for PSCI, in its 32-bit and its
/// 64-bit form. Forwarding single functions would leave a back door: CPU_ON has an id in each.
///
/// With them those of the OEM, which the VMM is: a CPU returns to its mailbox by one.
const FORWARDED: [u32; 3] = [0x8400_0000, 0xc400_0000, 0xc300_0000];
/// Identifiers from each of those on.
const FUNCTIONS: u32 = 0x20;

const ATTRIBUTE: kvm_device_attr = kvm_device_attr {
    flags: 0,
    group: KVM_ARM_VM_SMCCC_CTRL,
    attr: KVM_ARM_VM_SMCCC_FILTER as u64,
    addr: 0,
};

/// Whether the host has the filter.
pub(super) fn check(vm: &VmFd) -> Result<(), EngineError> {
    vm.has_device_attr(&ATTRIBUTE).map_err(|_| Requirement::SmcccFilter.into())
}

/// Has these calls reported as hypercalls. Before any vCPU runs.
pub(super) fn forward_calls(vm: &VmFd) -> Result<(), EngineError> {
    check(vm)?;
    for base in FORWARDED {
        let filter =
            kvm_smccc_filter { base, nr_functions: FUNCTIONS, action: FORWARD as u8, pad: [0; 15] };
        let attribute = kvm_device_attr { addr: (&raw const filter) as u64, ..ATTRIBUTE };
        vm.set_device_attr(&attribute).map_err(of_vm("forward firmware calls to the VMM"))?;
    }
    Ok(())
}
