//! Cached against uncached execution: random programs run by blocks and instruction by instruction
//! must come to the same registers and the same memory.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

mod layout;
mod machine;
mod program;

use machine::Machine;
use program::{Program, program};
use proptest::prelude::*;

/// Calls after which a program is given up: all are compared.
const CALLS: usize = 200;

/// Runs a program by blocks and by steps, and compares at every call.
fn compare(program: &Program) -> Result<(), TestCaseError> {
    let (mut blocks, mut steps) = (Machine::new(program), Machine::new(program));
    for call in 0..CALLS {
        blocks.run();
        steps.step();
        prop_assert_eq!(blocks.seen(), steps.seen(), "call {}", call);
        prop_assert_eq!(blocks.core.instructions(), steps.core.instructions(), "call {}", call);
        if blocks.is_over() {
            break;
        }
    }
    let (one, other) = (blocks.memory(), steps.memory());
    let differs = one.iter().zip(&other).position(|(one, other)| one != other);
    prop_assert_eq!(differs, None, "an offset in RAM");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn blocks_and_steps_come_to_the_same_end(program in program()) {
        compare(&program)?;
    }
}
