//! What a hostile guest does to its firmware. The body is that of the fuzz target `mailbox`; here it runs
//! on random bytes.

#![allow(clippy::expect_used, reason = "a panic is a test's report")]

mod mailbox;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_accesses_leave_state_and_ledger_in_agreement(
        bytes in prop::collection::vec(any::<u8>(), 0..1500),
    ) {
        mailbox::attack(&bytes);
    }
}
