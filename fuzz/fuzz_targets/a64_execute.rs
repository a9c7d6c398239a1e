//! Any words in any state of a software CPU: the body that the tests of `hotcore-a64` run, too.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/hotcore-a64/tests/hostile/execute.rs"]
mod execute;
#[path = "../../crates/hotcore-a64/tests/hostile/machine.rs"]
mod machine;

fuzz_target!(|bytes: &[u8]| execute::execute(bytes));
