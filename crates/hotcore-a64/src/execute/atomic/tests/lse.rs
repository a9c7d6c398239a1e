//! FEAT_LSE: every operation at every size, against plain arithmetic.

use proptest::prelude::*;

use super::{machine, value};

fn expected(operation: u32, old: u64, operand: u64, bits: u32) -> u64 {
    let signed = |value: u64| (value << (64 - bits)).cast_signed() >> (64 - bits);
    let result = match operation {
        0 => old.wrapping_add(operand),
        1 => old & !operand,
        2 => old ^ operand,
        3 => old | operand,
        4 => signed(old).max(signed(operand)).cast_unsigned(),
        5 => signed(old).min(signed(operand)).cast_unsigned(),
        6 => old.max(operand),
        7 => old.min(operand),
        _ => operand,
    };
    result & (u64::MAX >> (64 - bits))
}

proptest! {
    #[test]
    fn an_operation_updates_memory_and_loads_what_was_there(
        operation in 0u32..9,
        size in 0u32..4,
        order in 0u32..4,
        before: u128,
        operand: u64,
    ) {
        let mut machine = machine(before, operand, 0x4444);
        // ldadd and so on, with x2 as Rs and x3 as Rt
        let word = 0x3822_0023 | size << 30 | order << 22 | operation << 12;
        machine.run(&[word]);
        let bits = 8 << size;
        let mask = u64::MAX >> (64 - bits);
        let new = expected(operation, before as u64 & mask, operand & mask, bits);
        prop_assert_eq!(value(&machine), before & !u128::from(mask) | u128::from(new));
        prop_assert_eq!(machine.core.registers().x[3], before as u64 & mask);
    }

    #[test]
    fn compare_and_swap_stores_if_memory_is_as_expected(
        size in 0u32..4,
        equal: bool,
        before: u128,
        other: u64,
        new: u64,
    ) {
        let mask = u64::MAX >> (64 - (8u32 << size));
        // What the register holds above the access is not compared.
        let expected = if equal { before as u64 & mask | other & !mask } else { other };
        let mut machine = machine(before, expected, new);
        // casal x2, x4, [x1]
        machine.run(&[0x08e2_fc24 | size << 30]);
        let swaps = expected & mask == before as u64 & mask;
        let after = u128::from(if swaps { new } else { before as u64 } & mask);
        prop_assert_eq!(value(&machine), before & !u128::from(mask) | after);
        prop_assert_eq!(machine.core.registers().x[2], before as u64 & mask);
    }

    #[test]
    fn a_pair_is_compared_and_swapped_as_one(
        wide: bool,
        equal: (bool, bool),
        before: u128,
        new: [u64; 2],
    ) {
        let mut machine = machine(before, 0, new[0]);
        let half = if wide { 64 } else { 32 };
        let mask = u64::MAX >> (64 - half);
        let (low, high) = (before as u64 & mask, (before >> half) as u64 & mask);
        let mut registers = machine.core.registers();
        registers.x[2] = if equal.0 { low } else { !low };
        registers.x[3] = if equal.1 { high } else { !high };
        registers.x[5] = new[1];
        machine.core.set_registers(&registers);
        // caspal x2, x3, x4, x5, [x1]
        machine.run(&[0x0862_fc24 | u32::from(wide) << 30]);
        let x = machine.core.registers().x;
        prop_assert_eq!((x[2], x[3]), (low, high));
        let stored = u128::from(new[0] & mask) | u128::from(new[1] & mask) << half;
        let all = u128::MAX >> (128 - 2 * half);
        let after = if equal == (true, true) { before & !all | stored } else { before };
        prop_assert_eq!(value(&machine), after);
    }
}

#[test]
fn without_a_destination_only_memory_changes() {
    let mut machine = machine(41, 1, 0);
    let before = machine.core.registers().x;
    // stadd x2, [x1]
    machine.run(&[0xf822_003f]);
    assert_eq!(value(&machine), 42);
    assert_eq!(machine.core.registers().x, before);
}
