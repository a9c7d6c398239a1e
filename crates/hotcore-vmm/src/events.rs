//! What happened, in order, for whoever follows it.
//!
//! The log keeps the latest [`KEPT`] events. A follower remembers the number of the last one that it has
//! seen and asks for those after it. What is no longer kept is told as a count: a slow follower costs
//! nobody anything, and knows that it missed something.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::SystemTime;

use hotcore_vcpu::{Notice, Operation, VcpuIndex};
use parking_lot::Mutex;

use crate::{ResetBy, Stop, Tally};

/// How many events are kept: as many as adding 512 CPUs at once makes.
pub const KEPT: usize = 4096;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place among all events of this VMM; the first is 1.
    pub number: u64,
    /// When, by the host's clock.
    pub at: SystemTime,
    /// What.
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// A machine was made.
    Created,
    /// Its guest was started.
    Booted,
    /// Its vCPUs were stopped for a while.
    Paused,
    /// They go on.
    Resumed,
    /// Its power button was pressed.
    PowerButton,
    /// Its guest starts again from the beginning.
    Reset(ResetBy),
    /// It ended.
    Ended(Stop),
    /// It is no more.
    Deleted,
    /// An operation has reached another stage; the last one of each has an outcome.
    Operation(Operation),
    /// The guest evaluated `_OST` of a CPU.
    Ost {
        /// Which CPU.
        cpu: VcpuIndex,
        /// Argument 0, the source event (ACPI 6.5, 6.3.5).
        source: u32,
        /// Argument 1, the status.
        status: u32,
    },
    /// The guest ejected a CPU.
    Ejected {
        /// Which.
        cpu: VcpuIndex,
        /// Whether the host had asked for it.
        asked: bool,
    },
    /// The guest tried to eject a CPU that cannot be ejected now.
    EjectIgnored {
        /// Which.
        cpu: VcpuIndex,
    },
    /// A CPU began or ceased to execute.
    Power {
        /// Which.
        cpu: VcpuIndex,
        /// Whether it executes now.
        on: bool,
    },
}

impl EventKind {
    /// Whether those wait for it who wait for ends only.
    fn is_end(&self) -> bool {
        match self {
            Self::Operation(operation) => operation.outcome.is_some(),
            Self::Ost { .. }
            | Self::Ejected { .. }
            | Self::EjectIgnored { .. }
            | Self::Power { .. } => false,
            _ => true,
        }
    }
}

impl From<Notice> for EventKind {
    fn from(notice: Notice) -> Self {
        match notice {
            Notice::Operation(operation) => Self::Operation(operation),
            Notice::Ost { cpu, source, status } => Self::Ost { cpu, source, status },
            Notice::Ejected { cpu, asked } => Self::Ejected { cpu, asked },
            Notice::EjectIgnored { cpu } => Self::EjectIgnored { cpu },
            Notice::Power { cpu, on } => Self::Power { cpu, on },
        }
    }
}

/// Events after one, as far as they are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// How many between that one and the first of these are kept no longer.
    pub missed: u64,
    /// The oldest first.
    pub events: Vec<Event>,
}

/// What a watcher wants to be woken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interest {
    /// The end of an operation, and what happens to the machine as a whole.
    Ends,
    /// Every event.
    All,
}

/// Called after an event, by whichever thread made it. The guest waits for it: it shall be quick.
pub type Wake = dyn Fn() + Send + Sync;

/// The log. See the [module](self).
#[derive(Default)]
pub struct Events {
    log: Mutex<Log>,
    tally: Mutex<Tally>,
    watchers: Mutex<Watchers>,
}

#[derive(Default)]
struct Log {
    /// The number of the latest event.
    latest: u64,
    kept: VecDeque<Event>,
}

#[derive(Default)]
struct Watchers {
    last_id: u64,
    all: Vec<Watcher>,
}

struct Watcher {
    id: u64,
    interest: Interest,
    wake: Arc<Wake>,
}

/// Somebody watches, until this is dropped.
#[must_use = "dropping it ends the watching"]
pub struct Watch {
    events: Weak<Events>,
    id: u64,
}

/// Who has to be woken for events that were noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum News {
    #[default]
    Nothing,
    Step,
    End,
}

impl Events {
    /// The number of the latest event; 0 before the first.
    pub fn latest(&self) -> u64 {
        self.log.lock().latest
    }

    /// What became of all operations so far, of this machine and of those before it.
    pub fn tally(&self) -> Tally {
        self.tally.lock().clone()
    }

    /// The events after `number`, at most `count` of them. A number that is yet to come has none.
    pub fn after(&self, number: u64, count: usize) -> Followed {
        let log = self.log.lock();
        let oldest = log.latest + 1 - log.kept.len() as u64;
        let first = number.saturating_add(1).max(oldest);
        let skip = usize::try_from(first - oldest).unwrap_or(usize::MAX);
        let events = log.kept.iter().skip(skip).take(count).cloned().collect();
        Followed { missed: first.saturating_sub(number.saturating_add(1)), events }
    }

    /// Has `wake` called after events.
    pub fn watch(self: &Arc<Self>, interest: Interest, wake: Arc<Wake>) -> Watch {
        let mut watchers = self.watchers.lock();
        watchers.last_id += 1;
        let id = watchers.last_id;
        watchers.all.push(Watcher { id, interest, wake });
        Watch { events: Arc::downgrade(self), id }
    }

    /// Notes an event and wakes who waits for it.
    pub(crate) fn tell(&self, kind: EventKind) {
        let news = self.note(kind);
        self.wake(news);
    }

    /// Notes an event. Whoever holds a lock that watchers may want [wakes](Self::wake) them later.
    pub(crate) fn note(&self, kind: EventKind) -> News {
        let news = if kind.is_end() { News::End } else { News::Step };
        if let EventKind::Operation(operation) = &kind {
            self.tally.lock().note(operation);
        }
        let mut log = self.log.lock();
        log.latest += 1;
        if log.kept.len() == KEPT {
            log.kept.pop_front();
        }
        let number = log.latest;
        log.kept.push_back(Event { number, at: SystemTime::now(), kind });
        news
    }

    /// Wakes those whom the news concern.
    pub(crate) fn wake(&self, news: News) {
        if news == News::Nothing {
            return;
        }
        let concerns = |watcher: &&Watcher| news == News::End || watcher.interest == Interest::All;
        let watchers = self.watchers.lock();
        let wakes: Vec<_> =
            watchers.all.iter().filter(concerns).map(|w| Arc::clone(&w.wake)).collect();
        drop(watchers);
        for wake in wakes {
            wake();
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(events) = self.events.upgrade() {
            events.watchers.lock().all.retain(|watcher| watcher.id != self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn power(on: bool) -> EventKind {
        EventKind::Power { cpu: VcpuIndex::BOOT, on }
    }

    #[test]
    fn events_are_numbered_from_one_and_followed_from_anywhere() {
        let events = Events::default();
        assert_eq!(events.after(0, 10), Followed { missed: 0, events: vec![] });
        events.tell(EventKind::Created);
        events.tell(EventKind::Booted);
        let numbers = |from, count| -> Vec<u64> {
            events.after(from, count).events.iter().map(|event| event.number).collect()
        };
        assert_eq!(numbers(0, 10), [1, 2]);
        assert_eq!(numbers(0, 1), [1]);
        assert_eq!(numbers(1, 10), [2]);
        for none in [2, 3, u64::MAX] {
            assert_eq!(events.after(none, 10), Followed { missed: 0, events: vec![] });
        }
    }

    #[test]
    fn a_slow_follower_learns_how_much_it_missed() {
        let events = Events::default();
        for _ in 0..KEPT + 10 {
            events.tell(power(true));
        }
        let followed = events.after(3, 1);
        assert_eq!((followed.missed, followed.events[0].number), (7, 11));
        assert_eq!(events.after(10, 1).missed, 0);
        assert_eq!(events.after(0, usize::MAX).events.len(), KEPT);
    }

    #[test]
    fn watchers_are_woken_for_what_they_wait_for_until_they_go() {
        let events = Arc::new(Events::default());
        let counts = [AtomicUsize::new(0), AtomicUsize::new(0)].map(Arc::new);
        let watch = |interest, count: &Arc<AtomicUsize>| {
            let count = Arc::clone(count);
            let wake = move || {
                count.fetch_add(1, Ordering::SeqCst);
            };
            events.watch(interest, Arc::new(wake))
        };
        let ends = watch(Interest::Ends, &counts[0]);
        let all = watch(Interest::All, &counts[1]);
        let seen = || counts.each_ref().map(|count| count.load(Ordering::SeqCst));
        events.tell(power(true));
        assert_eq!(seen(), [0, 1]);
        events.tell(EventKind::Booted);
        assert_eq!(seen(), [1, 2]);
        drop(all);
        events.tell(EventKind::Paused);
        assert_eq!(seen(), [2, 2]);
        drop(ends);
        events.tell(EventKind::Resumed);
        assert_eq!(seen(), [2, 2]);
    }
}
