//! Memory that CPUs share: every variable in a cache line of its own, so that two variables are two
//! places to the memory system.

use std::sync::atomic::AtomicU64;

/// One variable.
#[derive(Default)]
#[repr(align(128))]
pub(crate) struct Line(pub(crate) AtomicU64);

/// Two variables that are updated as one.
#[derive(Default)]
#[repr(align(128))]
pub(crate) struct Pair([AtomicU64; 2]);

impl Pair {
    /// For instructions on pairs.
    pub(crate) fn as_ptr(&self) -> *mut u64 {
        self.0[0].as_ptr()
    }

    /// Both halves, of which nobody writes any more.
    pub(crate) fn halves(&mut self) -> (u64, u64) {
        let [low, high] = &mut self.0;
        (*low.get_mut(), *high.get_mut())
    }
}
