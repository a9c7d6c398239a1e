//! Real Linux guests under the real `hotcore`, driven the way a person drives them: the guest
//! through its console, the machine through `hotcore ctl`.
//!
//! The tests of this package need a host on which the engine runs, and find what they use below
//! one folder (`HOTCORE_LAB`, `/lab` where that is not set): `bin/hotcore`, `guest/vmlinuz-*`,
//! `guest/initramfs`. `cargo xtask test` sees to all of that.

//!
//! The demo and the benchmarks are programs of this package: [`demo`] and [`bench`] drive the same
//! guests, measure, and print what they find as JSON lines ([`hotcore_report`]).

// Most of this is test helpers, which report with a panic; what starts with `try` does not, and
// is what the programs use.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

pub mod bench;
mod console;
mod ctl;
pub mod demo;
mod error;
mod guest;
mod http;
mod place;
mod qmp;
mod spec;
mod tell;

pub use ctl::Ctl;
pub use error::GuestError;
pub use guest::{Answer, Guest, Masks, RunningCtl};
pub use hotcore_report::CpuList;
pub use http::{EventStream, Http, HttpAnswer};
pub use place::{Kernel, engine, host_is_emulated, lab_file};
pub use qmp::Qmp;
pub use spec::Spec;
pub use tell::tell;
