//! System registers and System instructions.
//!
//! `rows` is the table of all of them; the other rooms are what its rows do.

#![expect(clippy::unnecessary_wraps, reason = "every way to a register has the same type")]

#[macro_use]
mod ways;
mod control;
mod debug;
mod identification;
mod interface;
mod maintenance;
pub(crate) mod pstate;
mod registers;
pub(crate) mod rows;
pub(crate) mod table;
mod timer;
mod tlbi;
mod translate;

pub(crate) use registers::SystemRegisters;
pub use table::name;
