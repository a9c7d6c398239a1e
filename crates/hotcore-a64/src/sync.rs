//! What [`crate::cluster`] makes PEs reach each other by: the host's threads, locks and atomics. A test
//! puts those of a scheduler in their place that tries the interleavings (`tests/protocol`).

pub(crate) use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
pub(crate) use std::thread::{sleep, yield_now};

pub(crate) use parking_lot::{Condvar, Mutex};
