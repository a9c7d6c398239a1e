//! The classic shapes: a few accesses per CPU, and outcomes that no order of theirs explains.
//!
//! Each shape stands in the [list](list) with and without what orders it. The ordered one must never end as named
//! (Arm ARM, B2.3, "ordered-before"); what the unordered one shows is counted, which tells whether
//! the machine reorders at all and with that whether the other count means something. A host of
//! type x86 reorders a store with a later load and nothing else, so that there SB, R and what is
//! made of them tell right from wrong, and the others tell whether the emulator itself (its cache
//! of translations, values it keeps, its compiler) reorders.

mod list;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::instructions::{ldr, str};
use crate::place::Line;
use crate::suite::{Seen, Test};
use crate::threads::{Clock, Meeting, pause, together};
use list::SHAPES;

/// Rounds between two looks at what they gave. Each has places of its own.
const BATCH: usize = 512;

/// The places of one round.
#[derive(Default)]
struct Places {
    x: Line,
    y: Line,
    /// For what has no part in the shape.
    z: Line,
}

/// What a thread does in a round; gives what it read.
type Thread = fn(&Places) -> [u64; 2];

/// What each thread read in a round, and what was in x and y at the end.
struct Outcome<'a> {
    read: &'a [[u64; 2]],
    x: u64,
    y: u64,
}

struct Shape {
    name: &'static str,
    /// What each thread does.
    threads: &'static [Thread],
    /// The outcome that the shape is about.
    odd: fn(&Outcome<'_>) -> bool,
    /// Whether the architecture allows it.
    allowed: bool,
    lse: bool,
}

/// Nothing read.
const NONE: [u64; 2] = [0, 0];

/// The shapes as tests.
pub(crate) fn tests() -> Vec<Test> {
    let test = |shape: &'static Shape| {
        let test = Test::new(shape.name, shape.threads.len(), |time| run(shape, time));
        if shape.lse { test.lse() } else { test }
    };
    SHAPES.iter().map(test).collect()
}

/// What a thread read in a round, for the one that looks.
#[derive(Default)]
struct Read([AtomicU64; 2]);

/// What the threads of a shape share.
struct Table {
    places: Vec<Places>,
    /// Of each thread, by round.
    read: Vec<Vec<Read>>,
    meeting: Meeting,
    clock: Clock,
}

fn run(shape: &Shape, time: Duration) -> Seen {
    let threads = shape.threads.len();
    let table = Table {
        places: (0..BATCH).map(|_| Places::default()).collect(),
        read: (0..threads).map(|_| (0..BATCH).map(|_| Read::default()).collect()).collect(),
        meeting: Meeting::of(threads),
        clock: Clock::new(time),
    };
    let seen = together(threads, |thread| take_part(shape, thread, &table));
    let (rounds, odd) = seen.first().copied().unwrap_or_default();
    let (forbidden, relaxed) = if shape.allowed { (0, Some(odd)) } else { (odd, None) };
    Seen { rounds, forbidden, relaxed }
}

/// One thread's part in all rounds. The first looks at what came of each batch; it gives how many
/// rounds there were and how many ended oddly.
fn take_part(shape: &Shape, thread: usize, table: &Table) -> (u64, u64) {
    let (work, read) = (shape.threads[thread], &table.read[thread]);
    let mut number = 0;
    let mut meet = || {
        number += 1;
        table.meeting.meet(thread, number);
    };
    // The threads come from their meetings at slightly different times in every round.
    let mut random = 0x9E37_79B9_u32 ^ (thread as u32 + 1).wrapping_mul(0x85EB_CA6B);
    let (mut rounds, mut odd) = (0, 0);
    loop {
        for (places, read) in table.places.iter().zip(read) {
            meet();
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            pause(random % 8);
            let [first, second] = work(places);
            read.0[0].store(first, Ordering::Relaxed);
            read.0[1].store(second, Ordering::Relaxed);
        }
        meet();
        if thread == 0 {
            rounds += table.places.len() as u64;
            odd += look(shape, table);
            table.clock.look();
        }
        meet();
        if table.clock.is_over() {
            return (rounds, odd);
        }
    }
}

/// Counts the odd ends of a batch, and makes its places as they were.
fn look(shape: &Shape, table: &Table) -> u64 {
    let mut odd = 0;
    for (round, places) in table.places.iter().enumerate() {
        let of = |thread: &Vec<Read>| thread[round].0.each_ref().map(|r| r.load(Ordering::Relaxed));
        let read: Vec<[u64; 2]> = table.read.iter().map(of).collect();
        let (x, y) = (ldr(&places.x.0), ldr(&places.y.0));
        odd += u64::from((shape.odd)(&Outcome { read: &read, x, y }));
        for place in [&places.x, &places.y, &places.z] {
            str(&place.0, 0);
        }
    }
    odd
}
