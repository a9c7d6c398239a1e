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

/// Values for the SIMD&FP registers: most of them lanes of one kind, so that operands match.
pub(crate) fn vectors(random: &mut Random) -> [u128; 32] {
    let usual = kind(random);
    std::array::from_fn(|_| {
        let (width, value) = if random.once_in(4) { kind(random) } else { usual };
        lanes(random, width, value)
    })
}

/// The width of a lane, and what makes its value.
type Kind = (u32, fn(&mut Random) -> u64);

fn kind(random: &mut Random) -> Kind {
    random.one_of::<Kind>(&[
        (8, integer),
        (16, integer),
        (32, integer),
        (64, integer),
        (16, half),
        (32, single),
        (32, single),
        (64, double),
        (64, double),
    ])
}

fn lanes(random: &mut Random, width: u32, value: fn(&mut Random) -> u64) -> u128 {
    let mask = u128::MAX >> (128 - width);
    let lanes = 128 / width;
    (0..lanes).fold(0, |vector, _| vector << width | u128::from(value(random)) & mask)
}

fn half(random: &mut Random) -> u64 {
    let corner = u64::from(random.one_of(&HALVES));
    floating(random, 5, 10, corner)
}

fn single(random: &mut Random) -> u64 {
    let corner = u64::from(random.one_of(&SINGLES));
    floating(random, 8, 23, corner)
}

fn double(random: &mut Random) -> u64 {
    let corner = random.one_of(&DOUBLES);
    floating(random, 11, 52, corner)
}

/// `corner`, or a number of a format with `exponents` and `fractions` bits, of either sign.
fn floating(random: &mut Random, exponents: u32, fractions: u32, corner: u64) -> u64 {
    let sign = random.below(2) << (exponents + fractions);
    if random.once_in(3) {
        return sign | corner;
    }
    let bias = (1 << (exponents - 1)) - 1;
    let exponent = match random.below(8) {
        // Subnormal, or nearly.
        0 => random.below(3),
        // Where squares and products become subnormal, or overflow.
        1 => bias / 2 + random.below(u64::from(fractions)),
        2 => bias + bias / 2 + random.below(4),
        3 => 2 * bias - random.below(3),
        // Around 1: sums cancel, integers have fractions or just none.
        4..=6 => bias - 2 + random.below(u64::from(fractions) + 4),
        _ => random.bits(),
    };
    let fraction = match random.below(4) {
        // Few bits, so that results are exact or half-way.
        0 => random.below(16) << (fractions - 4),
        1 => random.below(4),
        2 => u64::MAX - random.below(4),
        _ => random.bits(),
    };
    let field = |value: u64, width: u32| value & ((1 << width) - 1);
    sign | field(exponent, exponents) << fractions | field(fraction, fractions)
}
