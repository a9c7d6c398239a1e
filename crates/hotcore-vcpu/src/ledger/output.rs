//! What the ledger asks of the world around it.

use super::{Operation, VcpuEntry};
use crate::VcpuIndex;

/// Something for the owner of the ledger to do, in the order given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Output {
    /// Tell the guest that the register block has an event: set the GED's CPU bit and pulse
    /// its interrupt. May repeat until the guest looks.
    RaiseEvent,
    /// Start executing a vCPU. Answer with [`vcpu_started`](super::Ledger::vcpu_started) or
    /// [`vcpu_start_failed`](super::Ledger::vcpu_start_failed).
    StartVcpu {
        /// Which one.
        cpu: VcpuIndex,
        /// Where.
        entry: VcpuEntry,
    },
    /// Something that a client may want to know.
    Notice(Notice),
}

/// News for clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Notice {
    /// An operation passed a stage; the last one of each operation has an outcome.
    Operation(Operation),
    /// The guest evaluated `_OST`.
    Ost {
        /// Of which CPU.
        cpu: VcpuIndex,
        /// `_OST` argument 0, the source event.
        source: u32,
        /// `_OST` argument 1, the status.
        status: u32,
    },
    /// The guest ejected a CPU; `asked` tells whether an operation of the host was under way.
    Ejected {
        /// Which CPU.
        cpu: VcpuIndex,
        /// Whether the host had asked.
        asked: bool,
    },
    /// The guest wrote an eject that is not allowed: boot CPU, fixed, not enabled, or still on.
    EjectIgnored {
        /// Which CPU.
        cpu: VcpuIndex,
    },
    /// A CPU began or ceased to execute.
    Power {
        /// Which CPU.
        cpu: VcpuIndex,
        /// Whether it executes now.
        on: bool,
    },
}
