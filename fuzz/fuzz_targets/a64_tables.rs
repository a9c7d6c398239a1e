//! Any translation tables under a software CPU: the body that the tests of `hotcore-a64` run, too.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/hotcore-a64/tests/hostile/machine.rs"]
mod machine;
#[path = "../../crates/hotcore-a64/tests/hostile/tables.rs"]
mod tables;

fuzz_target!(|bytes: &[u8]| tables::translate(bytes));
