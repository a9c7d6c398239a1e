//! vCPU ids, topology, MPIDR, and the ledger: the one place that knows which CPUs of a machine
//! may run.
//!
//! Everything that a guest must believe permanent (redistributors, tables, possible CPUs) exists
//! from the start. What changes is policy, and the ledger holds it. This crate does no I/O, needs
//! no operating system and has no dependencies, so that any VMM can use it.

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod index;
pub mod ledger;
mod mpidr;
mod topology;

pub use index::{MAX_VCPUS, VcpuIndex};
pub use ledger::{
    CpuPolicy, CpuView, EventFlags, InvalidCpus, Ledger, Notice, Operation, OperationId,
    OperationKind, Outcome, Output, Patience, Power, PowerError, RequestError, ResizeError, Stage,
    Timings, VcpuEntry,
};
pub use mpidr::{InvalidMpidr, Mpidr};
pub use topology::{InvalidTopology, Place, Topology};
