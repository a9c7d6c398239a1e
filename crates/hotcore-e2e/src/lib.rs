//! Real Linux guests under the real `hotcore`, driven the way a person drives them: the guest
//! through its console, the machine through `hotcore ctl`.
//!
//! The tests of this package need a host on which the engine runs, and find what they use below
//! one folder (`HOTCORE_LAB`, `/lab` where that is not set): `bin/hotcore`, `guest/vmlinuz-*`,
//! `guest/initramfs`. `cargo xtask test` sees to all of that.

// This is a library of test helpers: a panic is how it reports.
#![allow(clippy::expect_used, clippy::panic, clippy::missing_panics_doc)]

mod console;
mod cpu_list;
mod ctl;
mod guest;
mod place;

pub use cpu_list::CpuList;
pub use ctl::Ctl;
pub use guest::{Answer, Guest, Masks, RunningCtl, Spec};
pub use place::{Kernel, lab_file};
