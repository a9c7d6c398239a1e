//! One and two general-purpose registers in every addressing mode.

use proptest::prelude::*;

use super::mapped::{DATA, SIZE};
use super::model::Model;
use crate::testing::{CODE, Machine};

/// Every allocated `size` and `opc`.
const KINDS: [(u32, u32); 13] = [
    (0, 0),
    (0, 1),
    (0, 2),
    (0, 3),
    (1, 0),
    (1, 1),
    (1, 2),
    (1, 3),
    (2, 0),
    (2, 1),
    (2, 2),
    (3, 0),
    (3, 1),
];

fn sign_extend(value: u64, size: u64) -> u64 {
    let unused = 64 - 8 * size as u32;
    ((value << unused).cast_signed() >> unused).cast_unsigned()
}

fn transfer(model: &mut Model, (size, opc): (u32, u32), rt: usize, address: u64) {
    let bytes = 1 << size;
    if opc == 0 {
        return model.store(address, bytes, u128::from(model.x(rt)));
    }
    let value = model.load(address, bytes) as u64;
    let value = match opc {
        1 => value,
        2 => sign_extend(value, bytes),
        _ => sign_extend(value, bytes) as u32 as u64,
    };
    model.set_x(rt, value);
}

fn target() -> impl Strategy<Value = u64> {
    DATA + 64..DATA + SIZE as u64 - 64
}

proptest! {
    #[test]
    fn a_register_is_transferred_in_every_mode_with_an_immediate(
        kind in prop::sample::select(&KINDS[..]),
        mode in 0u32..5,
        (rt, rn) in (0usize..32, 0usize..32),
        immediate in 0u32..4096,
        target in target(),
        seed: u64,
    ) {
        let (size, opc) = kind;
        let mut model = Model::new(seed);
        let fields = size << 30 | opc << 22 | (rn as u32) << 5 | rt as u32;
        let imm9 = u64::from(immediate & 0x1ff) << 55;
        let signed = (imm9.cast_signed() >> 55).cast_unsigned();
        let word = fields | 0x3800_0000 | (immediate & 0x1ff) << 12;
        let (word, offset) = match mode {
            0 => (fields | 0x3900_0000 | immediate << 10, u64::from(immediate) << size),
            1 => (word, signed),
            2 => (word | 2 << 10, signed),
            3 => (word | 3 << 10, signed),
            _ => (word | 1 << 10, signed),
        };
        let offset_of_access = if mode == 4 { 0 } else { offset };
        let target = if mode == 2 { target & !4095 | 64 } else { target };
        let base = model.aim(rn, target, offset_of_access);
        // LDTR and STTR have the permissions of EL0, which this memory does not give.
        prop_assume!(mode != 2);
        let actual = model.execute(word);
        transfer(&mut model, kind, rt, base.wrapping_add(offset_of_access));
        if mode >= 3 {
            *model.base(rn) = base.wrapping_add(offset);
        }
        prop_assert_eq!(actual, model);
    }

    #[test]
    fn a_register_is_transferred_at_a_register_offset(
        kind in prop::sample::select(&KINDS[..]),
        option in prop::sample::select(&[2u32, 3, 6, 7][..]),
        shifted: bool,
        (rt, rn, rm) in (0usize..32, 0usize..32, 0usize..32),
        target in target(),
        seed: u64,
    ) {
        prop_assume!(rm != rn || rm == 31);
        let (size, opc) = kind;
        let mut model = Model::new(seed);
        let register = model.x(rm);
        let extended = match option {
            2 => register as u32 as u64,
            6 => sign_extend(register, 4),
            _ => register,
        };
        let offset = extended << if shifted { size } else { 0 };
        let base = model.aim(rn, target, offset);
        let word = 0x3820_0800 | size << 30 | opc << 22 | (rm as u32) << 16 | option << 13
            | u32::from(shifted) << 12 | (rn as u32) << 5 | rt as u32;
        let actual = model.execute(word);
        transfer(&mut model, kind, rt, base.wrapping_add(offset));
        prop_assert_eq!(actual, model);
    }

    #[test]
    fn two_registers_are_transferred_in_every_mode(
        opc in 0u32..3,
        loads: bool,
        mode in 0u32..4,
        (rt, rt2, rn) in (0usize..32, 0usize..32, 0usize..32),
        immediate in -64i64..64,
        target in target(),
        seed: u64,
    ) {
        prop_assume!(opc != 1 || loads && mode != 0);
        let size = if opc == 2 { 3 } else { 2 };
        let mut model = Model::new(seed);
        let offset = (immediate << size).cast_unsigned();
        let offset_of_access = if mode == 1 { 0 } else { offset };
        let base = model.aim(rn, target, offset_of_access);
        let word = 0x2800_0000 | opc << 30 | mode << 23 | u32::from(loads) << 22
            | (immediate.cast_unsigned() as u32 & 0x7f) << 15 | (rt2 as u32) << 10 | (rn as u32) << 5 | rt as u32;
        let actual = model.execute(word);
        let address = base.wrapping_add(offset_of_access);
        let kind = (size, if loads { 1 + u32::from(opc == 1) } else { 0 });
        transfer(&mut model, kind, rt, address);
        transfer(&mut model, kind, rt2, address + (1 << size));
        if mode & 1 == 1 {
            *model.base(rn) = base.wrapping_add(offset);
        }
        prop_assert_eq!(actual, model);
    }
}

#[test]
fn a_literal_is_relative_to_the_instruction_itself() {
    let mut machine = Machine::new();
    machine.write(CODE + 0x100, &[0x8000_0001, 0x1234_5678]);
    // nop; ldr w0, CODE+0x100; ldr x1, CODE+0x100; ldrsw x2, CODE+0x100; prfm CODE
    let literal = |opc: u32, rt: u32, at: u32| opc << 30 | 0x1800_0000 | (0x100 - at) << 3 | rt;
    machine.run(&[
        0x1800_0800,
        literal(0, 0, 4),
        literal(1, 1, 8) & !(1 << 5),
        literal(2, 2, 12),
        0xd800_0000,
    ]);
    let x = machine.core.registers().x;
    assert_eq!(x[0], 0x8000_0001);
    assert_eq!(x[1], 0x1234_5678_8000_0001);
    assert_eq!(x[2], 0xffff_ffff_8000_0001);
}
