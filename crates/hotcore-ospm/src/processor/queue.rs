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

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec::Vec;

    fn notification(device: u32, value: u64) -> Notification {
        Notification { device: Node(device), value }
    }

    /// Every CPU's notifications, alternating for as long as a hostile method likes.
    #[test]
    fn alternating_notifications_are_bounded_and_the_last_of_each_kind_is_kept() {
        let mut queue = Queue::new(2);
        for round in 0..10_000 {
            assert!(queue.push(notification(round % 2, 1)));
            assert!(queue.push(notification(round % 2, 3)));
        }
        assert!(queue.push(notification(0, 1)));
        let all: Vec<_> = core::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(all.len(), 2 * 4 + 64);
        let last = |device| all.iter().rev().find(|one| one.device == Node(device));
        assert_eq!(last(0), Some(&notification(0, 1)));
        assert_eq!(last(1), Some(&notification(1, 3)));
    }

    #[test]
    fn a_full_queue_says_so() {
        let mut queue = Queue::new(0);
        assert!((0..64).all(|value| queue.push(notification(0, value))));
        assert!(!queue.push(notification(0, 64)));
        assert!(queue.push(notification(0, 7)), "it is pending already");
    }
}
