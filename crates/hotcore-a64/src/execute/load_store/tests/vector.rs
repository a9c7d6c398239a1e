//! SIMD&FP registers in every addressing mode, one, two, and structures of them.

use proptest::prelude::*;

use super::mapped::{DATA, SIZE};
use super::model::Model;

fn target() -> impl Strategy<Value = u64> {
    DATA + 64..DATA + SIZE as u64 - 192
}

fn transfer(model: &mut Model, loads: bool, bytes: u64, rt: usize, address: u64) {
    if loads {
        model.registers.v[rt] = model.load(address, bytes);
    } else {
        model.store(address, bytes, model.registers.v[rt]);
    }
}

/// Element `lane` of `size` bytes of Vn.
fn lane(model: &Model, number: usize, lane: u64, size: u64) -> u128 {
    model.registers.v[number] >> (8 * size * lane) & (u128::MAX >> (128 - 8 * size))
}

fn set_lane(model: &mut Model, number: usize, lane: u64, size: u64, value: u128) {
    let mask = (u128::MAX >> (128 - 8 * size)) << (8 * size * lane);
    let v = &mut model.registers.v[number];
    *v = *v & !mask | value << (8 * size * lane);
}

proptest! {
    #[test]
    fn a_register_is_transferred_in_every_mode(
        log2 in 0u32..5,
        loads: bool,
        mode in 0u32..5,
        (rt, rn, rm) in (0usize..32, 0usize..32, 0usize..32),
        immediate in 0u32..4096,
        shifted: bool,
        target in target(),
        seed: u64,
    ) {
        prop_assume!(mode != 2 || rm != rn || rm == 31);
        let mut model = Model::new(seed);
        let opc = u32::from(loads) | if log2 == 4 { 2 } else { 0 };
        let fields = (log2 & 3) << 30 | 1 << 26 | opc << 22 | (rn as u32) << 5 | rt as u32;
        let imm9 = immediate & 0x1ff;
        let signed = ((u64::from(imm9) << 55).cast_signed() >> 55).cast_unsigned();
        let (word, offset) = match mode {
            0 => (0x3900_0000 | immediate << 10, u64::from(immediate) << log2),
            2 => {
                let shift = if shifted { log2 } else { 0 };
                let s = u32::from(shifted) << 12;
                (0x3820_6800 | (rm as u32) << 16 | s, model.x(rm) << shift)
            }
            // Unscaled 0, post-indexed 1, pre-indexed 3.
            1 => (0x3800_0000 | imm9 << 12, signed),
            3 => (0x3800_0400 | imm9 << 12, signed),
            _ => (0x3800_0c00 | imm9 << 12, signed),
        };
        let offset_of_access = if mode == 3 { 0 } else { offset };
        let base = model.aim(rn, target, offset_of_access);
        let actual = model.execute(fields | word);
        transfer(&mut model, loads, 1 << log2, rt, base.wrapping_add(offset_of_access));
        if mode >= 3 {
            *model.base(rn) = base.wrapping_add(offset);
        }
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
        let mut model = Model::new(seed);
        let offset = (immediate << (opc + 2)).cast_unsigned();
        let offset_of_access = if mode == 1 { 0 } else { offset };
        let base = model.aim(rn, target, offset_of_access);
        let word = 0x2c00_0000 | opc << 30 | mode << 23 | u32::from(loads) << 22
            | (immediate.cast_unsigned() as u32 & 0x7f) << 15 | (rt2 as u32) << 10 | (rn as u32) << 5 | rt as u32;
        let actual = model.execute(word);
        let address = base.wrapping_add(offset_of_access);
        transfer(&mut model, loads, 4 << opc, rt, address);
        transfer(&mut model, loads, 4 << opc, rt2, address + (4 << opc));
        if mode & 1 == 1 {
            *model.base(rn) = base.wrapping_add(offset);
        }
        prop_assert_eq!(actual, model);
    }

    #[test]
    fn multiple_structures_are_interleaved(
        (opcode, repeats, elements) in prop::sample::select(&[
            (0b0111u32, 1u64, 1u64), (0b1010, 2, 1), (0b0110, 3, 1), (0b0010, 4, 1),
            (0b1000, 1, 2), (0b0100, 1, 3), (0b0000, 1, 4),
        ][..]),
        (loads, q, post) in (any::<bool>(), any::<bool>(), any::<bool>()),
        log2 in 0u32..4,
        (rt, rn, rm) in (0usize..32, 0usize..32, 0usize..32),
        target in target(),
        aligned: bool,
        seed: u64,
    ) {
        prop_assume!(elements == 1 || q || log2 != 3);
        prop_assume!(rm != rn || rm == 31);
        let mut model = Model::new(seed);
        let base = model.aim(rn, if aligned { target & !7 } else { target }, 0);
        let rm_field = if post { 1 << 23 | (rm as u32) << 16 } else { 0 };
        let word = 0x0c00_0000 | u32::from(q) << 30 | u32::from(loads) << 22 | rm_field
            | opcode << 12 | log2 << 10 | (rn as u32) << 5 | rt as u32;
        let actual = model.execute(word);
        let (size, lanes) = (1u64 << log2, (if q { 16 } else { 8 }) >> log2);
        let mut address = base;
        for repeat in 0..repeats {
            for index in 0..lanes {
                for element in 0..elements {
                    let number = (rt + (repeat + element) as usize) % 32;
                    if loads {
                        if index == 0 {
                            model.registers.v[number] = 0;
                        }
                        let value = model.load(address, size);
                        set_lane(&mut model, number, index, size, value);
                    } else {
                        let value = lane(&model, number, index, size);
                        model.store(address, size, value);
                    }
                    address += size;
                }
            }
        }
        if post {
            *model.base(rn) =
                if rm == 31 { address } else { base.wrapping_add(model.x(rm)) };
        }
        prop_assert_eq!(actual, model);
    }

    #[test]
    fn a_single_structure_uses_one_lane_or_all(
        elements in 1u64..5,
        kind in 0u32..3,
        (q, post) in (any::<bool>(), any::<bool>()),
        (log2, index) in (0u32..4, 0u32..16),
        (rt, rn, rm) in (0usize..32, 0usize..32, 0usize..32),
        target in target(),
        seed: u64,
    ) {
        prop_assume!(rm != rn || rm == 31);
        let mut model = Model::new(seed);
        let base = model.aim(rn, target, 0);
        let rm_field = if post { 1 << 23 | (rm as u32) << 16 } else { 0 };
        let last = elements as u32 - 1;
        let opcode_and_r = (last & 1) << 21 | (last >> 1) << 13;
        let fields = 0x0d00_0000 | rm_field | opcode_and_r | (rn as u32) << 5 | rt as u32;
        let size = 1u64 << log2;
        let index = u64::from(index) % (16 / size);
        let (loads, replicates) = (kind != 0, kind == 2);
        let place = if replicates {
            u32::from(q) << 30 | 3 << 14 | log2 << 10
        } else {
            // Q:S:size holds the index, above what tells the size.
            let place = (index as u32) << log2.min(3) | u32::from(log2 == 3);
            (place >> 3) << 30 | (place & 7) << 10 | log2.min(2) << 14
        };
        let word = fields | u32::from(loads) << 22 | place;
        let actual = model.execute(word);
        for element in 0..elements {
            let (number, at) = ((rt + element as usize) % 32, base + element * size);
            if replicates {
                let value = model.load(at, size);
                model.registers.v[number] = 0;
                for index in 0..(if q { 16 } else { 8 }) / size {
                    set_lane(&mut model, number, index, size, value);
                }
            } else if loads {
                let value = model.load(at, size);
                set_lane(&mut model, number, index, size, value);
            } else {
                let value = lane(&model, number, index, size);
                model.store(at, size, value);
            }
        }
        if post {
            let step = if rm == 31 { elements * size } else { model.x(rm) };
            *model.base(rn) = base.wrapping_add(step);
        }
        prop_assert_eq!(actual, model);
    }
}
