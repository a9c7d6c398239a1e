//! The AML interpreter: on the tables that Hotcore's VMM makes, in comparison with ACPICA's interpreter,
//! and on anything at all.

#![allow(clippy::unwrap_used, clippy::panic, reason = "only tests use it")]

mod acpica;
mod anything;
mod bounds;
mod dsdt;
mod hostile;
mod machine;
mod sources;
