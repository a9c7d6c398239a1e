//! What the demo and the benchmarks measure next to a guest, as they pass it on: JSON, one object
//! per line, which `cargo xtask demo` and `cargo xtask bench` render elsewhere. And [`svg`], which draws
//! plots.
//!
//! Times are whole microseconds, in fields that end in `_us`.

mod bench;
mod cpu_list;
mod demo;
mod summary;
pub mod svg;

pub use bench::{Bench, Boot, Crowd, Door, Emulator, Footprint, Latencies, Sample, Start};
pub use cpu_list::CpuList;
pub use demo::{Event, Host, Kind, Mark, Masks, Present, Stages, Step};
pub use summary::Summary;
