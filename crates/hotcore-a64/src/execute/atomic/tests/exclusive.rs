//! LDXR, STXR, their pairs, LDAR and STLR.

use super::{machine, value};

/// `ldxr x3, [x1]`
const LDXR: u32 = 0xc85f_7c23;
/// `stxr w5, x2, [x1]`
const STXR: u32 = 0xc805_7c22;

#[test]
fn a_store_exclusive_succeeds_once_after_a_load_exclusive() {
    let mut machine = machine(7, 9, 0);
    machine.run(&[LDXR, STXR]);
    let x = machine.core.registers().x;
    assert_eq!((x[3], x[5], value(&machine)), (7, 0, 9));
    // The monitor is open now.
    machine.run(&[STXR]);
    assert_eq!(machine.core.registers().x[5], 1);
}

#[test]
fn a_store_exclusive_fails_if_the_value_or_the_place_is_another() {
    let mut machine = machine(7, 9, 8);
    // str x4, [x1] in between
    machine.run(&[LDXR, 0xf900_0024, STXR]);
    assert_eq!((machine.core.registers().x[5], value(&machine)), (1, 8));
    // add x1, x1, #8 in between: the monitor is lost for the first address, too
    machine.run(&[LDXR, 0x9100_2021, STXR]);
    assert_eq!(machine.core.registers().x[5], 1);
    machine.run(&[0xd100_2021, STXR]);
    assert_eq!((machine.core.registers().x[5], value(&machine)), (1, 8));
    // stxr w5, w2, [x1]: another size
    machine.run(&[LDXR, 0x8805_7c22]);
    assert_eq!(machine.core.registers().x[5], 1);
}

#[test]
fn every_size_is_loaded_and_stored() {
    let before = 0x8877_6655_4433_2211_u128;
    for size in 0..4 {
        let mut machine = machine(before, u64::MAX, 0);
        let mask = u64::MAX >> (64 - (8u32 << size));
        // ldaxr x3, [x1]; stlxr w5, x2, [x1]; ldar x6, [x1]; stlr x3, [x1]
        let words = [0x085f_fc23, 0x0805_fc22, 0x08df_fc26, 0x089f_fc23];
        machine.run(&words[..3].iter().map(|word| word | size << 30).collect::<Vec<_>>());
        let x = machine.core.registers().x;
        assert_eq!((x[3], x[5], x[6]), (before as u64 & mask, 0, mask));
        assert_eq!(value(&machine), before | u128::from(mask));
        machine.run(&[words[3] | size << 30]);
        assert_eq!(value(&machine), before);
    }
}

#[test]
fn pairs_are_one_access() {
    let before = 0x4444_4444_3333_3333_2222_2222_1111_1111_u128;
    let mut machine = machine(before, 0xaaaa_aaaa_bbbb_bbbb, 0xcccc_cccc_dddd_dddd);
    // ldxp w3, w6, [x1]; stxp w5, w2, w4, [x1]
    machine.run(&[0x887f_1823, 0x8825_1022]);
    let x = machine.core.registers().x;
    assert_eq!((x[3], x[6], x[5]), (0x1111_1111, 0x2222_2222, 0));
    let after = 0x4444_4444_3333_3333_dddd_dddd_bbbb_bbbb_u128;
    assert_eq!(value(&machine), after);
    // ldaxp x3, x6, [x1]; stlxp w5, x2, x4, [x1]
    machine.run(&[0xc87f_9823, 0xc825_9022]);
    let x = machine.core.registers().x;
    assert_eq!((x[3], x[6], x[5]), (after as u64, (after >> 64) as u64, 0));
    assert_eq!(value(&machine), 0xcccc_cccc_dddd_dddd_aaaa_aaaa_bbbb_bbbb);
}
