//! Threads that run at the same time: one per CPU, and in step.

// System calls without a safe wrapper.
#![allow(unsafe_code)]

use std::hint::black_box;
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::instructions::{ldar, stlr};
use crate::place::Line;

/// How often a thread looks for the others before it lets its CPU rest: more than they need where
/// every CPU runs, little where the machine below has fewer CPUs than the guest.
const LOOKS: u32 = 1000;

/// How long it then rests.
const REST: Duration = Duration::from_micros(20);

/// The CPUs this process may run on.
pub(crate) fn cpus() -> Vec<usize> {
    // SAFETY: an empty set is a valid one.
    let mut set: libc::cpu_set_t = unsafe { mem::zeroed() };
    // SAFETY: the set has the size that is given, and the kernel only writes it.
    unsafe { libc::sched_getaffinity(0, size_of::<libc::cpu_set_t>(), &raw mut set) };
    // SAFETY: every number is below the set's size.
    (0..libc::CPU_SETSIZE as usize).filter(|&cpu| unsafe { libc::CPU_ISSET(cpu, &set) }).collect()
}

fn pin(cpu: usize) {
    // SAFETY: an empty set is a valid one.
    let mut set: libc::cpu_set_t = unsafe { mem::zeroed() };
    // SAFETY: the number came out of such a set.
    unsafe { libc::CPU_SET(cpu, &mut set) };
    // A CPU that has gone meanwhile takes nobody: the thread then runs anywhere, which changes what
    // is likely to be seen and not what is allowed.
    // SAFETY: the set has the size that is given, and the kernel only reads it.
    unsafe { libc::sched_setaffinity(0, size_of::<libc::cpu_set_t>(), &raw const set) };
}

/// Runs `work` on `count` threads, each with its number and on a CPU of its own as far as there
/// are enough; gives what they gave.
pub(crate) fn together<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let cpus = cpus();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|number| {
                let cpu = cpus.get(number % cpus.len().max(1)).copied();
                let work = &work;
                scope.spawn(move || {
                    if let Some(cpu) = cpu {
                        pin(cpu);
                    }
                    work(number)
                })
            })
            .collect();
        let joined = threads.into_iter().map(thread::ScopedJoinHandle::join);
        joined.map(|ended| ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

/// Tells threads when the time of a test is over.
pub(crate) struct Clock {
    until: Instant,
    over: AtomicBool,
}

impl Clock {
    pub(crate) fn new(time: Duration) -> Self {
        Self { until: Instant::now() + time, over: AtomicBool::new(false) }
    }

    /// Calls `work` until the time is over, but at least once: a machine may be slow.
    pub(crate) fn repeat(&self, mut work: impl FnMut()) {
        work();
        while !self.look() {
            work();
        }
    }

    /// Looks at the time; once over, it stays over for everybody.
    pub(crate) fn look(&self) -> bool {
        if Instant::now() >= self.until {
            self.over.store(true, Ordering::SeqCst);
        }
        self.is_over()
    }

    /// Whether somebody has seen the time to be over.
    pub(crate) fn is_over(&self) -> bool {
        self.over.load(Ordering::SeqCst)
    }
}

/// Where threads wait for each other, again and again.
pub(crate) struct Meeting {
    arrivals: Vec<Line>,
}

impl Meeting {
    pub(crate) fn of(threads: usize) -> Self {
        Self { arrivals: (0..threads).map(|_| Line::default()).collect() }
    }

    /// Waits until every thread is at the `number`th meeting, which only ever grows.
    pub(crate) fn meet(&self, thread: usize, number: u64) {
        stlr(&self.arrivals[thread].0, number);
        for line in &self.arrivals {
            wait_for(&line.0, number);
        }
    }
}

/// Waits until a place that only ever grows is at least `number`.
pub(crate) fn wait_for(place: &AtomicU64, number: u64) {
    let mut looks = 0;
    while ldar(place) < number {
        looks += 1;
        if looks > LOOKS {
            thread::sleep(REST);
        }
    }
}

/// Does nothing for some turns of a loop.
pub(crate) fn pause(turns: u32) {
    for turn in 0..turns {
        black_box(turn);
    }
}
