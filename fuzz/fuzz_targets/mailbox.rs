//! Any accesses of a guest to its mailboxes: the body that the tests of `hotcore-firmware` run, too.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/hotcore-firmware/tests/hostile/mailbox.rs"]
mod mailbox;

fuzz_target!(|bytes: &[u8]| mailbox::attack(bytes));
