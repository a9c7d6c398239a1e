//! The parts of the conformance guest that need no bare metal: its line protocol, and what it reads of how
//! it was booted. The kernel itself is `main.rs`.

#![no_std]

extern crate alloc;

pub mod memory;
pub mod protocol;
pub mod tree;
