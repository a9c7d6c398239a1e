//! Values of options that are more than a word: `key=value` lists, sizes, CPUs, firmware, consoles,
//! times, kinds of events, addresses.

pub(crate) mod cpus;
pub(crate) mod firmware;
pub(crate) mod gdb;
mod list;
pub(crate) mod memory;
pub(crate) mod qmp;
pub(crate) mod seconds;
pub(crate) mod serial;
pub(crate) mod trace;
