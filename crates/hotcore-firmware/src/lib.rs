//! The firmware's ways to start and stop CPUs: PSCI, or mailboxes (the parking protocol, spin-table).
//! From what a guest does to the ledger, and back to an answer.
//!
//! The VMM plays the firmware. An engine hands over each SMCCC call that it does not answer itself;
//! [`call`] decodes it, asks the ledger where a CPU's power is concerned, and says what to return or
//! to do. [`Mailboxes`] do the same for loads and stores, on a machine without PSCI's functions about
//! CPUs. Nothing is decided here: whether a CPU may run is the ledger's policy.
//!
//! Sources: Linux `include/uapi/linux/psci.h` for the function identifiers, guest contract §2.5 for
//! the order of decisions and §4 for mailboxes, Arm DEN0028 (SMCCC) for the calling convention.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod mailbox;
mod psci;
mod smccc;

pub use mailbox::{HAND_BACK, MAILBOX_SIZE, Mailboxes, Protocol, RELEASE_ADDRESS};
pub use psci::{PSCI_VERSION, Reply, call};
pub use smccc::Call;
