//! The list of tests, and what is printed about each.

use std::time::Duration;

use crate::threads::cpus;
use crate::{code, counters, lock, shapes, shootdown};

/// What a test has seen.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Seen {
    /// How often the test was made.
    pub(crate) rounds: u64,
    /// How often that ended as the architecture forbids.
    pub(crate) forbidden: u64,
    /// How often it ended as only a relaxed memory order explains, where that is allowed.
    pub(crate) relaxed: Option<u64>,
}

/// A test.
pub(crate) struct Test {
    pub(crate) name: &'static str,
    /// How many threads take part.
    pub(crate) threads: usize,
    /// Whether it uses the atomic instructions of FEAT_LSE.
    pub(crate) lse: bool,
    pub(crate) run: Box<dyn Fn(Duration) -> Seen>,
}

impl Test {
    /// A test without atomic instructions.
    pub(crate) fn new(
        name: &'static str,
        threads: usize,
        run: impl Fn(Duration) -> Seen + 'static,
    ) -> Self {
        Self { name, threads, lse: false, run: Box::new(run) }
    }

    /// The same with atomic instructions.
    pub(crate) fn lse(mut self) -> Self {
        self.lse = true;
        self
    }
}

/// Runs every test whose name begins with `prefix`, each for `time`; tells whether nothing
/// forbidden was seen and something was run.
pub(crate) fn run(time: Duration, prefix: &str) -> bool {
    let present = cpus().len();
    let lse = std::arch::is_aarch64_feature_detected!("lse");
    println!("cpus={present} lse={}", u8::from(lse));
    let rooms =
        [shapes::tests(), counters::tests(), lock::tests(), code::tests(), shootdown::tests()];
    let mut run = 0;
    let mut good = true;
    for test in rooms.into_iter().flatten().filter(|test| test.name.starts_with(prefix)) {
        if test.threads > present || (test.lse && !lse) {
            println!("{} skipped", test.name);
            continue;
        }
        let Seen { rounds, forbidden, relaxed } = (test.run)(time);
        let relaxed = relaxed.map(|count| format!(" relaxed={count}")).unwrap_or_default();
        println!("{} rounds={rounds} forbidden={forbidden}{relaxed}", test.name);
        run += 1;
        good &= forbidden == 0 && rounds > 0;
    }
    good && run > 0
}
