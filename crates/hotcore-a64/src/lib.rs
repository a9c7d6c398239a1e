//! An AArch64 CPU in software: EL0 and EL1 of Armv8.0-A with FP, Advanced SIMD, LSE and CRC32.
//!
//! The crate knows instructions, registers, translation and time. It knows nothing of a machine:
//! what a guest does outside its RAM comes out as an [`Exit`], interrupts and the system counter
//! come in through [`Surroundings`].
//!
//! A machine has one [`Cluster`], which holds its RAM, and a [`Core`] for each PE, run by a thread of its
//! own. [`Core::run`] executes until the guest needs something; a [`Doorbell`] makes it look up from
//! other threads.
//!
//! ```
//! use std::sync::Arc;
//!
//! use hotcore_a64::{Cluster, Core, Exit, Surroundings, Timer};
//! use vm_memory::{Bytes, GuestAddress, GuestMemoryMmap};
//!
//! /// Neither interrupts nor time.
//! struct Nothing;
//!
//! impl Surroundings for Nothing {
//!     fn counter(&self) -> u64 {
//!         0
//!     }
//!     fn read(&mut self, _register: u16) -> Option<u64> {
//!         None
//!     }
//!     fn write(&mut self, _register: u16, _value: u64) -> Option<()> {
//!         None
//!     }
//!     fn set_timer(&mut self, _timer: Timer, _asserted: bool) {}
//!     fn irq(&self) -> bool {
//!         false
//!     }
//!     fn fiq(&self) -> bool {
//!         false
//!     }
//! }
//!
//! let ram = GuestAddress(0x4000_0000);
//! let memory = GuestMemoryMmap::from_ranges(&[(ram, 0x1000)])?;
//! // add x0, x0, #2; str x0, [x1]; hvc #0
//! let words = [0x9100_0800_u32, 0xf900_0020, 0xd400_0002];
//! memory.write_slice(&words.map(u32::to_le_bytes).concat(), ram)?;
//!
//! let cluster = Cluster::new(&memory, 1);
//! let mut core = Core::new(0, 0, Arc::clone(&cluster), Box::new(Nothing));
//! core.start_at(0x4000_0000, 40, false);
//! core.set_x(1, 0x900_0000);
//!
//! // X1 is not RAM: the machine answers for what is there.
//! let Exit::Device(access) = core.run() else { panic!("a store") };
//! assert_eq!((access.physical, access.size, access.store), (0x900_0000, 8, Some(42)));
//! core.answer(0);
//! assert_eq!(core.run(), Exit::Call);
//! assert_eq!((core.pc(), core.instructions()), (0x4000_000c, 3));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Where to look: [`decode`] is the table of instructions; `execute` says what they do, and lowers each
//! to a step; `block` keeps steps that were decoded, `run` executes them; [`system`] is the table of
//! System registers; `memory` translates, and its `ram` alone touches guest RAM by pointer; `cluster` is
//! how PEs reach each other; [`fp`] is the arithmetic; `state` saves and loads a PE.

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
pub use memory::{AddressSpace, DeviceAccess, TranslationRegisters};
pub use pstate::Level;
pub use registers::Registers;
pub use run::{Core, Exit};
pub use state::{CoreState, STATE_VERSION, StateError};
pub use surroundings::{Surroundings, Timer};
