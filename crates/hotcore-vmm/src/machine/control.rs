//! The one handle through which clients of every protocol command a machine.

use std::sync::Arc;
use std::time::Duration;

use hotcore_devices::GedEvent;
use hotcore_vcpu::{CpuView, Ledger, OperationId, Patience, RequestError, ResizeError, VcpuIndex};

use super::counters::VcpuActivity;
use super::lifecycle::{Request, ResetBy, Stop};
use super::operations::OperationRecord;
use super::shared::Shared;
use super::{Facts, MachineFacts};

/// Commands a running machine. Clones command the same one; no call blocks.
#[derive(Clone)]
pub struct Control {
    shared: Arc<Shared>,
    facts: Arc<Facts>,
}

/// What a machine is and how it is doing.
#[derive(Debug, Clone)]
pub struct MachineInfo {
    /// What never changes.
    pub facts: MachineFacts,
    /// Every possible CPU, in index order.
    pub cpus: Vec<CpuView>,
    /// CPUs enabled by policy.
    pub enabled: u16,
    /// The latest operation of each CPU, under way or ended, oldest first.
    pub operations: Vec<OperationRecord>,
    /// From the making of the machine to its first vCPU's first instruction; `None` before.
    pub first_instruction: Option<Duration>,
    /// Since the machine was made.
    pub uptime: Duration,
}

impl Control {
    pub(super) fn new(shared: Arc<Shared>, facts: Arc<Facts>) -> Self {
        Self { shared, facts }
    }

    /// What the machine is and how it is doing.
    pub fn info(&self) -> MachineInfo {
        let hotplug = self.shared.hotplug.lock();
        let cpus = hotplug.ledger.cpus().map(|(_, cpu)| cpu).collect();
        let enabled = hotplug.ledger.enabled();
        // Those and the operations are of one moment.
        let operations = self.shared.operations.latest(self.shared.work());
        drop(hotplug);
        MachineInfo {
            facts: self.facts.machine.clone(),
            cpus,
            enabled,
            operations,
            first_instruction: self.shared.first_run.get().copied(),
            uptime: self.shared.now(),
        }
    }

    /// What never changes about it.
    pub fn facts(&self) -> &MachineFacts {
        &self.facts.machine
    }

    /// Whether a CPU is enabled by policy.
    pub fn is_enabled(&self, cpu: VcpuIndex) -> bool {
        self.shared.hotplug.lock().ledger.cpus().any(|(index, view)| index == cpu && view.enabled)
    }

    /// Asks the guest to add a CPU.
    pub fn plug(&self, cpu: u16, patience: Patience) -> Result<OperationId, RequestError> {
        self.one(cpu, |ledger, cpu, now| ledger.plug(cpu, patience, now))
    }

    /// Asks the guest to give a CPU back.
    pub fn unplug(&self, cpu: u16, patience: Patience) -> Result<OperationId, RequestError> {
        self.one(cpu, |ledger, cpu, now| ledger.unplug(cpu, patience, now))
    }

    /// Has `desired` CPUs enabled; returns what was begun for that.
    pub fn resize(
        &self,
        desired: u32,
        patience: Patience,
    ) -> Result<Vec<OperationId>, ResizeError> {
        self.shared.with_ledger(|ledger, now| ledger.resize(desired, patience, now))
    }

    /// Takes a request back that the guest has not noticed yet.
    pub fn cancel(&self, operation: OperationId) -> Result<(), RequestError> {
        self.shared.with_ledger(|ledger, now| ledger.cancel(operation, now))
    }

    /// An operation under way, or one of the latest that ended.
    pub fn operation(&self, id: OperationId) -> Option<OperationRecord> {
        self.shared.operations.get(id, self.shared.work())
    }

    /// The operations under way and the latest that ended, oldest first.
    pub fn operations(&self) -> Vec<OperationRecord> {
        self.shared.operations.all(self.shared.work())
    }

    /// What each possible vCPU has done so far, in index order.
    pub fn activity(&self) -> Vec<VcpuActivity> {
        self.shared.slots.iter().map(|slot| slot.counters.activity()).collect()
    }

    /// Each possible vCPU's thread on the host, where it is powered on, in index order.
    pub fn threads(&self) -> Vec<Option<i32>> {
        self.shared.slots.iter().map(|slot| slot.counters.thread()).collect()
    }

    /// Stops every vCPU for a while. Time goes on, also for requests to the guest. `false`: some vCPU
    /// does not stop within ten seconds (the output of the guest's console is blocked, say).
    pub fn pause(&self) -> bool {
        self.shared.gate.hold(true);
        self.shared.stop_at_the_gate()
    }

    /// Lets the vCPUs go on that [`Control::pause`] has stopped.
    pub fn resume(&self) {
        self.shared.gate.hold(false);
    }

    /// Presses the power button: the guest decides what follows.
    pub fn press_power_button(&self) {
        self.shared.hotplug.lock().ged.raise(GedEvent::PowerButton);
    }

    /// Starts the guest again from the beginning, without asking it.
    pub fn reset(&self) {
        self.shared.lifecycle.request(Request::Reset(ResetBy::Host));
    }

    /// Ends the machine without asking the guest.
    pub fn stop(&self) {
        self.shared.lifecycle.request(Request::Stop(Stop::ByHost));
    }

    fn one(
        &self,
        cpu: u16,
        decide: impl FnOnce(&mut Ledger, VcpuIndex, Duration) -> Result<OperationId, RequestError>,
    ) -> Result<OperationId, RequestError> {
        self.shared.with_ledger(|ledger, now| {
            let possible = ledger.possible();
            let index = VcpuIndex::new(cpu).ok_or(RequestError::NoSuchCpu { cpu, possible })?;
            decide(ledger, index, now)
        })
    }
}
