//! The operating system's half of CPU hotplug on arm64, for any kernel or unikernel.
//!
//! It shares no code with the VMM's half: both are written from the specification and tested against
//! each other. An OS brings its platform ([`Bus`] and its relatives) and, if it has one already, its own
//! AML interpreter ([`aml::Evaluator`]); a small one is shipped.

#![no_std]

extern crate alloc;

#[cfg(test)]
extern crate std;

pub mod aml;
mod platform;

pub use platform::{Bus, Fault, Width};
