//! The back end on a real KVM. Guests are a few instructions, written as the words that an assembler
//! makes of them.
//!
//! Where the host cannot run them the tests pass and say why they were skipped;
//! `HOTCORE_REQUIRE_KVM=1` makes that a failure.

mod creation;
mod debug;
mod execution;
mod guest;
mod kicks;
mod power;
mod vgic;
