//! Locks: what they protect is changed by plain accesses, so that an order or an exclusion that does
//! not hold loses an increment.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::instructions::{dmb_ish, ldaddal, ldar, ldr, lock, stlr, str, unlock};
use crate::place::Line;
use crate::suite::{Seen, Test};
use crate::threads::{Clock, pause, together, wait_for};

/// Acquisitions between two looks at the clock.
const BATCH: u64 = 100;

/// The tests of this room.
pub(crate) fn tests() -> Vec<Test> {
    vec![
        // Acquired by LDAXR and STXR, released by STLR: Linux's and everybody's. Fails where
        // what is inside moves out, and does not end where the event of WFE is lost.
        Test::new("lock.wfe", 2, with_events),
        // Tickets: as above with LDADDAL, LDAR and STLR, and in order of arrival.
        Test::new("lock.ticket", 2, with_tickets).lse(),
        // Peterson's: nothing but loads and stores, and a DMB between its own store and the load
        // of the other's. It is store buffering made a lock: fails where DMB orders no store
        // with a later load.
        Test::new("lock.peterson", 2, petersons),
    ]
}

/// Two threads increment what a lock protects.
fn guarded(time: Duration, acquire: impl Fn(usize) + Sync, release: impl Fn(usize) + Sync) -> Seen {
    let inside = Line::default();
    let clock = Clock::new(time);
    let counted = together(2, |thread| {
        let mut counted = 0;
        clock.repeat(|| {
            for _ in 0..BATCH {
                acquire(thread);
                let value = ldr(&inside.0);
                pause(4);
                str(&inside.0, value + 1);
                release(thread);
            }
            counted += BATCH;
        });
        counted
    });
    let rounds: u64 = counted.iter().sum();
    Seen { rounds, forbidden: rounds.abs_diff(ldr(&inside.0)), relaxed: None }
}

fn with_events(time: Duration) -> Seen {
    let place = AtomicU32::new(0);
    let seen = guarded(time, |_| lock(&place), |_| unlock(&place));
    Seen { forbidden: seen.forbidden + u64::from(place.load(Ordering::SeqCst)), ..seen }
}

fn with_tickets(time: Duration) -> Seen {
    let (next, served) = (Line::default(), Line::default());
    guarded(
        time,
        |_| wait_for(&served.0, ldaddal(&next.0, 1)),
        |_| stlr(&served.0, ldr(&served.0) + 1),
    )
}

fn petersons(time: Duration) -> Seen {
    let wants = [Line::default(), Line::default()];
    let turn = Line::default();
    let acquire = |thread: usize| {
        let other = 1 - thread;
        str(&wants[thread].0, 1);
        str(&turn.0, other as u64);
        dmb_ish();
        while ldr(&wants[other].0) == 1 && ldr(&turn.0) == other as u64 {}
        dmb_ish();
    };
    // The other may take it as soon as it sees this, and what is inside is then done.
    let release = |thread: usize| {
        dmb_ish();
        str(&wants[thread].0, 0);
    };
    let seen = guarded(time, acquire, release);
    Seen { forbidden: seen.forbidden + ldar(&wants[0].0) + ldar(&wants[1].0), ..seen }
}
