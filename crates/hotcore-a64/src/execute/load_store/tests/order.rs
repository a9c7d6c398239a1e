//! Byte order and alignment of what is wider than a doubleword, or narrower than its register.

use super::mapped::{DATA, DEVICE, EE, mapped};
use crate::testing::{CODE, Machine};

const BYTES: [u8; 32] = [
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
    0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
];

/// X1 = [`DATA`], where [`BYTES`] are; SCTLR_EL1 with `bit` set.
fn machine(bit: u32) -> Machine {
    let mut machine = mapped();
    machine.set_sctlr(bit);
    machine.fill(DATA, &BYTES);
    let mut registers = machine.core.registers();
    registers.x[1] = DATA;
    machine.core.set_registers(&registers);
    machine
}

#[test]
fn big_endian_data_are_reversed_by_elements() {
    let mut machine = machine(EE);
    // ldr x2, [x1]; ldur w3, [x1, #1]; ldp w4, w5, [x1]; ldxp w6, w7, [x1]
    machine.run(&[0xf940_0022, 0xb840_1023, 0x2940_1424, 0x887f_1c26]);
    let x = machine.core.registers().x;
    assert_eq!((x[2], x[3]), (0x0001_0203_0405_0607, 0x0102_0304));
    assert_eq!((x[4], x[5]), (0x0001_0203, 0x0405_0607));
    assert_eq!((x[6], x[7]), (0x0001_0203, 0x0405_0607));
    // ldr q0, [x1]; ldur q1, [x1, #1]; ldp q2, q3, [x1]; ld1 {v4.8h}, [x1]; ld2 {v5.2s, v6.2s}, [x1]
    machine.run(&[0x3dc0_0020, 0x3cc0_1021, 0xad40_0c22, 0x4c40_7424, 0x0c40_8825]);
    let v = machine.core.registers().v;
    assert_eq!(v[0], 0x0001_0203_0405_0607_0809_0a0b_0c0d_0e0f);
    assert_eq!(v[1], 0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10);
    assert_eq!((v[2], v[3]), (v[0], v[0] + 0x1010_1010_1010_1010_1010_1010_1010_1010));
    assert_eq!(v[4], 0x0e0f_0c0d_0a0b_0809_0607_0405_0203_0001);
    assert_eq!((v[5], v[6]), (0x0809_0a0b_0001_0203, 0x0c0d_0e0f_0405_0607));
}

#[test]
fn big_endian_stores_undo_big_endian_loads() {
    let mut machine = machine(EE);
    // ldp q2, q3, [x1]; stp q2, q3, [x1, #64]; ldr q0, [x1]; str q0, [x1, #32]
    machine.run(&[0xad40_0c22, 0xad02_0c22, 0x3dc0_0020, 0x3d80_0820]);
    assert_eq!(machine.bytes(DATA + 64, 32), BYTES);
    assert_eq!(machine.bytes(DATA + 32, 16), BYTES[..16]);
    // ld4 {v4.8h-v7.8h}, [x1]; st4 {v4.8h-v7.8h}, [x1], #64
    let before = machine.bytes(DATA, 64);
    machine.run(&[0x4c40_0424, 0x4c9f_0424]);
    assert_eq!(machine.bytes(DATA, 64), before);
}

#[test]
fn unprivileged_accesses_have_the_byte_order_of_who_executes_them() {
    // SCTLR_EL1.E0E alone: EL1 is little-endian.
    let mut machine = machine(24);
    machine.map(DATA, super::mapped::EL0_TOO);
    // ldtr x2, [x1], twice
    machine.run(&[0xf840_0822, 0xf840_0823]);
    let x = machine.core.registers().x;
    assert_eq!((x[2], x[3]), (0x0706_0504_0302_0100, 0x0706_0504_0302_0100));
}

#[test]
fn sixteen_bytes_are_aligned_to_sixteen_where_alignment_matters() {
    let mut machine = machine(1);
    // ldur q0, [x1, #8]; ld1 {v0.2d}, [x1] after add x1, x1, #8; stur q0, [x1, #8]
    machine.run(&[0x3cc0_8020]);
    assert_eq!(machine.fault(), (0x25, 0x21, DATA + 8));
    machine.run(&[0x3c80_8020]);
    assert_eq!(machine.fault(), (0x25, 0x61, DATA + 8));
    machine.run(&[0x9100_2021, 0x4c40_7c20]);
    assert_eq!(machine.core.registers().pc, CODE + 12);

    let mut machine = self::machine(0);
    machine.run(&[0x3cc0_8020]);
    assert_eq!(machine.core.registers().v[0], 0x1716_1514_1312_1110_0f0e_0d0c_0b0a_0908);
    machine.map(DATA, DEVICE);
    machine.run(&[0x3cc0_8020]);
    assert_eq!(machine.fault(), (0x25, 0x21, DATA + 8));
}

#[test]
fn a_structure_that_faults_half_way_loads_nothing() {
    let mut machine = machine(0);
    machine.map(DATA + 0x1000, super::mapped::NOTHING);
    let mut registers = machine.core.registers();
    registers.x[1] = DATA + 0xff0;
    registers.v = std::array::from_fn(|number| number as u128);
    machine.core.set_registers(&registers);
    // ld4 {v4.16b-v7.16b}, [x1], #64
    machine.run(&[0x4cdf_0024]);
    let after = machine.core.registers();
    assert_eq!((after.x[1], after.v), (registers.x[1], registers.v));
    assert_eq!(machine.fault(), (0x25, 0x07, DATA + 0x1000));
}
