//! The OS half against scripted firmware: behaviours of the guest contract by their numbers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

mod aml;
mod events;
#[path = "../hostile/mod.rs"]
mod hostile;
mod interpreted;
mod mailbox;
mod os;
mod processor;
mod properties;
mod psci;
mod tables;
