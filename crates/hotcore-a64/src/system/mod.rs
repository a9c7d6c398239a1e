//! System registers and System instructions.

mod registers;
mod timer;

pub(crate) use registers::SystemRegisters;
