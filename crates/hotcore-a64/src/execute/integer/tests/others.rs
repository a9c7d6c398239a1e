//! Multiplication, division, CRC32.

use super::*;

/// X1 * X2, signed or unsigned.
fn product(x: u64, y: u64, is_signed: bool, width: u32) -> i128 {
    if is_signed {
        return signed(x, width) * signed(y, width);
    }
    (u128::from(low(x, width)) * u128::from(low(y, width))).cast_signed()
}

proptest! {
    #[test]
    fn multiplying(wide: bool, subtract: bool, x in values(), y in values(), a in values()) {
        let (sf, width) = width_of(wide);
        let word = sf | 0x1b00_0000 | u32::from(subtract) << 15;
        let product = product(x, y, false, width) as u64;
        let with = |a: u64| if subtract { a.wrapping_sub(product) } else { a.wrapping_add(product) };
        let mut bench = Bench::new();
        let result = bench.run(word | REGISTERS, &[x, y, a], 0).0;
        prop_assert_eq!(result, low(with(a), width));
        let without = bench.run(word | REGISTERS | 31 << 10, &[x, y, a], 0).0;
        prop_assert_eq!(without, low(with(0), width));
    }

    #[test]
    fn multiplying_long(unsigned: bool, subtract: bool, x in values(), y in values(), a: u64) {
        let form = u32::from(unsigned) << 23 | u32::from(subtract) << 15;
        let product = product(x, y, !unsigned, 32) as u64;
        let sum = if subtract { a.wrapping_sub(product) } else { a.wrapping_add(product) };
        let result = Bench::new().run(0x9b20_0000 | form | REGISTERS, &[x, y, a], 0).0;
        prop_assert_eq!(result, sum);
    }

    #[test]
    fn multiplying_high(unsigned: bool, x in values(), y in values()) {
        let word = 0x9b40_7c00 | u32::from(unsigned) << 23 | TWO;
        let high = (product(x, y, !unsigned, 64) >> 64) as u64;
        prop_assert_eq!(Bench::new().run(word, &[x, y], 0).0, high);
    }

    #[test]
    fn dividing(wide: bool, is_signed: bool, x in values(), y in values()) {
        let (sf, width) = width_of(wide);
        let word = sf | 0x1ac0_0800 | u32::from(is_signed) << 10 | TWO;
        let of = |value| {
            if is_signed { signed(value, width) } else { i128::from(low(value, width)) }
        };
        let quotient = of(x).checked_div(of(y)).unwrap_or(0);
        prop_assert_eq!(Bench::new().run(word, &[x, y], 0).0, low(quotient as u64, width));
    }

    /// Bit by bit, most significant first, as the pseudocode divides the reflected polynomials.
    #[test]
    fn checksums(castagnoli: bool, size in 0..4u32, x in any::<u32>(), y: u64) {
        let sf = if size == 3 { SF } else { 0 };
        let word = sf | 0x1ac0_4000 | u32::from(castagnoli) << 12 | size << 10 | TWO;
        let polynomial = if castagnoli { 0x1_1edc_6f41 } else { 0x1_04c1_1db7_u128 };
        let bits = 8 << size;
        let value = u128::from(low(y, bits).reverse_bits() >> (64 - bits)) << 32;
        let mut dividend = value ^ u128::from(x.reverse_bits()) << bits;
        for at in (32..32 + bits).rev() {
            if dividend >> at & 1 == 1 {
                dividend ^= polynomial << (at - 32);
            }
        }
        let remainder = u64::from((dividend as u32).reverse_bits());
        prop_assert_eq!(Bench::new().run(word, &[x.into(), y], 0).0, remainder);
    }
}
