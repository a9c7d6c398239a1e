//! Any translation tables for the lower half, which the guest changes as it goes.

use crate::machine::{Input, Machine, RAM, SIZE};

/// The upper half has one page of code, and nothing else, by tables of its own.
const UPPER: u64 = 0xffff_ff80_0000_0000;
const UPPER_TABLES: [u64; 3] = [RAM, RAM + 0x1000, RAM + 0x2000];
const CODE: u64 = RAM + 0x3000;
/// The tables of the lower half: so many slots are anything.
const LOWER: u64 = RAM + 0x4000;
const SLOTS: u64 = 8 * 512;

/// What is done with the addresses in X0-X15.
const FORMS: [u32; 16] = [
    0xf940_0000, // ldr x0, [x]
    0xf900_0000, // str x0, [x]
    0x3940_0000, // ldrb w0, [x]
    0xb800_1000, // stur w0, [x, #1]
    0xa940_0400, // ldp x0, x1, [x]
    0xa93f_8400, // stp x0, x1, [x, #-8]
    0xc85f_7c00, // ldxr x0, [x]
    0xc811_7c00, // stxr w17, x0, [x]
    0xc8a0_7c01, // cas x0, x1, [x]
    0xf840_0800, // ldtr x0, [x]
    0x4c40_2000, // ld1 {v0.16b-v3.16b}, [x]
    0xd50b_7420, // dc zva
    0xd50b_7520, // ic ivau
    0xd508_7800, // at s1e1r
    0xd508_8760, // tlbi vaae1
    0xd63f_0000, // blr
];
/// The fields of the address: of the last five it is Rt.
const IN_RT: usize = 11;

/// Translates by the tables and for the addresses that the bytes say.
pub(crate) fn translate(bytes: &[u8]) {
    let mut input = Input(bytes);
    let mut machine = Machine::new();
    place_code(&machine, &mut input);
    let mut state = machine.core.save().unwrap();
    let tcr = input.number(8);
    for (encoding, value) in &mut state.system {
        *value = match hotcore_a64::system::name(*encoding) {
            Some("SCTLR_EL1") => *value | 1 | input.number(4) & 0x0308_0002,
            // The upper half as it has to be: 39 bits.
            Some("TCR_EL1") => tcr & !(0x3f << 16 | 1 << 23) & !(7 << 32) | 2 << 32 | 0x19 << 16,
            Some("TTBR0_EL1") => LOWER | input.number(2) << 48,
            Some("TTBR1_EL1") => UPPER_TABLES[0] | input.number(2) << 48,
            Some("MAIR_EL1") => input.number(8),
            Some("VBAR_EL1") => UPPER + 0x800,
            Some("CPACR_EL1") => 3 << 20,
            _ => *value,
        };
    }
    (state.pc, state.pstate) = (UPPER, 0x3c5);
    for x in &mut state.x[..16] {
        *x = address(&mut input);
    }
    machine.load(state);
    while !input.is_over() {
        let slot = input.number(2) % SLOTS;
        machine.write(LOWER + 8 * slot, descriptor(&mut input), 8);
    }
    machine.execute(300, 16);
    machine.hand_over();
}

fn place_code(machine: &Machine, input: &mut Input<'_>) {
    let descriptors = [UPPER_TABLES[1] | 3, UPPER_TABLES[2] | 3, CODE | 0x403 | 1 << 7 | 1 << 54];
    for (table, descriptor) in UPPER_TABLES.into_iter().zip(descriptors) {
        machine.write(table, descriptor, 8);
    }
    for number in 0..64 {
        let form = input.number(1) as usize % FORMS.len();
        let address = (number & 15) << if (IN_RT..FORMS.len() - 1).contains(&form) { 0 } else { 5 };
        machine.write(CODE + 4 * number, u64::from(FORMS[form]) | address, 4);
    }
    // b, back to the first one
    machine.write(CODE + 4 * 64, 0x17ff_ffc0, 4);
    for vector in 0..16 {
        // mrs x18, elr_el1; add x18, x18, #4; msr elr_el1, x18; adr x19, code; bfi x19, x18, #0, #8;
        // msr elr_el1, x19; eret: an instruction of the loop, wherever it came from
        let adr = 0x1000_0013 | back(0x800 + 0x80 * vector + 12);
        let words =
            [0xd538_4032, 0x9100_1252, 0xd518_4032, adr, 0xb340_1e53, 0xd518_4033, 0xd69f_03e0];
        for (number, word) in (0..).zip(words) {
            machine.write(CODE + 0x800 + 0x80 * vector + 4 * number, word, 4);
        }
    }
}

/// The immediate of an ADR that stands `offset` bytes into the page, to its beginning.
fn back(offset: u64) -> u64 {
    let immediate = offset.wrapping_neg();
    (immediate & 3) << 29 | (immediate >> 2 & 0x7_ffff) << 5
}

/// A page of RAM in few tables; or anything.
fn descriptor(input: &mut Input<'_>) -> u64 {
    match input.number(1) {
        kind @ 0..128 => {
            let page = RAM + (input.number(1) << 12) % SIZE as u64;
            page | input.number(2) & 0xffc | 0x400 | [3, 3, 3, 1][kind as usize & 3]
        }
        _ => input.number(8),
    }
}

/// With indices that are small, or anything.
fn address(input: &mut Input<'_>) -> u64 {
    match input.number(1) {
        0..160 => {
            let indices = input.number(2);
            let index = |level: u64| (indices >> (2 * level) & 3) << (12 + 9 * level);
            index(0) | index(1) | index(2) | index(3) | indices >> 8 << 4 & 0xfff
        }
        _ => input.number(8),
    }
}
