//! Memory as instructions see it: translation, alignment, order, exclusives.
//!
//! [`access`] is what instructions call; [`ram`] alone touches guest RAM.

pub(crate) mod access;
pub(crate) mod atomic;
mod code;
mod fetch;
mod inspect;
mod ram;
mod replay;
mod tlb;
mod walk;

#[cfg(test)]
mod tests;

pub(crate) use atomic::Monitor;
pub(crate) use code::CodePages;
pub use inspect::{AddressSpace, TranslationRegisters};
pub(crate) use ram::{PAGE, Ram, Width};
pub use replay::DeviceAccess;
pub(crate) use replay::Replay;
pub(crate) use tlb::Tlb;
pub(crate) use walk::{Access, Fault, PHYSICAL_BITS, walk_for};
