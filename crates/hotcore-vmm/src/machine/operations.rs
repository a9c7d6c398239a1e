//! The operations of a machine, for clients to look at and wait for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use hotcore_vcpu::{Notice, Operation, OperationId};
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

/// What there is to look at. Later ones matter to more people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum News {
    /// An operation has reached another stage.
    Stage,
    /// An operation has ended.
    End,
}

impl News {
    /// What a notice is to those who watch operations.
    pub(super) fn of(notice: &Notice) -> Option<Self> {
        let Notice::Operation(operation) = notice else { return None };
        Some(if operation.outcome.is_some() { Self::End } else { Self::Stage })
    }
}

/// Called with news of operations, by whichever thread made them. The guest waits for it: it shall
/// wake nobody in vain.
pub type Watcher = dyn Fn(News) + Send + Sync;

#[derive(Default)]
pub(super) struct Operations {
    records: Mutex<VecDeque<Tracked>>,
    watcher: Mutex<Option<Arc<Watcher>>>,
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

    /// Has `watcher` called after every change.
    pub(super) fn watch(&self, watcher: Arc<Watcher>) {
        *self.watcher.lock() = Some(watcher);
    }

    pub(super) fn tell(&self, news: News) {
        let watcher = self.watcher.lock().clone();
        if let Some(watcher) = watcher {
            watcher(news);
        }
    }
}

impl Tracked {
    fn record(&self, work: Duration) -> OperationRecord {
        let spent = self.work_spent.unwrap_or_else(|| work.saturating_sub(self.work_before));
        OperationRecord { operation: self.operation, vmm_time: spent }
    }
}
