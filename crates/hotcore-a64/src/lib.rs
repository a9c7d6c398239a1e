//! An AArch64 CPU in software: EL0 and EL1 of Armv8.0-A with FP, Advanced SIMD, LSE and CRC32.
//!
//! The crate knows instructions, registers, translation and time. It knows nothing of a machine:
//! what a guest does outside its RAM comes out as an [`Exit`], interrupts and the system counter
//! come in through [`Surroundings`].

// A step is one function without calls, and so is the fast path of each access: measured, not hoped
// for.
#![allow(clippy::inline_always)]

mod block;
mod cluster;
mod cpu;
pub mod decode;
mod exception;
mod execute;
pub mod fp;
mod memory;
mod pstate;
mod registers;
mod run;
mod state;
mod step;
mod surroundings;
mod sync;
pub mod system;
#[cfg(test)]
mod testing;
pub mod trace;
mod trap;

pub use cluster::{Cluster, Doorbell};
pub use cpu::Cpu;
pub use memory::DeviceAccess;
pub use pstate::Level;
pub use registers::Registers;
pub use run::{Core, Exit};
pub use state::{CoreState, STATE_VERSION, StateError};
pub use surroundings::{Surroundings, Timer};
