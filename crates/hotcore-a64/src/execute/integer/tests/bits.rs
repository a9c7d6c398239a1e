//! Logical immediates, bitfields, EXTR, shifts by a register, and counting.

use super::*;
use crate::decode::fields::decode_bit_masks;

/// ROR
fn rotate(value: u64, by: u32, width: u32) -> u64 {
    let value = low(value, width);
    if by == 0 { value } else { low(value >> by | value << (width - by), width) }
}

/// SBFM (`opc` 0), BFM, UBFM (2) as the Arm ARM's pseudocode has them.
#[expect(clippy::similar_names, reason = "the fields are called so")]
fn bitfield(opc: u32, d: u64, n: u64, immr: u32, imms: u32, width: u32) -> u64 {
    let (wmask, tmask) = decode_bit_masks(width == 64, imms, immr, false, width).unwrap();
    let destination = if opc == 1 { d } else { 0 };
    let bottom = destination & !wmask | rotate(n, immr, width) & wmask;
    let top = match opc {
        0 if n >> imms & 1 == 1 => u64::MAX,
        0 => 0,
        _ => destination,
    };
    low(top & !tmask | bottom & tmask, width)
}

proptest! {
    #[test]
    fn logical_immediates(wide: bool, opc in 0..4u32, fields in 0..0x2000u32, x in values()) {
        let (sf, width) = width_of(wide);
        let (n, immr, imms) = (fields >> 12 == 1, fields >> 6 & 63, fields & 63);
        let mask = decode_bit_masks(n, imms, immr, true, width);
        prop_assume!(mask.is_some());
        let mask = mask.unwrap_or_default().0;
        let word = sf | opc << 29 | 0x1200_0000 | fields << 10 | 1 << 5;
        let result = low([x & mask, x | mask, x ^ mask, x & mask][opc as usize], width);
        let flags = if opc == 3 { negative_zero(result, width) } else { 9 };
        prop_assert_eq!(Bench::new().run(word, &[x], 9), (result, flags));
    }

    #[test]
    fn extracting(wide: bool, amount: u32, x: u64, y: u64) {
        let (sf, width) = width_of(wide);
        let amount = amount % width;
        let word = sf | sf >> 9 | 0x1380_0000 | amount << 10 | TWO;
        let both = u128::from(low(x, width)) << width | u128::from(low(y, width));
        let result = low((both >> amount) as u64, width);
        prop_assert_eq!(Bench::new().run(word, &[x, y], 0).0, result);
        let rotated = rotate(x, amount, width);
        let same = word & !(31 << 16) | 1 << 16;
        prop_assert_eq!(Bench::new().run(same, &[x], 0).0, rotated);
    }

    #[test]
    fn shifting_by_a_register(wide: bool, kind in 0..4u32, x in values(), amount: u64) {
        let (sf, width) = width_of(wide);
        let word = sf | 0x1ac0_2000 | kind << 10 | TWO;
        let by = amount as u32 % width;
        let value = low(x, width);
        let expected = match kind {
            0 => value << by,
            1 => value >> by,
            2 => (signed(value, width) >> by) as u64,
            _ => rotate(value, by, width),
        };
        prop_assert_eq!(Bench::new().run(word, &[x, amount], 0).0, low(expected, width));
    }

    #[test]
    fn counting_and_reversing(wide: bool, x in values()) {
        let (sf, width) = width_of(wide);
        let mut bench = Bench::new();
        let mut run = |opcode: u32| bench.run(sf | 0x5ac0_0000 | opcode << 10 | 1 << 5, &[x], 0).0;
        let bit = |at: u32| x >> at & 1;
        let sum = |map: &dyn Fn(u32) -> u32| {
            (0..width).fold(0, |whole, at| whole | bit(at) << map(at))
        };
        prop_assert_eq!(run(0), sum(&|at| width - 1 - at));
        prop_assert_eq!(run(1), sum(&|at| at ^ 0x08));
        prop_assert_eq!(run(2), sum(&|at| at ^ 0x18));
        if wide {
            prop_assert_eq!(run(3), sum(&|at| at ^ 0x38));
        }
        let top = width - 1;
        let zeros = (0..width).take_while(|at| bit(top - at) == 0).count();
        let signs = (1..width).take_while(|at| bit(top - at) == bit(top)).count();
        prop_assert_eq!(run(4), zeros as u64);
        prop_assert_eq!(run(5), signs as u64);
    }
}

#[test]
fn every_bitfield() {
    let mut bench = Bench::new();
    let (d, n) = (0x0123_4567_89ab_cdef, 0xf00d_7ace_9876_5432);
    for wide in [false, true] {
        let (sf, width) = width_of(wide);
        for (opc, immr, imms) in (0..3)
            .flat_map(|opc| (0..width).map(move |immr| (opc, immr)))
            .flat_map(|(opc, immr)| (0..width).map(move |imms| (opc, immr, imms)))
        {
            let word = sf | sf >> 9 | opc << 29 | 0x1300_0000 | immr << 16 | imms << 10 | 1 << 5;
            for n in [n, !n] {
                bench.cpu().set_x(0, d);
                let expected = bitfield(opc, d, n, immr, imms, width);
                assert_eq!(bench.run(word, &[n], 0).0, expected, "{opc} {immr} {imms} {width}");
            }
        }
    }
}
