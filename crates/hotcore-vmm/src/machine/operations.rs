//! The operations of a machine, for clients to look at and wait for.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use hotcore_vcpu::{Notice, Operation, OperationId, VcpuIndex};
use parking_lot::Mutex;

/// How many operations are remembered. Those under way are at most one per CPU, so that an
/// operation is never forgotten before it ends.
const REMEMBERED: usize = 2 * hotcore_vcpu::MAX_VCPUS as usize;

/// How many words of the guest are remembered of one operation.
const OST_REMEMBERED: usize = 16;

/// An operation, what the guest said meanwhile, and what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationRecord {
    /// What was asked, how far it has come, how it ended.
    pub operation: Operation,
    /// Time the VMM itself spent on hotplug between the request and the end (or now): handling
    /// register accesses and firmware calls, raising events, starting threads. The rest of the
    /// operation's time is the guest's, and the engine's.
    pub vmm_time: Duration,
    /// Each `_OST` that the guest evaluated for the CPU since the request and before the next one.
    pub ost: Vec<OstRecord>,
}

/// One evaluation of `_OST`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OstRecord {
    /// Since the machine was made.
    pub at: Duration,
    /// Argument 0, the source event (ACPI 6.5, 6.3.5).
    pub source: u32,
    /// Argument 1, the status.
    pub status: u32,
}

#[derive(Default)]
pub(super) struct Operations {
    records: Mutex<VecDeque<Tracked>>,
}

struct Tracked {
    operation: Operation,
    work_before: Duration,
    work_spent: Option<Duration>,
    ost: Vec<OstRecord>,
}

impl Operations {
    /// Notes what concerns operations. `work` is the VMM's time on hotplug so far.
    pub(super) fn note(&self, notice: &Notice, now: Duration, work: Duration) {
        match *notice {
            Notice::Operation(operation) => self.note_operation(operation, work),
            Notice::Ost { cpu, source, status } => {
                self.note_ost(cpu, OstRecord { at: now, source, status });
            }
            Notice::Ejected { .. } | Notice::EjectIgnored { .. } | Notice::Power { .. } => {}
        }
    }

    /// The latest operation of a CPU is what the guest speaks of, also when it has ended: the last
    /// `_OST` of an eject comes after it.
    fn note_ost(&self, cpu: VcpuIndex, ost: OstRecord) {
        let mut records = self.records.lock();
        let latest = records.iter_mut().rev().find(|known| known.operation.cpu == cpu);
        if let Some(known) = latest.filter(|known| known.ost.len() < OST_REMEMBERED) {
            known.ost.push(ost);
        }
    }

    fn note_operation(&self, operation: Operation, work: Duration) {
        let mut records = self.records.lock();
        if let Some(known) = records.iter_mut().rev().find(|r| r.operation.id == operation.id) {
            known.operation = operation;
            if operation.outcome.is_some() {
                known.work_spent = Some(work.saturating_sub(known.work_before));
            }
            return;
        }
        if records.len() == REMEMBERED {
            let ended = records.iter().position(|r| r.operation.outcome.is_some());
            records.remove(ended.unwrap_or(0));
        }
        records.push_back(Tracked {
            operation,
            work_before: work,
            work_spent: None,
            ost: Vec::new(),
        });
    }

    /// One operation; `work` is the VMM's time on hotplug so far.
    pub(super) fn get(&self, id: OperationId, work: Duration) -> Option<OperationRecord> {
        let records = self.records.lock();
        records.iter().find(|known| known.operation.id == id).map(|known| known.record(work))
    }

    /// The latest operation of each CPU, oldest first. One that is under way is its CPU's latest.
    pub(super) fn latest(&self, work: Duration) -> Vec<OperationRecord> {
        let records = self.records.lock();
        let mut seen = HashSet::new();
        let mut latest: Vec<_> = records
            .iter()
            .rev()
            .filter(|known| seen.insert(known.operation.cpu.get()))
            .map(|known| known.record(work))
            .collect();
        latest.reverse();
        latest
    }

    /// Every operation that is remembered, oldest first.
    pub(super) fn all(&self, work: Duration) -> Vec<OperationRecord> {
        self.records.lock().iter().map(|known| known.record(work)).collect()
    }
}

impl Tracked {
    fn record(&self, work: Duration) -> OperationRecord {
        let spent = self.work_spent.unwrap_or_else(|| work.saturating_sub(self.work_before));
        OperationRecord { operation: self.operation, vmm_time: spent, ost: self.ost.clone() }
    }
}
