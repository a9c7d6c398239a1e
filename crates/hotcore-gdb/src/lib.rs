//! A gdb server for a machine: gdb's remote serial protocol on a socket, one client at a time.
//!
//! [`Server`] lets a client in and pauses the machine for it. Each vCPU that is powered on is a thread
//! of gdb's, numbered from 1; all of them stop together. Registers and memory are those of a paused
//! vCPU, memory by its own virtual addresses. Breakpoints are the engine's and leave the guest's memory
//! alone. When the client leaves, however it does, its breakpoints go and the guest runs on.
//!
//! The protocol itself is the crate `gdbstub`'s; [`target`] tells it what a machine can do, [`session`]
//! feeds it. A client is hostile until proven otherwise: whatever it sends ends its session at worst.

mod arch;
mod connection;
mod server;
mod session;
mod target;

pub use connection::Listener;
pub use server::Server;
