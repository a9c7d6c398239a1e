//! A mailbox of any content, changing as it likes: the body that the tests of `hotcore-ospm` run, too.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/hotcore-ospm/tests/hostile/mailbox.rs"]
mod mailbox;

fuzz_target!(|bytes: &[u8]| mailbox::use_mailbox(bytes));
