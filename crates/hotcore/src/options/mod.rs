//! Values of options that are more than a word: `key=value` lists, sizes, CPUs, consoles.

pub(crate) mod cpus;
mod list;
pub(crate) mod memory;
pub(crate) mod serial;
