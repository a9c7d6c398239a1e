//! An AArch64 CPU in software: EL0 and EL1 of Armv8.0-A with FP, Advanced SIMD, LSE and CRC32.
//!
//! The crate knows instructions, registers, translation and time. It knows nothing of a machine:
//! what a guest does outside its RAM comes out as an exit.

pub mod decode;
pub mod fp;
