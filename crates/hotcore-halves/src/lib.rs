//! Both halves of CPU hotplug in one process, without any CPU: the VMM's ledger, registers, firmware and
//! tables on one side, the OS half on the other, and a scheduler between them that can take their steps
//! in every order. There are three kinds of machines, by how CPUs are started ([`Firmware`]): by PSCI and by
//! the parking protocol, both with ACPI's hotplug, and by a device tree's spin-table, without: there the OS
//! takes CPUs offline and brings them up again, as it pleases.
//!
//! The OS half is ordinary straight-line code. It is made steppable by *replay* ([`replay`]): what it
//! asks of its platform is answered from a log, and the first thing that it asks beyond the log ends it.
//! That is its next step; once the [`World`] has an answer, the log is longer by one. What is
//! found so is kept as an automaton ([`program`]), so that each piece of code runs once for each
//! log, however many worlds come by.
//!
//! A [`World`] has these actors: the OS (every register access, hypercall and mailbox access is a step),
//! each CPU (it starts, arrives, leaves, stops), the host (plug, unplug, cancel, reset) and time. An OS may
//! hand the machine on to the next one, as by kexec, which begins with the same mailboxes. The world's
//! [`Limits`] say how often those may act who need not. After every step it is judged ([`Violation`]); wherever
//! nothing is left to do, time passes until nothing waits any more, and everything has to have ended well.
//!
//! [`search::exhaustive`] takes every order there is; [`search::random`] walks along. A [`Mutant`] breaks
//! one rule, which both have to notice.

mod close;
mod firmware;
mod guest;
mod half;
mod judge;
mod machine;
mod mutant;
pub mod program;
pub mod replay;
pub mod search;
mod tables;
mod tree;
mod world;

pub use firmware::Firmware;
pub use guest::Task;
pub use judge::Violation;
pub use machine::{Hardware, Request};
pub use mutant::Mutant;
pub use world::{Choice, Limits, Scenario, Step, World};

/// How many CPUs are possible in every world.
pub const CPUS: usize = 3;
