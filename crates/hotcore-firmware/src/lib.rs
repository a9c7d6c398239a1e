//! PSCI: from a guest's firmware call to the ledger, and back to an answer.
//!
//! The VMM plays the firmware. An engine hands over each SMCCC call that it does not answer itself;
//! [`call`] decodes it, asks the ledger where a CPU's power is concerned, and says what to return or
//! to do. PSCI decides nothing here: whether a CPU may run is the ledger's policy.
//!
//! Sources: Linux `include/uapi/linux/psci.h` for the function identifiers, guest contract §2.5 for
//! the order of decisions, Arm DEN0028 (SMCCC) for the calling convention.

#![no_std]

#[cfg(test)]
extern crate std;

mod psci;
mod smccc;

pub use psci::{PSCI_VERSION, Reply, call};
pub use smccc::Call;
