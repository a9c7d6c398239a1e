//! The pseudocode functions against their written-out results.

use super::*;

#[test]
fn slices_keep_their_bits_and_signs() {
    assert_eq!(bits(0xdead_beef, 31, 0), 0xdead_beef);
    assert_eq!(bits(0xdead_beef, 15, 8), 0xbe);
    assert_eq!(signed(0x8000_0000, 31, 31), -1);
    assert_eq!(branch26(0x17ff_ffff), -4);
    assert_eq!(simm9(0xf81f_0c1e), -16);
    assert_eq!(adr_immediate(0x70ff_ffe0), -1);
}

#[test]
fn logical_immediates_follow_decode_bit_masks() {
    let wmask = |n, imms, immr, width| decode_bit_masks(n, imms, immr, true, width).map(|m| m.0);
    assert_eq!(wmask(true, 0x07, 0, 64), Some(0xff));
    assert_eq!(wmask(false, 0x3c, 0, 64), Some(0x5555_5555_5555_5555));
    assert_eq!(wmask(false, 0x3c, 1, 32), Some(0xaaaa_aaaa));
    assert_eq!(wmask(false, 0x07, 4, 32), Some(0xf000_000f));
    assert_eq!(wmask(true, 0x3f, 0, 64), None, "all ones is reserved");
    assert_eq!(wmask(false, 0x3e, 0, 64), None, "an element of one bit is reserved");
    assert_eq!(wmask(true, 0x07, 0, 32), None, "N needs 64 bits");
}

#[test]
fn bitfield_moves_take_both_masks() {
    // UBFX W0, W1, #8, #4: immr = 8, imms = 11
    assert_eq!(decode_bit_masks(false, 11, 8, false, 32), Some((0xff00_000f, 0x0000_000f)));
    // LSL X0, X1, #4: immr = 60, imms = 59
    let lsl = decode_bit_masks(true, 59, 60, false, 64);
    assert_eq!(lsl, Some((0xffff_ffff_ffff_fff0, u64::MAX)));
}

#[test]
fn modified_immediates_expand_by_cmode() {
    assert_eq!(expand_simd_immediate(false, 0b0000, 0xab), 0x0000_00ab_0000_00ab);
    assert_eq!(expand_simd_immediate(false, 0b0110, 0xab), 0xab00_0000_ab00_0000);
    assert_eq!(expand_simd_immediate(false, 0b1010, 0xab), 0xab00_ab00_ab00_ab00);
    assert_eq!(expand_simd_immediate(false, 0b1100, 0xab), 0x0000_abff_0000_abff);
    assert_eq!(expand_simd_immediate(false, 0b1101, 0xab), 0x00ab_ffff_00ab_ffff);
    assert_eq!(expand_simd_immediate(false, 0b1110, 0xab), 0xabab_abab_abab_abab);
    assert_eq!(expand_simd_immediate(true, 0b1110, 0x81), 0xff00_0000_0000_00ff);
    assert_eq!(expand_simd_immediate(false, 0b1111, 0x70), 0x3f80_0000_3f80_0000);
    assert_eq!(expand_simd_immediate(true, 0b1111, 0x70), 1.0f64.to_bits());
}

#[test]
fn floating_point_immediates_expand_to_small_fractions() {
    for imm8 in 0..=u8::MAX {
        let single = f32::from_bits(vfp_expand_imm32(imm8));
        let double = f64::from_bits(vfp_expand_imm64(imm8));
        assert_eq!(f64::from(single).to_bits(), double.to_bits(), "{imm8:#x}");
        assert!((0.125..=31.0).contains(&double.abs()), "{imm8:#x}: {double}");
    }
    assert_eq!(vfp_expand_imm64(0x00), 2.0f64.to_bits());
    assert_eq!(vfp_expand_imm64(0x80 | 0x3f), (-31.0f64).to_bits());
}
