//! The operating system's half of CPU hotplug on arm64, for any kernel or unikernel.
//!
//! It shares no code with the VMM's half: both are written from the specification and tested against
//! each other. An OS brings its platform ([`Os`]) and, if it has one already, its own AML interpreter
//! ([`aml::Evaluator`]); a small one is shipped.

#![no_std]

extern crate alloc;

#[cfg(test)]
extern crate std;

pub mod aml;
mod discover;
pub mod mailbox;
mod platform;
mod power;
mod processor;
mod psci;
mod registry;
mod report;
pub mod tables;

pub use discover::{DeviceTreeCpu, DeviceTreeMethod};
pub use platform::{Bus, Conduit, Consent, Entry, Fault, Leave, Os, Signal, Transition, Width};
pub use power::{OfflineError, OnlineError};
pub use processor::{EjectError, EventInterrupt, Handled, Notification, Ospm};
pub use psci::{AffinityInfo, Convention, Psci, PsciError, Version};
pub use registry::{Cpu, CpuRecord, EnableMethod, Mpidr, Registry, State};
pub use report::Report;
