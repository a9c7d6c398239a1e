//! Anything at all, and tables of ours with a few bytes changed.

use proptest::prelude::*;

use crate::anything::load_and_evaluate;
use crate::machine::{dsdt, machine};

/// Where the code of a table begins.
const HEADER: usize = 36;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_end(code in prop::collection::vec(any::<u8>(), 0..200)) {
        load_and_evaluate(&code);
    }

    #[test]
    fn opcodes_in_any_order_end(code in prop::collection::vec(opcode(), 0..200)) {
        load_and_evaluate(&code);
    }

    #[test]
    fn changed_tables_end(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        cut in any::<Option<prop::sample::Index>>(),
    ) {
        let mut code = dsdt(&machine(4, 1)).split_off(HEADER);
        for (place, value) in changes {
            let at = place.index(code.len());
            code[at] = value;
        }
        if let Some(cut) = cut {
            code.truncate(cut.index(code.len()));
        }
        load_and_evaluate(&code);
    }
}

/// Bytes that mean something.
fn opcode() -> impl Strategy<Value = u8> {
    prop_oneof![
        Just(0x5b),
        0x00u8..0x16,
        0x60u8..0xa6,
        0x20u8..0x30,
        Just(b'A'),
        Just(b'_'),
        Just(0xff),
        0x80u8..0x89
    ]
}

#[test]
fn unchanged_tables_have_values() {
    let code = dsdt(&machine(4, 1)).split_off(HEADER);
    assert!(load_and_evaluate(&code) > 10);
}
