//! An operation: one request of the host, from asking to its truthful end.

use core::fmt;
use core::time::Duration;

use crate::VcpuIndex;

/// Names one operation for the life of a machine. Ids start at 1 and grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(pub(super) u64);

impl OperationId {
    /// The id as a number, for a protocol.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The id with this number; it need not exist.
    pub const fn from_raw(id: u64) -> Self {
        Self(id)
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What the host asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// Enable a CPU and tell the guest (hot-add).
    Plug,
    /// Ask the guest to give a CPU back (hot-remove).
    Unplug,
}

/// How far an operation has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Waiting for the guest to finish an earlier eject of the same CPU.
    Held,
    /// The event is raised; the guest has not taken it.
    Requested,
    /// The guest took the event from the register block.
    Delivered,
    /// The guest answered through `_OST`: added, or eject in progress.
    Accepted,
    /// Over; see the outcome.
    Ended,
}

/// How an operation ended. Every operation ends in exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Plug: the guest brought the CPU up and it executes.
    Online,
    /// Unplug: the guest ejected the CPU, which is disabled now.
    Ejected,
    /// Plug: the guest knows the CPU but did not bring it up in the time given. The CPU stays
    /// enabled; the guest may still bring it up.
    AcceptedNotOnlined,
    /// The guest refused, in its own words.
    Refused {
        /// `_OST` argument 0 (ACPI 6.5 §6.3.5): 1 device check, 3 eject request.
        source: u32,
        /// `_OST` argument 1. Status 0 on an unplug: the guest claims success but ejected nothing.
        status: u32,
    },
    /// The guest did not answer in the time given.
    TimedOut,
    /// The host took the request back, or asked for the opposite.
    Cancelled,
    /// A system reset came first. A removal is complete then, and so is an addition: the
    /// guest that boots next finds the CPU as asked.
    CompletedByReset,
}

/// When an operation passed its stages: times since the machine was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Timings {
    /// The host asked.
    pub requested: Duration,
    /// The event was raised towards the guest for the first time.
    pub raised: Option<Duration>,
    /// The guest took the event.
    pub delivered: Option<Duration>,
    /// The guest's `_OST` said added (plug) or eject in progress (unplug).
    pub accepted: Option<Duration>,
    /// The guest's PSCI CPU_ON (plug) or CPU_OFF (unplug) for this CPU.
    pub power: Option<Duration>,
    /// The operation ended.
    pub ended: Option<Duration>,
}

/// A request of the host and what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operation {
    /// Its name.
    pub id: OperationId,
    /// The CPU it is about.
    pub cpu: VcpuIndex,
    /// What was asked.
    pub kind: OperationKind,
    /// How far it has come.
    pub stage: Stage,
    /// How it ended; `None` until then.
    pub outcome: Option<Outcome>,
    /// When it passed its stages.
    pub timings: Timings,
    pub(super) patience: Patience,
    pub(super) deadline: Duration,
}

impl Operation {
    /// How long the guest was given.
    pub const fn patience(&self) -> Patience {
        self.patience
    }
}

/// How long the host waits for the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Patience {
    /// For the guest to answer a request: to say it added the CPU, or to eject it.
    pub answer: Duration,
    /// For the guest to bring up a CPU it has added. Nothing in Linux does that by itself; a udev
    /// rule or an agent does.
    pub online: Duration,
}

impl Default for Patience {
    /// 30 s for an answer; 5 s for bringing a CPU up, the time that Kata's agent allows.
    fn default() -> Self {
        Self { answer: Duration::from_secs(30), online: Duration::from_secs(5) }
    }
}
