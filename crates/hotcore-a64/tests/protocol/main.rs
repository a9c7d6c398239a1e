//! How PEs reach each other, under a scheduler that tries interleavings: `src/cluster.rs` itself, with
//! that scheduler's locks and atomics. No time ever passes: a wake-up that is lost is a deadlock.

#![allow(clippy::unwrap_used, clippy::inline_always, dead_code, unreachable_pub)]

#[path = "../../src/cluster.rs"]
mod cluster;
mod memory;
mod pe;
mod sync;

use std::sync::Arc;

use cluster::Doorbell;
use pe::{Machine, Pe};
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Runner, thread};

/// Interleavings of each kind.
const SCHEDULES: usize = 1500;

/// Tries `test` at random, and with few switches at the worst moments.
fn explore(test: impl Fn() + Send + Sync + Copy + 'static) {
    Runner::new(RandomScheduler::new(SCHEDULES), shuttle::Config::default()).run(test);
    Runner::new(PctScheduler::new(3, SCHEDULES), shuttle::Config::default()).run(test);
}

#[test]
fn whoever_sleeps_is_woken_by_each_kind_of_ring() {
    explore(|| {
        let bell = Arc::new(Doorbell::default());
        let ringer = Arc::clone(&bell);
        let ringing = thread::spawn(move || {
            // Not what it waits for; then what it does.
            ringer.ring(Doorbell::REQUEST);
            ringer.interrupt();
            ringer.kick();
        });
        let wanted = Doorbell::KICK;
        while !bell.take(wanted) {
            bell.sleep(wanted, pe::FOR_EVER);
        }
        ringing.join().unwrap();
        assert_ne!(bell.flags() & Doorbell::IRQ, 0, "nothing else was cleared");
    });
}

#[test]
fn two_that_ring_wake_two_that_sleep() {
    explore(|| {
        let bells = [Arc::new(Doorbell::default()), Arc::new(Doorbell::default())];
        let threads = [0, 1].map(|me: usize| {
            let (mine, other) = (Arc::clone(&bells[me]), Arc::clone(&bells[1 - me]));
            thread::spawn(move || {
                for _ in 0..2 {
                    other.kick();
                    while !mine.take(Doorbell::KICK) {
                        mine.sleep(Doorbell::KICK, pe::FOR_EVER);
                    }
                    // Both took one kick and gave one; a second round begins when both have.
                    other.ring(Doorbell::EVENT);
                    while !mine.take(Doorbell::EVENT) {
                        mine.sleep(Doorbell::EVENT, pe::FOR_EVER);
                    }
                }
            })
        });
        join(threads);
    });
}

fn join(threads: impl IntoIterator<Item = thread::JoinHandle<()>>) {
    for thread in threads {
        thread.join().unwrap();
    }
}

/// One PE unmaps and waits by DSB, while the others do as `other` says.
fn unmap_while(others: [fn(&mut Pe); 2]) {
    let machine = Machine::new(3);
    let mut threads = vec![{
        let mut pe = machine.pe(0);
        thread::spawn(move || {
            pe.enter();
            pe.access();
            pe.unmap();
            pe.access();
            pe.leave();
        })
    }];
    for (index, other) in (1..).zip(others) {
        let mut pe = machine.pe(index);
        threads.push(thread::spawn(move || other(&mut pe)));
    }
    join(threads);
}

/// Executes for a while.
fn executes(pe: &mut Pe) {
    pe.enter();
    for _ in 0..3 {
        pe.access();
    }
    pe.leave();
}

/// Goes out to the machine and comes back.
fn exits(pe: &mut Pe) {
    for _ in 0..2 {
        pe.enter();
        pe.access();
        pe.leave();
    }
}

/// Waits for an interrupt that another PE's unmapping does not bring.
fn sleeps(pe: &mut Pe) {
    pe.enter();
    pe.access();
    let bell = pe.bell();
    let device = thread::spawn(move || bell.interrupt());
    pe.wait_for_interrupt();
    pe.access();
    pe.leave();
    device.join().unwrap();
}

/// Unmaps, too.
fn unmaps(pe: &mut Pe) {
    pe.enter();
    pe.access();
    pe.unmap();
    pe.leave();
}

#[test]
fn after_dsb_nobody_uses_what_was_unmapped() {
    explore(|| unmap_while([executes, exits]));
}

#[test]
fn whoever_sleeps_neither_holds_dsb_up_nor_uses_what_was_unmapped() {
    explore(|| unmap_while([sleeps, executes]));
}

#[test]
fn those_that_unmap_at_once_do_not_wait_for_each_other_for_ever() {
    explore(|| unmap_while([unmaps, unmaps]));
}
