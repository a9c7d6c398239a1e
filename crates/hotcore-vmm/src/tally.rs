//! What became of operations, counted for as long as the VMM lives: the log of events forgets, and a
//! machine that is made anew starts over.

use std::time::Duration;

use hotcore_vcpu::{Operation, OperationKind, Outcome};

/// The upper ends of the ranges in which latencies are counted, in milliseconds. What took longer than the
/// last is counted with all of them only.
pub const BUCKETS: [u64; 16] =
    [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000];

/// What became of operations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Of requests to add a CPU.
    pub plug: Outcomes,
    /// Of requests to remove one.
    pub unplug: Outcomes,
}

/// How operations of one kind ended, and how long they took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcomes {
    counts: [u64; NAMES.len()],
    latencies: Latencies,
}

/// How long operations took from the request to the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latencies {
    /// How many took at most so long as each of the [`BUCKETS`] says.
    pub at_most: [u64; BUCKETS.len()],
    /// How many there were.
    pub count: u64,
    /// How long they took together.
    pub sum: Duration,
}

const NAMES: [&str; 7] = [
    "online",
    "ejected",
    "accepted-not-onlined",
    "refused",
    "timed-out",
    "cancelled",
    "completed-by-reset",
];

fn place(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Online => 0,
        Outcome::Ejected => 1,
        Outcome::AcceptedNotOnlined => 2,
        Outcome::Refused { .. } => 3,
        Outcome::TimedOut => 4,
        Outcome::Cancelled => 5,
        Outcome::CompletedByReset => 6,
    }
}

impl Tally {
    /// Counts an operation that has ended.
    pub(crate) fn note(&mut self, operation: &Operation) {
        let Some(outcome) = operation.outcome else { return };
        let of_kind = match operation.kind {
            OperationKind::Plug => &mut self.plug,
            OperationKind::Unplug => &mut self.unplug,
        };
        let timings = operation.timings;
        let ended = timings.ended.unwrap_or(timings.requested);
        of_kind.counts[place(outcome)] += 1;
        of_kind.latencies.note(ended.saturating_sub(timings.requested));
    }
}

impl Outcomes {
    /// How many ended in which way, by its name.
    pub fn by_name(&self) -> impl Iterator<Item = (&'static str, u64)> {
        NAMES.into_iter().zip(self.counts)
    }

    /// How long they took.
    pub fn latencies(&self) -> &Latencies {
        &self.latencies
    }
}

impl Latencies {
    fn note(&mut self, took: Duration) {
        self.count += 1;
        self.sum = self.sum.saturating_add(took);
        for (count, end) in self.at_most.iter_mut().zip(BUCKETS) {
            *count += u64::from(took <= Duration::from_millis(end));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_is_counted_where_it_fits_and_in_all_that_are_longer() {
        let mut latencies = Latencies::default();
        for millis in [0, 5, 6, 400_000] {
            latencies.note(Duration::from_millis(millis));
        }
        assert_eq!(latencies.at_most[..4], [1, 1, 2, 3]);
        assert_eq!(latencies.at_most.last(), Some(&3));
        assert_eq!((latencies.count, latencies.sum), (4, Duration::from_millis(400_011)));
    }

    #[test]
    fn the_ranges_grow() {
        assert!(BUCKETS.is_sorted_by(|a, b| a < b));
    }
}
