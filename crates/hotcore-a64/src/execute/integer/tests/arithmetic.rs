//! ADD, SUB, ADC, SBC, CCMP and their flags.

use super::*;

/// ShiftReg()
fn shift_register(value: u64, kind: u32, amount: u32, width: u32) -> u64 {
    let value = low(value, width);
    let shifted = match kind {
        0 => value << amount,
        1 => value >> amount,
        2 => (signed(value, width) >> amount) as u64,
        _ if amount == 0 => value,
        _ => value >> amount | value << (width - amount),
    };
    low(shifted, width)
}

/// ExtendReg()
fn extend_register(value: u64, option: u32, amount: u32, width: u32) -> u64 {
    let length = 8 << (option & 3);
    let extended = if option < 4 { low(value, length) } else { signed(value, length) as u64 };
    low(extended << amount, width)
}

/// ADD (`opc` 0), ADDS, SUB, SUBS (3) of two operands.
fn expected(opc: u32, x: u64, y: u64, width: u32, before: u32) -> Outcome {
    let (result, flags) = match opc & 2 {
        0 => add_with_carry(x, y, false, width),
        _ => add_with_carry(x, !y, true, width),
    };
    (result, if opc & 1 == 1 { flags } else { before })
}

proptest! {
    #[test]
    fn immediates(wide: bool, opc in 0..4u32, sh in 0..2u32, imm in 0..4096u32, x in values()) {
        let (sf, width) = width_of(wide);
        let word = sf | opc << 29 | 0x1100_0000 | sh << 22 | imm << 10 | 1 << 5;
        let y = u64::from(imm) << (12 * sh);
        prop_assert_eq!(Bench::new().run(word, &[x], 5), expected(opc, x, y, width, 5));
    }

    #[test]
    fn shifted_registers(
        wide: bool, opc in 0..4u32, kind in 0..3u32, amount: u32, x in values(), y in values()
    ) {
        let (sf, width) = width_of(wide);
        let amount = amount % width;
        let word = sf | opc << 29 | 0x0b00_0000 | kind << 22 | amount << 10 | TWO;
        let shifted = shift_register(y, kind, amount, width);
        prop_assert_eq!(Bench::new().run(word, &[x, y], 10), expected(opc, x, shifted, width, 10));
    }

    #[test]
    fn registers(wide: bool, opc in 0..4u32, x in values(), y in values()) {
        let (sf, width) = width_of(wide);
        let word = sf | opc << 29 | 0x0b00_0000 | TWO;
        prop_assert_eq!(Bench::new().run(word, &[x, y], 3), expected(opc, x, y, width, 3));
    }

    #[test]
    fn extended_registers(
        wide: bool, opc in 0..4u32, option in 0..8u32, amount in 0..5u32, x in values(), y: u64
    ) {
        let (sf, width) = width_of(wide);
        let word = sf | opc << 29 | 0x0b20_0000 | option << 13 | amount << 10 | TWO;
        let extended = extend_register(y, option, amount, width);
        prop_assert_eq!(Bench::new().run(word, &[x, y], 0), expected(opc, x, extended, width, 0));
    }

    #[test]
    fn with_carry(wide: bool, opc in 0..4u32, nzcv in 0..16u32, x in values(), y in values()) {
        let (sf, width) = width_of(wide);
        let word = sf | opc << 29 | 0x1a00_0000 | TWO;
        let y_or_not = if opc & 2 == 0 { y } else { !y };
        let (result, flags) = add_with_carry(x, y_or_not, nzcv & 2 != 0, width);
        let flags = if opc & 1 == 1 { flags } else { nzcv };
        prop_assert_eq!(Bench::new().run(word, &[x, y], nzcv), (result, flags));
    }

    #[test]
    fn logic(
        wide: bool, opc in 0..4u32, invert in 0..2u32, kind in 0..4u32, amount: u32,
        x in values(), y in values()
    ) {
        let (sf, width) = width_of(wide);
        let amount = amount % width;
        let word = sf | opc << 29 | 0x0a00_0000 | kind << 22 | invert << 21 | amount << 10 | TWO;
        let shifted = shift_register(y, kind, amount, width);
        let y_or_not = if invert == 1 { !shifted } else { shifted };
        let result = low([x & y_or_not, x | y_or_not, x ^ y_or_not, x & y_or_not][opc as usize], width);
        let flags = if opc == 3 { negative_zero(result, width) } else { 15 };
        prop_assert_eq!(Bench::new().run(word, &[x, y], 15), (result, flags));
    }

    #[test]
    fn conditional_compare(
        wide: bool, subtract: bool, immediate: bool, condition in 0..16u32, nzcv in 0..16u32,
        other in 0..16u32, x in values(), y in values()
    ) {
        let (sf, width) = width_of(wide);
        let form = u32::from(subtract) << 30 | u32::from(immediate) << 11;
        let word = sf | form | 0x3a40_0000 | condition << 12 | TWO | other;
        let y = if immediate { 2 } else { y };
        let opc = if subtract { 3 } else { 1 };
        let compared = expected(opc, x, y, width, 0).1;
        let holds = Flags::from_nzcv(nzcv).holds(condition as u8);
        let flags = if holds { compared } else { other };
        prop_assert_eq!(Bench::new().run(word, &[x, y], nzcv).1, flags);
    }
}

#[test]
fn comparing_writes_no_register() {
    let mut bench = Bench::new();
    let cmp = 0xeb02_003f;
    assert_eq!(bench.run(cmp, &[5, 5], 0), (0, 0b0110));
    bench.execute(0xaa1f_03e0); // mov x0, xzr
    assert_eq!(bench.cpu().x(0), 0);
    let tst = 0xea02_003f;
    assert_eq!(bench.run(tst, &[1 << 63, u64::MAX], 0b0111).1, 0b1000);
}

#[test]
fn immediates_and_extended_registers_name_sp() {
    let mut bench = Bench::new();
    bench.cpu().set_x(31, 0x8000);
    bench.execute(0xd100_43ff); // sub sp, sp, #16
    assert_eq!(bench.cpu().x(31), 0x7ff0);
    assert_eq!(bench.run(0x8b22_63e0, &[0, 1], 0).0, 0x7ff1); // add x0, sp, x2
    assert_eq!(bench.run(0xeb21_63ff, &[0x7ff0], 0).1, 0b0110); // cmp sp, x1
    bench.execute(0x9100_03e1); // mov x1, sp
    assert_eq!(bench.cpu().x(1), 0x7ff0);
    bench.execute(0x1100_03ff); // mov wsp, wsp
    assert_eq!(bench.cpu().x(31), 0x7ff0);
}
