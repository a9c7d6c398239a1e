//! Any bytes as the code of a DSDT: the body that the tests of `hotcore-ospm` run, too.

#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../crates/hotcore-ospm/tests/aml/anything.rs"]
mod anything;

fuzz_target!(|code: &[u8]| {
    anything::load_and_evaluate(code);
});
