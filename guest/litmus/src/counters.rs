//! Counters that every CPU increments: no increment may be lost and none made twice, so the sum is
//! what the threads have counted each for itself.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::instructions::{
    increment_by_cas, increment_exclusive, increment_pair_by_casp, increment_pair_exclusive, ldr,
    stadd, staddb, staddh, store_or_exclusive, str,
};
use crate::place::{Line, Pair};
use crate::suite::{Seen, Test};
use crate::threads::{Clock, together};

/// Increments between two looks at the clock.
const BATCH: u64 = 1000;

/// How many CPUs count.
const THREADS: usize = 2;

/// The tests of this room.
pub(crate) fn tests() -> Vec<Test> {
    vec![
        // Lost where a store-exclusive does not notice another CPU's between it and its load.
        Test::new("count.ldxr-stxr", THREADS, |time| whole(time, increment_exclusive)),
        // Lost where an atomic instruction is a load, an addition and a store.
        Test::new("count.stadd", THREADS, |time| whole(time, stadd)).lse(),
        Test::new("count.cas", THREADS, |time| whole(time, increment_by_cas)).lse(),
        // The same for narrow ones: lost, or into the neighbour, where they are made of a wider
        // access or of one at another address.
        Test::new("count.staddb", THREADS, |time| narrow(time, 8, staddb)).lse(),
        Test::new("count.staddh", THREADS, |time| narrow(time, 16, staddh)).lse(),
        // Torn where 16 bytes are two accesses of 8: the halves are only ever incremented together.
        Test::new("count.ldxp-stxp", THREADS, |time| pair(time, increment_pair_exclusive)),
        Test::new("count.casp", THREADS, |time| pair(time, increment_pair_by_casp)).lse(),
        // Overwritten where a store-exclusive notices only other exclusives, not a plain store.
        Test::new("count.stxr-str", 2, store_between),
    ]
}

/// Runs `increment` on every thread until the time is over; gives what each has counted.
fn count(time: Duration, increment: impl Fn(usize) + Sync) -> Vec<u64> {
    let clock = Clock::new(time);
    together(THREADS, |thread| {
        let mut counted = 0;
        clock.repeat(|| {
            (0..BATCH).for_each(|_| increment(thread));
            counted += BATCH;
        });
        counted
    })
}

fn whole(time: Duration, increment: fn(&AtomicU64)) -> Seen {
    let place = Line::default();
    let rounds: u64 = count(time, |_| increment(&place.0)).iter().sum();
    Seen { rounds, forbidden: rounds.abs_diff(ldr(&place.0)), relaxed: None }
}

/// Two neighbours of `bits` bits, one for each thread, and a third that both use.
fn narrow(time: Duration, bits: u32, increment: fn(&AtomicU64, usize)) -> Seen {
    let place = Line::default();
    let bytes = bits as usize / 8;
    let counted = count(time, |thread| {
        increment(&place.0, (1 + thread) * bytes);
        increment(&place.0, 3 * bytes);
    });
    let rounds: u64 = counted.iter().sum();
    let expected = [0, counted[0], counted[1], rounds];
    let value = ldr(&place.0);
    let mask = (1 << bits) - 1;
    let wrong =
        (0..4).filter(|&slot| (value >> (slot as u32 * bits)) & mask != expected[slot] & mask);
    let beyond = value.checked_shr(4 * bits).unwrap_or(0);
    Seen { rounds, forbidden: wrong.count() as u64 + u64::from(beyond != 0), relaxed: None }
}

fn pair(time: Duration, increment: fn(&Pair) -> (u64, u64)) -> Seen {
    let mut place = Pair::default();
    let torn = AtomicU64::new(0);
    let counted = count(time, |_| {
        let (low, high) = increment(&place);
        if low != high {
            torn.fetch_add(1, Ordering::Relaxed);
        }
    });
    let rounds: u64 = counted.iter().sum();
    let (low, high) = place.halves();
    let lost = rounds.abs_diff(low) + rounds.abs_diff(high);
    Seen { rounds, forbidden: torn.into_inner() + lost, relaxed: None }
}

/// One thread stores plainly, each time another number, and looks at what becomes of it; the other
/// sets a bit of what is there, exclusively. The number must stay until it is replaced.
fn store_between(time: Duration) -> Seen {
    const BIT: u64 = 1 << 63;
    let place = Line::default();
    let clock = Clock::new(time);
    let seen = together(2, |thread| {
        let mut seen = Seen::default();
        clock.repeat(|| {
            for _ in 0..BATCH {
                if thread == 1 {
                    store_or_exclusive(&place.0, BIT);
                    continue;
                }
                seen.rounds += 1;
                str(&place.0, seen.rounds);
                let looks = (0..4).filter(|_| ldr(&place.0) & !BIT != seen.rounds);
                seen.forbidden += looks.count() as u64;
            }
        });
        seen
    });
    seen[0]
}
