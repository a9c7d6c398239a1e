//! Breakpoints and single steps by the host CPU's own debug registers (Linux
//! `Documentation/virt/kvm/api.rst`, "4.87 KVM_SET_GUEST_DEBUG"; Arm ARM, D2).
//!
//! The guest's memory is left alone, and there are as many breakpoints as the CPU has comparators.
//! While a debugger uses them the guest's own breakpoints do not fire.
//!
//! ```text
//! DBGBCR_EL1: 8:5 BAS = 1111 | 2:1 PMC = 11, EL1 and EL0 | 0 E
//! ESR_EL2:    31:26 EC
//! ```

use std::collections::BTreeSet;
use std::sync::Arc;

use kvm_bindings::{
    KVM_CAP_GUEST_DEBUG_HW_BPS, KVM_GUESTDBG_ENABLE, KVM_GUESTDBG_SINGLESTEP, KVM_GUESTDBG_USE_HW,
    kvm_guest_debug,
};
use kvm_ioctls::{Kvm, VcpuFd};
use vmm_sys_util::errno;

use crate::debug::Halt;

/// Any instruction at the address, at EL1 and at EL0.
const CONTROL: u64 = 0xf << 5 | 3 << 1 | 1;
/// ESR_EL2.EC: a Breakpoint exception and a Software Step exception from a lower Exception level.
const BREAKPOINT: u32 = 0x30;
const SOFTWARE_STEP: u32 = 0x32;

/// What a debugger wants of a vCPU, and what KVM has been told of it.
#[derive(Default)]
pub(super) struct Debug {
    /// Whether the next run executes one instruction.
    pub(super) step: bool,
    applied: Option<(Arc<BTreeSet<u64>>, bool)>,
}

impl Debug {
    /// Tells KVM, where that is news.
    pub(super) fn apply(
        &mut self,
        vcpu: &VcpuFd,
        breakpoints: &Arc<BTreeSet<u64>>,
    ) -> Result<(), errno::Error> {
        let known = self.applied.as_ref();
        if known.is_some_and(|(known, step)| known == breakpoints && *step == self.step) {
            return Ok(());
        }
        vcpu.set_guest_debug(&request(breakpoints, self.step))?;
        self.applied = Some((Arc::clone(breakpoints), self.step));
        Ok(())
    }
}

/// A step goes over whatever breakpoint there is.
fn request(breakpoints: &BTreeSet<u64>, step: bool) -> kvm_guest_debug {
    let mut request = kvm_guest_debug { control: KVM_GUESTDBG_ENABLE, ..Default::default() };
    if step {
        request.control |= KVM_GUESTDBG_SINGLESTEP;
    } else if breakpoints.is_empty() {
        request.control = 0;
    } else {
        request.control |= KVM_GUESTDBG_USE_HW;
        let registers = request.arch.dbg_bvr.iter_mut().zip(&mut request.arch.dbg_bcr);
        for (&address, (value, control)) in breakpoints.iter().zip(registers) {
            (*value, *control) = (address & !3, CONTROL);
        }
    }
    request
}

/// How many breakpoints a vCPU can have at once.
pub(super) fn breakpoints(kvm: &Kvm) -> usize {
    let count = kvm.check_extension_raw(KVM_CAP_GUEST_DEBUG_HW_BPS.into());
    let registers = kvm_guest_debug::default().arch.dbg_bvr.len();
    usize::try_from(count).unwrap_or(0).min(registers)
}

/// Why KVM_EXIT_DEBUG came, by ESR_EL2.
pub(super) fn halt(syndrome: u32) -> Option<Halt> {
    match syndrome >> 26 {
        BREAKPOINT => Some(Halt::Breakpoint),
        SOFTWARE_STEP => Some(Halt::Step),
        _ => None,
    }
}
