//! What a vCPU has done, counted where it happens and read from anywhere.

use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hotcore_engine::Exit;
use parking_lot::Mutex;

/// Why vCPUs came out of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exits {
    /// Loads from devices.
    pub mmio_reads: u64,
    /// Stores to devices.
    pub mmio_writes: u64,
    /// HVC and SMC: PSCI and other firmware calls.
    pub hypercalls: u64,
    /// Kicks and signals.
    pub interruptions: u64,
    /// Stops for a debugger, and the crash.
    pub others: u64,
}

impl Exits {
    /// Each by its name.
    pub fn by_name(&self) -> [(&'static str, u64); 5] {
        [
            ("mmio_reads", self.mmio_reads),
            ("mmio_writes", self.mmio_writes),
            ("hypercalls", self.hypercalls),
            ("interruptions", self.interruptions),
            ("others", self.others),
        ]
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.by_name().iter().map(|(_, count)| count).sum()
    }
}

/// What one vCPU has done since the machine was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct VcpuActivity {
    /// Its thread on the host, while it is powered on.
    pub thread: Option<i32>,
    /// How often it was powered on.
    pub starts: u64,
    /// What the host's CPUs spent on it: on its guest and on what its guest asked of the VMM. An idle
    /// guest costs nothing.
    pub busy: Duration,
    /// What it spent waiting for one of the host's CPUs, with something to do: its stolen time.
    pub waited: Duration,
    /// Why it came out of the engine.
    pub exits: Exits,
}

/// The counters of a possible vCPU.
#[derive(Default)]
pub(super) struct Counters {
    threads: Mutex<Threads>,
    mmio_reads: AtomicU64,
    mmio_writes: AtomicU64,
    hypercalls: AtomicU64,
    interruptions: AtomicU64,
    others: AtomicU64,
}

/// The threads that have run it, one after the other.
#[derive(Default)]
struct Threads {
    /// The one that does.
    current: Option<i32>,
    count: u64,
    /// Nanoseconds that those spent that are gone.
    spent: u64,
    /// And waited.
    waited: u64,
}

impl Counters {
    /// The calling thread runs this vCPU from now on.
    pub(super) fn begin(&self) {
        let mut threads = self.threads.lock();
        threads.count += 1;
        threads.current = Some(rustix::thread::gettid().as_raw_nonzero().get());
    }

    /// The calling thread runs it no more.
    pub(super) fn end(&self) {
        let mut threads = self.threads.lock();
        let (spent, waited) = threads.current.take().and_then(thread_times).unwrap_or_default();
        threads.spent += spent;
        threads.waited += waited;
    }

    /// Counts an exit.
    pub(super) fn count(&self, exit: &Exit<'_>) {
        let counter = match exit {
            Exit::MmioRead { .. } => &self.mmio_reads,
            Exit::MmioWrite { .. } => &self.mmio_writes,
            Exit::Hypercall { .. } => &self.hypercalls,
            Exit::Interrupted => &self.interruptions,
            Exit::Halted(_) | Exit::Crashed { .. } => &self.others,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// The thread that runs it.
    pub(super) fn thread(&self) -> Option<i32> {
        self.threads.lock().current
    }

    /// What it has done so far.
    pub(super) fn activity(&self) -> VcpuActivity {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let threads = self.threads.lock();
        let (spent, waited) = threads.current.and_then(thread_times).unwrap_or_default();
        VcpuActivity {
            thread: threads.current,
            starts: threads.count,
            busy: Duration::from_nanos(threads.spent + spent),
            waited: Duration::from_nanos(threads.waited + waited),
            exits: Exits {
                mmio_reads: of(&self.mmio_reads),
                mmio_writes: of(&self.mmio_writes),
                hypercalls: of(&self.hypercalls),
                interruptions: of(&self.interruptions),
                others: of(&self.others),
            },
        }
    }
}

/// Nanoseconds that a thread of this process has spent on a CPU, and waiting for one (Linux,
/// Documentation/scheduler/sched-stats.rst).
fn thread_times(thread: i32) -> Option<(u64, u64)> {
    let text = fs::read_to_string(format!("/proc/self/task/{thread}/schedstat")).ok()?;
    let mut times = text.split_whitespace().map(|time| time.parse().ok());
    Some((times.next()??, times.next()??))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exits_are_counted_by_kind() {
        let counters = Counters::default();
        counters.count(&Exit::Interrupted);
        counters.count(&Exit::MmioWrite { address: 0, data: &[1] });
        counters.count(&Exit::Hypercall { function: 0, args: [0; 3] });
        let exits = counters.activity().exits;
        assert_eq!((exits.interruptions, exits.mmio_writes, exits.hypercalls), (1, 1, 1));
        assert_eq!(exits.total(), 3);
    }

    #[test]
    fn the_time_of_a_thread_stays_when_it_is_gone() {
        let counters = Counters::default();
        counters.begin();
        let mut sum = 0u64;
        while counters.activity().busy.is_zero() {
            sum = std::hint::black_box(sum.wrapping_add(1));
        }
        assert!(counters.activity().thread.is_some());
        let before = counters.activity();
        counters.end();
        let after = counters.activity();
        assert!(after.thread.is_none() && after.busy >= before.busy);
        assert!(after.waited >= before.waited);
        assert_eq!(after, counters.activity());
    }
}
