//! Loads and stores, judged by a plain model of memory.

mod faults;
mod integer;
pub(in crate::execute) mod mapped;
mod model;
mod order;
mod vector;
