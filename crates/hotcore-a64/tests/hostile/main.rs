//! What a hostile guest does: any instructions in any state, any tables. The bodies are those of the
//! fuzz targets `a64_execute` and `a64_tables`; here they run on random bytes.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

mod execute;
mod machine;
mod tables;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_words_in_any_state_are_executed(bytes in prop::collection::vec(any::<u8>(), 0..1024)) {
        execute::execute(&bytes);
    }

    #[test]
    fn any_tables_translate_or_fault(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
        tables::translate(&bytes);
    }
}
