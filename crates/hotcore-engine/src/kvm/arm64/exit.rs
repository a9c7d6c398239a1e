//! Why KVM_RUN returned, in terms that outlive the borrow of the vCPU (Linux
//! `Documentation/virt/kvm/api.rst`, "5. The kvm_run structure").

// `kvm_run` is a union.
#![allow(unsafe_code)]

use kvm_bindings::{
    KVM_EXIT_ARM_NISV, KVM_EXIT_FAIL_ENTRY_CPU_UNSUPPORTED, KVM_EXIT_INTERNAL_ERROR,
    KVM_SYSTEM_EVENT_WAKEUP, kvm_run,
};
use kvm_ioctls::VcpuExit;

use super::debug;
use crate::debug::Halt;

/// What a run came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A load: its data is in `kvm_run`.
    MmioRead,
    /// A store: its data is in `kvm_run`.
    MmioWrite,
    /// An SMCCC call.
    Hypercall { function: u32 },
    /// A suspended vCPU has an interrupt.
    WakeUp,
    /// A signal.
    Interrupted,
    /// What a debugger has asked for.
    Halted(Halt),
    /// The guest cannot go on, for a reason that is known.
    Crashed(String),
    /// The guest cannot go on, for a reason that `kvm_run` may explain.
    Unexpected { reason: u32 },
}

impl From<VcpuExit<'_>> for Event {
    fn from(exit: VcpuExit<'_>) -> Self {
        match exit {
            VcpuExit::MmioRead(..) => Self::MmioRead,
            VcpuExit::MmioWrite(..) => Self::MmioWrite,
            // Function identifiers have 32 bits: KVM puts W0 here.
            VcpuExit::Hypercall(call) => Self::Hypercall { function: call.nr as u32 },
            VcpuExit::Intr => Self::Interrupted,
            VcpuExit::Debug(debug) => debug::halt(debug.hsr).map_or_else(
                || Self::Crashed(format!("KVM exits for a debug event, ESR_EL2 {:#x}", debug.hsr)),
                Self::Halted,
            ),
            VcpuExit::SystemEvent(KVM_SYSTEM_EVENT_WAKEUP, _) => Self::WakeUp,
            VcpuExit::SystemEvent(kind, _) => Self::Crashed(format!(
                "KVM reports system event {kind}, which PSCI calls of the guest cannot lead to"
            )),
            VcpuExit::FailEntry(reason, cpu) => Self::Crashed(fail_entry(reason, cpu)),
            VcpuExit::InternalError => Self::Unexpected { reason: KVM_EXIT_INTERNAL_ERROR },
            VcpuExit::MemoryFault { flags, gpa, size } => Self::Crashed(format!(
                "host memory behind guest address {gpa:#x} cannot be reached \
                 (KVM_EXIT_MEMORY_FAULT, {size:#x} bytes, flags {flags:#x})"
            )),
            VcpuExit::Unsupported(reason) => Self::Unexpected { reason },
            other => Self::Crashed(format!("KVM exits with {other:?}, which nothing asked for")),
        }
    }
}

fn fail_entry(reason: u64, cpu: u32) -> String {
    if reason & u64::from(KVM_EXIT_FAIL_ENTRY_CPU_UNSUPPORTED) != 0 {
        return format!(
            "host CPU {cpu} cannot run this vCPU (its features or its PMU differ from those of the \
             CPU that the machine was made on); keep the VMM on CPUs of one kind, with taskset"
        );
    }
    format!("the guest cannot be entered on host CPU {cpu}: reason {reason:#x}")
}

/// The words for a person about an exit for `reason`, which is what `run` was last filled in for.
pub(super) fn describe(reason: u32, run: &kvm_run) -> String {
    match reason {
        KVM_EXIT_ARM_NISV => {
            // SAFETY: the exit reason says which member of the union is valid; all its bit patterns
            // are.
            let abort = unsafe { run.__bindgen_anon_1.arm_nisv };
            format!(
                "a load or store at guest physical address {:#x} that cannot be emulated: the CPU \
                 did not decode it (ESR_EL2 ISS {:#x}); devices take single loads and stores of one \
                 general-purpose register without write-back",
                abort.fault_ipa, abort.esr_iss
            )
        }
        KVM_EXIT_INTERNAL_ERROR => {
            // SAFETY: as above.
            let internal = unsafe { run.__bindgen_anon_1.internal };
            format!("KVM has an internal error, suberror {}", internal.suberror)
        }
        _ => format!("KVM exits for reason {reason}, which this engine does not know"),
    }
}
