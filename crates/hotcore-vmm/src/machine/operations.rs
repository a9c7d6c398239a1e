//! The operations of a machine, for clients to look at and wait for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use hotcore_vcpu::{Operation, OperationId};
use parking_lot::Mutex;

/// How many operations are remembered. Those under way are at most one per CPU, so that an
/// operation is never forgotten before it ends.
const REMEMBERED: usize = 2 * hotcore_vcpu::MAX_VCPUS as usize;

/// An operation and what it cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationRecord {
    /// What was asked, how far it has come, how it ended.
    pub operation: Operation,
    /// Time the VMM itself spent on hotplug between the request and the end (or now): handling
    /// register accesses and firmware calls, raising events, starting threads. The rest of the
    /// operation's time is the guest's, and the engine's.
    pub vmm_time: Duration,
}

#[derive(Default)]
pub(super) struct Operations {
    records: Mutex<VecDeque<Tracked>>,
    watcher: Mutex<Option<Arc<dyn Fn() + Send + Sync>>>,
}

struct Tracked {
    operation: Operation,
    work_before: Duration,
    work_spent: Option<Duration>,
}

impl Operations {
    /// Notes news of an operation. `work` is the VMM's time on hotplug so far.
    pub(super) fn note(&self, operation: Operation, work: Duration) {
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
        records.push_back(Tracked { operation, work_before: work, work_spent: None });
    }

    /// One operation; `work` is the VMM's time on hotplug so far.
    pub(super) fn get(&self, id: OperationId, work: Duration) -> Option<OperationRecord> {
        let records = self.records.lock();
        records.iter().find(|known| known.operation.id == id).map(|known| known.record(work))
    }

    /// Every operation that is remembered, oldest first.
    pub(super) fn all(&self, work: Duration) -> Vec<OperationRecord> {
        self.records.lock().iter().map(|known| known.record(work)).collect()
    }

    /// Has `watcher` called after every change, from whichever thread made it.
    pub(super) fn watch(&self, watcher: Arc<dyn Fn() + Send + Sync>) {
        *self.watcher.lock() = Some(watcher);
    }

    pub(super) fn tell(&self) {
        let watcher = self.watcher.lock().clone();
        if let Some(watcher) = watcher {
            watcher();
        }
    }
}

impl Tracked {
    fn record(&self, work: Duration) -> OperationRecord {
        let spent = self.work_spent.unwrap_or_else(|| work.saturating_sub(self.work_before));
        OperationRecord { operation: self.operation, vmm_time: spent }
    }
}
