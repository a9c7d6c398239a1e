//! Notifications on their way from methods to their handler.

use alloc::collections::VecDeque;

use crate::aml::Node;

/// A method has notified a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Notification {
    /// The device.
    pub device: Node,
    /// 0: bus check; 1: device check; 3: eject request; others belong to the device.
    pub value: u64,
}

/// Notifications in the order in which they came.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Queue {
    pending: VecDeque<Notification>,
    limit: usize,
}

impl Queue {
    /// Room for every CPU's plug, unplug and plug, and for some others.
    pub(super) fn new(possible: usize) -> Self {
        Self { pending: VecDeque::new(), limit: possible.saturating_mul(4).saturating_add(64) }
    }

    /// Keeps a notification; whether there was room.
    ///
    /// The same twice in a row for one device is one: the handler looks at the device's state, which is
    /// what counts. In a full queue, one that is pending anywhere moves to the end for the same reason.
    pub(super) fn push(&mut self, new: Notification) -> bool {
        let last = self.pending.iter().rev().find(|other| other.device == new.device);
        if last == Some(&new) {
            return true;
        }
        if self.pending.len() >= self.limit {
            let Some(same) = self.pending.iter().position(|other| *other == new) else {
                return false;
            };
            self.pending.remove(same);
        }
        self.pending.push_back(new);
        true
    }

    pub(super) fn pop(&mut self) -> Option<Notification> {
        self.pending.pop_front()
    }
}
