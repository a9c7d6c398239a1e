//! The ledger: policy, power and pending operations of every possible CPU.
//!
//! Sans-I/O. Each *door* is a method: the host's requests (`host`), the guest's accesses to
//! the hotplug register block (`guest`) and its PSCI calls (`psci`), the engine's reports, time
//! and reset (`life`). A method answers its caller directly and queues what has to happen
//! elsewhere; [`Ledger::next_output`] hands that out in order. Time is the [`Duration`] since the
//! machine was made, given by the caller and never going backwards.
//!
//! Invariants, whatever comes in and in whichever order (checked by property tests):
//! - the boot CPU is enabled for ever; a CPU that executes is enabled;
//! - `enabled` goes from true to false only by an eject of the guest, by a reset, by the guest's own
//!   refusal, or while the guest cannot have noticed;
//! - every operation ends exactly once, at the latest after its patience;
//! - a remove event belongs to an operation under way, an insert event to an enabled CPU: nothing
//!   stays behind that could block the next request.
//!
//! ```
//! use core::time::Duration;
//! use hotcore_vcpu::{CpuPolicy, Ledger, Output, Patience, VcpuIndex};
//!
//! let mut ledger = Ledger::new(&[
//!     CpuPolicy { enabled: true, removable: false },
//!     CpuPolicy { enabled: false, removable: true },
//! ])?;
//! let cpu = VcpuIndex::new(1).ok_or("out of range")?;
//! let now = Duration::ZERO;
//! let operation = ledger.plug(cpu, Patience::default(), now)?;
//! assert!(core::iter::from_fn(|| ledger.next_output()).any(|o| o == Output::RaiseEvent));
//! assert!(ledger.read_flags(cpu).is_some_and(|flags| flags.enabled && flags.inserting));
//! # let _ = operation;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cpu;
mod guest;
mod host;
mod life;
mod operation;
mod output;
mod psci;
mod resize;
#[cfg(test)]
mod tests;

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use self::cpu::Cpu;
pub use self::cpu::{CpuPolicy, CpuView, EventFlags, Power};
pub use self::host::RequestError;
pub use self::operation::{
    Operation, OperationId, OperationKind, Outcome, Patience, Stage, Timings,
};
pub use self::output::{Notice, Output};
pub use self::psci::{PowerError, VcpuEntry};
pub use self::resize::ResizeError;
use crate::{MAX_VCPUS, VcpuIndex};

/// The state of all possible CPUs. See the [module](self) for how to use it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ledger {
    cpus: Vec<Cpu>,
    last_operation: u64,
    outputs: VecDeque<Output>,
    /// When to raise the event again if the guest has not looked by then, and how long to wait
    /// after that.
    repeat: Option<Repeat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Repeat {
    at: Duration,
    interval: Duration,
}

/// A set of CPUs that cannot make a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidCpus {
    /// None, or more than [`MAX_VCPUS`].
    Count(usize),
    /// The boot CPU has to be enabled and cannot be removable.
    BootCpu,
}

impl fmt::Display for InvalidCpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => {
                write!(f, "{count} possible CPUs; a machine has between 1 and {MAX_VCPUS}")
            }
            Self::BootCpu => f.write_str("CPU 0 has to be enabled at boot and cannot be removable"),
        }
    }
}

impl core::error::Error for InvalidCpus {}

impl Ledger {
    /// A machine's CPUs before its first boot: the boot CPU is on, all others are off.
    pub fn new(cpus: &[CpuPolicy]) -> Result<Self, InvalidCpus> {
        if cpus.is_empty() || cpus.len() > MAX_VCPUS as usize {
            return Err(InvalidCpus::Count(cpus.len()));
        }
        if !cpus[0].enabled || cpus[0].removable {
            return Err(InvalidCpus::BootCpu);
        }
        let mut cpus: Vec<_> = cpus.iter().copied().map(Cpu::new).collect();
        cpus[0].power = Power::On;
        Ok(Self { cpus, last_operation: 0, outputs: VecDeque::new(), repeat: None })
    }

    /// How many CPUs are possible.
    pub fn possible(&self) -> u16 {
        self.cpus.len() as u16
    }

    /// How many CPUs are enabled by policy.
    pub fn enabled(&self) -> u16 {
        self.cpus.iter().filter(|cpu| cpu.enabled).count() as u16
    }

    /// What is known of one CPU; `None` if it is not possible.
    pub fn cpu(&self, cpu: VcpuIndex) -> Option<CpuView> {
        self.cpus.get(cpu.to_usize()).map(Cpu::view)
    }

    /// All possible CPUs, in order.
    pub fn cpus(&self) -> impl Iterator<Item = (VcpuIndex, CpuView)> {
        VcpuIndex::first(self.possible()).zip(self.cpus.iter().map(Cpu::view))
    }

    /// The next thing to do, in the order it was decided. Call until `None` after every door.
    pub fn next_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn notice(&mut self, notice: Notice) {
        self.outputs.push_back(Output::Notice(notice));
    }

    fn get(&self, cpu: VcpuIndex) -> Option<&Cpu> {
        self.cpus.get(cpu.to_usize())
    }

    fn get_mut(&mut self, cpu: VcpuIndex) -> Option<&mut Cpu> {
        self.cpus.get_mut(cpu.to_usize())
    }

    /// Records that the operation on `cpu` reached a stage; an operation never goes back.
    fn advance(&mut self, cpu: VcpuIndex, kind: OperationKind, stage: Stage, now: Duration) {
        let Some(Cpu { operation: Some(operation), .. }) = self.get_mut(cpu) else { return };
        if operation.kind != kind || operation.stage >= stage {
            return;
        }
        operation.stage = stage;
        match stage {
            Stage::Requested => operation.timings.raised = Some(now),
            Stage::Delivered => operation.timings.delivered = Some(now),
            Stage::Accepted => operation.timings.accepted = Some(now),
            Stage::Held | Stage::Ended => {}
        }
        let operation = *operation;
        self.notice(Notice::Operation(operation));
    }

    /// Ends the operation on `cpu`, if there is one.
    fn end(&mut self, cpu: VcpuIndex, outcome: Outcome, now: Duration) {
        let Some(mut operation) = self.get_mut(cpu).and_then(|cpu| cpu.operation.take()) else {
            return;
        };
        operation.stage = Stage::Ended;
        operation.outcome = Some(outcome);
        operation.timings.ended = Some(now);
        self.notice(Notice::Operation(operation));
    }
}
