//! Register values that find faults: the corners of integers and of floating-point formats, and
//! plain random ones.

use crate::random::Random;

/// The integers that every width has corners at.
const CORNERS: [u64; 16] = [
    0,
    1,
    2,
    u64::MAX,
    u64::MAX - 1,
    0x7f,
    0x80,
    0x7fff,
    0x8000,
    0x7fff_ffff,
    0x8000_0000,
    0xffff_ffff,
    0x1_0000_0000,
    0x7fff_ffff_ffff_ffff,
    0x8000_0000_0000_0000,
    0x8080_8080_8080_8080,
];

/// Half precision: zero, subnormals, normals, integers and ties, infinity, NaNs. Signs are added.
const HALVES: [u16; 16] = [
    0x0000, 0x0001, 0x03ff, 0x0400, 0x3800, 0x3bff, 0x3c00, 0x3c01, 0x3e00, 0x4100, 0x7bff, 0x7c00,
    0x7c01, 0x7dff, 0x7e00, 0x7fff,
];

/// Single precision, likewise; with the limits of conversions to integers.
const SINGLES: [u32; 28] = [
    0x0000_0000,
    0x0000_0001,
    0x007f_ffff,
    0x0080_0000,
    0x0080_0001,
    0x3300_0000,
    0x3880_0000,
    0x387f_e000,
    0x3f00_0000,
    0x3f7f_ffff,
    0x3f80_0000,
    0x3f80_0001,
    0x3fc0_0000,
    0x4020_0000,
    0x4b00_0000,
    0x4b00_0001,
    0x477f_e000,
    0x477f_f000,
    0x4eff_ffff,
    0x4f00_0000,
    0x4f80_0000,
    0x5f00_0000,
    0x5f80_0000,
    0x7f7f_ffff,
    0x7f80_0000,
    0x7f80_0001,
    0x7fc0_0000,
    0x7fff_ffff,
];

/// Double precision, likewise.
const DOUBLES: [u64; 28] = [
    0x0000_0000_0000_0000,
    0x0000_0000_0000_0001,
    0x000f_ffff_ffff_ffff,
    0x0010_0000_0000_0000,
    0x0010_0000_0000_0001,
    0x36a0_0000_0000_0000,
    0x3810_0000_0000_0000,
    0x380f_ffff_ffff_ffff,
    0x3fe0_0000_0000_0000,
    0x3fef_ffff_ffff_ffff,
    0x3ff0_0000_0000_0000,
    0x3ff0_0000_0000_0001,
    0x3ff8_0000_0000_0000,
    0x4004_0000_0000_0000,
    0x4330_0000_0000_0000,
    0x4330_0000_0000_0001,
    0x41df_ffff_ffe0_0000,
    0x41e0_0000_0000_0000,
    0x41ef_ffff_ffff_ffff,
    0x43e0_0000_0000_0000,
    0x43f0_0000_0000_0000,
    0x47ef_ffff_e000_0000,
    0x47ef_ffff_f000_0000,
    0x7fef_ffff_ffff_ffff,
    0x7ff0_0000_0000_0000,
    0x7ff0_0000_0000_0001,
    0x7ff8_0000_0000_0000,
    0x7fff_ffff_ffff_ffff,
];

/// A value for a general-purpose register.
pub(crate) fn integer(random: &mut Random) -> u64 {
    match random.below(8) {
        0..3 => random.bits(),
        3 => random.bits() & 0xffff_ffff,
        4 => random.below(65),
        5 => 1 << random.below(64),
        _ => random.one_of(&CORNERS),
    }
}

/// A value for a SIMD&FP register: lanes of one size, alike in kind.
pub(crate) fn vector(random: &mut Random) -> u128 {
    match random.below(8) {
        0 => lanes(random, 8, integer),
        1 => lanes(random, 16, integer),
        2 => lanes(random, 32, integer),
        3 => lanes(random, 64, integer),
        4 => lanes(random, 16, half),
        5 | 6 => lanes(random, 32, single),
        _ => lanes(random, 64, double),
    }
}

fn lanes(random: &mut Random, width: u32, value: fn(&mut Random) -> u64) -> u128 {
    let mask = u128::MAX >> (128 - width);
    let lanes = 128 / width;
    (0..lanes).fold(0, |vector, _| vector << width | u128::from(value(random)) & mask)
}

fn half(random: &mut Random) -> u64 {
    let sign = random.below(2) << 15;
    sign | u64::from(if random.once_in(4) { random.bits() as u16 } else { random.one_of(&HALVES) })
}

fn single(random: &mut Random) -> u64 {
    let sign = random.below(2) << 31;
    let value = match random.below(4) {
        0 => random.bits() as u32,
        // Around 1, so that sums cancel and products neither overflow nor vanish.
        1 => (random.below(32) as u32 + 112) << 23 | random.bits() as u32 & 0x7f_ffff,
        _ => random.one_of(&SINGLES),
    };
    sign ^ u64::from(value)
}

fn double(random: &mut Random) -> u64 {
    let sign = random.below(2) << 63;
    let value = match random.below(4) {
        0 => random.bits(),
        1 => (random.below(96) + 976) << 52 | random.bits() & 0xf_ffff_ffff_ffff,
        _ => random.one_of(&DOUBLES),
    };
    sign ^ value
}
