//! Notifications on their way from methods to their handler.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec::Vec;

use crate::aml::Node;

/// A method has notified a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Notification {
    /// The device.
    pub device: Node,
    /// 0: bus check; 1: device check; 3: eject request; others belong to the device.
    pub value: u64,
}

/// As many different ones as are kept of one device in a row.
const MOST_OF_ONE: usize = 64;

/// Notifications in the order in which they came: a hostile method sends millions of them, so that none may
/// take longer the more there are.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Queue {
    /// A device once for each of its notifications.
    order: VecDeque<Node>,
    /// What each of these is notified, in order; never empty.
    values: BTreeMap<Node, Vec<u64>>,
    limit: usize,
}

impl Queue {
    /// Room for every CPU's plug, unplug and plug, and for some others.
    pub(super) fn new(possible: usize) -> Self {
        let limit = possible.saturating_mul(4).saturating_add(64);
        Self { order: VecDeque::new(), values: BTreeMap::new(), limit }
    }

    /// Keeps a notification; whether there was room.
    ///
    /// The same twice in a row for one device is one: the handler looks at the device's state, which is
    /// what counts. Where there is no room, one that is pending becomes its device's last for the same
    /// reason.
    pub(super) fn push(&mut self, new: Notification) -> bool {
        let own = self.values.get_mut(&new.device);
        if own.as_ref().is_some_and(|own| own.last() == Some(&new.value)) {
            return true;
        }
        let pending = own.as_ref().map_or(0, |own| own.len());
        if self.order.len() < self.limit && pending < MOST_OF_ONE {
            self.order.push_back(new.device);
            self.values.entry(new.device).or_default().push(new.value);
            return true;
        }
        let Some(own) = own else { return false };
        let Some(same) = own.iter().position(|&value| value == new.value) else { return false };
        own.remove(same);
        own.push(new.value);
        true
    }

    pub(super) fn pop(&mut self) -> Option<Notification> {
        let device = self.order.pop_front()?;
        let own = self.values.get_mut(&device)?;
        let value = own.remove(0);
        if own.is_empty() {
            self.values.remove(&device);
        }
        Some(Notification { device, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn devices_take_turns_as_they_came() {
        let mut queue = Queue::new(1);
        let all = [(0, 1), (1, 1), (0, 3), (1, 3), (0, 1)];
        assert!(all.iter().all(|&(device, value)| queue.push(notification(device, value))));
        assert!(queue.push(notification(1, 3)), "it is its device's last");
        let popped: Vec<_> = core::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(popped, all.map(|(device, value)| notification(device, value)));
        assert_eq!(queue, Queue::new(1), "what was in it leaves nothing behind");
    }

    #[test]
    fn one_device_cannot_make_all_others_wait() {
        let mut queue = Queue::new(512);
        assert_eq!((0..1 << 20).filter(|&value| queue.push(notification(0, value))).count(), 64);
        assert!(queue.push(notification(1, 1)));
    }

    #[test]
    fn a_full_queue_says_so() {
        let mut queue = Queue::new(0);
        assert!((0..64).all(|value| queue.push(notification(0, value))));
        assert!(!queue.push(notification(0, 64)));
        assert!(queue.push(notification(0, 7)), "it is pending already");
    }
}
