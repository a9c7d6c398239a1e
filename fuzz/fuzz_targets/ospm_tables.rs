//! Any bytes as ACPI tables and EFI structures: the body that the tests of `hotcore-ospm` run, too.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/hotcore-ospm/tests/hostile/tables.rs"]
mod tables;

fuzz_target!(|bytes: &[u8]| tables::read(bytes));
