//! Predicates of the instruction table: which values of a row's fields are allocated.
//!
//! A guard looks at a word that its row's pattern fits already. What it refuses is UNDEFINED: the
//! values that DDI 0487 calls reserved or unallocated, and those of extensions that are absent.

use super::fields::{access_size, bit, bits, decode_bit_masks, q, sf, size, sz};

pub(super) fn always(_: u32) -> bool {
    true
}

// Integer

/// `N:imms:immr` name a bit mask of the operand's width.
pub(super) fn bit_mask(word: u32) -> bool {
    let (n, s, r) = (bit(word, 22), bits(word, 15, 10), bits(word, 21, 16));
    decode_bit_masks(n, s, r, true, if sf(word) { 64 } else { 32 }).is_some()
}

/// MOVZ, MOVN, MOVK: a word has two halfwords.
pub(super) fn hw_in_width(word: u32) -> bool {
    sf(word) || !bit(word, 22)
}

/// SBFM, BFM, UBFM: `N` is `sf`, positions lie within the register.
pub(super) fn bitfield(word: u32) -> bool {
    bit(word, 22) == sf(word) && (sf(word) || !bit(word, 21) && !bit(word, 15))
}

/// EXTR: `N` is `sf`, the position lies within the register.
pub(super) fn extract(word: u32) -> bool {
    bit(word, 22) == sf(word) && imm6_in_width(word)
}

/// The shift amount lies within the register.
pub(super) fn imm6_in_width(word: u32) -> bool {
    sf(word) || !bit(word, 15)
}

/// ADD and SUB do not rotate.
pub(super) fn add_shift(word: u32) -> bool {
    size(word) != 3 && imm6_in_width(word)
}

/// An extended register is shifted by 4 at most.
pub(super) fn imm3_to_4(word: u32) -> bool {
    bits(word, 12, 10) <= 4
}

/// CRC32X alone takes a 64-bit operand.
pub(super) fn crc_width(word: u32) -> bool {
    sf(word) == (bits(word, 11, 10) == 3)
}

/// REV reverses the whole register; with `sf` and `opc` = 0 it is REV32.
pub(super) fn rev_whole(word: u32) -> bool {
    sf(word) == bit(word, 10)
}

// System

/// SPSel, DAIFSet and DAIFClr; the other PSTATE fields came later.
pub(super) fn pstate_field(word: u32) -> bool {
    matches!((bits(word, 18, 16), bits(word, 7, 5)), (0, 5) | (3, 6 | 7))
}

// Loads and stores

pub(super) fn opc_not_3(word: u32) -> bool {
    access_size(word) != 3
}

/// LDNP and STNP have no LDPSW.
pub(super) fn opc_not_odd(word: u32) -> bool {
    !bit(word, 30)
}

/// `opc` = 1 is LDPSW, which only loads.
pub(super) fn pair_opc(word: u32) -> bool {
    match access_size(word) {
        1 => bit(word, 22),
        opc => opc != 3,
    }
}

/// Integer loads and stores: no sign extension beyond the register. PRFM has rows of its own.
pub(super) fn size_opc(word: u32) -> bool {
    match access_size(word) {
        0 | 1 => true,
        2 => size(word) != 3,
        _ => size(word) < 2,
    }
}

/// SIMD&FP loads and stores: `opc<1>` makes a byte access one of 128 bits.
pub(super) fn simd_size_opc(word: u32) -> bool {
    access_size(word) == 0 || !bit(word, 23)
}

/// The offset register is a word or a doubleword (`option<1>`).
pub(super) fn option_word(word: u32) -> bool {
    bit(word, 14)
}

pub(super) fn size_opc_option(word: u32) -> bool {
    size_opc(word) && option_word(word)
}

pub(super) fn simd_size_opc_option(word: u32) -> bool {
    simd_size_opc(word) && option_word(word)
}

/// CASP: register pairs start at an even register.
pub(super) fn even_pairs(word: u32) -> bool {
    !bit(word, 16) && !bit(word, 0)
}

/// LD1 and ST1 of one to four registers.
pub(super) fn ld1_opcode(word: u32) -> bool {
    matches!(bits(word, 15, 12), 0b0010 | 0b0110 | 0b0111 | 0b1010)
}

/// LD2 to LD4 have no arrangement 1D.
pub(super) fn not_1d_at_10(word: u32) -> bool {
    q(word) || bits(word, 11, 10) != 3
}

/// Single structures: `S` and `size` index the lane, as far as the element's size leaves them.
pub(super) fn lane_size(word: u32) -> bool {
    let (s, size) = (bit(word, 12), bits(word, 11, 10));
    match bits(word, 15, 14) {
        0 => true,
        1 => size & 1 == 0,
        2 => size == 0 || size == 1 && !s,
        _ => false,
    }
}

// Floating point

/// Single or double precision.
pub(super) fn ptype_sd(word: u32) -> bool {
    size(word) < 2
}

/// FMOV between register files keeps the width.
pub(super) fn ptype_as_sf(word: u32) -> bool {
    size(word) == u32::from(sf(word))
}

/// Fraction bits lie within the general-purpose register.
pub(super) fn fixed_scale(word: u32) -> bool {
    ptype_sd(word) && (sf(word) || bit(word, 15))
}

/// FCVT: from and to differ; half precision is 3, and 2 is reserved.
pub(super) fn convert_precision(word: u32) -> bool {
    let (from, to) = (size(word), bits(word, 16, 15));
    from != to && from != 2 && to != 2
}

// Advanced SIMD: element sizes and arrangements

/// Bytes only.
pub(super) fn size_b(word: u32) -> bool {
    size(word) == 0
}

/// Bytes or halfwords.
pub(super) fn size_bh(word: u32) -> bool {
    size(word) < 2
}

/// Halfwords or words.
pub(super) fn size_hs(word: u32) -> bool {
    matches!(size(word), 1 | 2)
}

/// Doublewords only.
pub(super) fn size_d(word: u32) -> bool {
    size(word) == 3
}

/// No doublewords.
pub(super) fn not_d(word: u32) -> bool {
    size(word) != 3
}

/// Any arrangement but 1D.
pub(super) fn not_1d(word: u32) -> bool {
    q(word) || size(word) != 3
}

/// Floating point, any arrangement but 1D.
pub(super) fn not_1d_sz(word: u32) -> bool {
    q(word) || !sz(word)
}

/// Single precision only.
pub(super) fn sz_0(word: u32) -> bool {
    !sz(word)
}

/// Double precision only.
pub(super) fn sz_1(word: u32) -> bool {
    sz(word)
}

/// Reductions need four lanes: no doublewords, no 2S.
pub(super) fn across_lanes(word: u32) -> bool {
    size(word) < 2 || size(word) == 2 && q(word)
}

/// Floating point by element: `L` = 1 is reserved for doubles.
pub(super) fn fp_scalar_element(word: u32) -> bool {
    !sz(word) || !bit(word, 21)
}

pub(super) fn fp_element(word: u32) -> bool {
    not_1d_sz(word) && fp_scalar_element(word)
}

// Advanced SIMD: lanes of `imm5`

/// `imm5` names a lane of some element size.
pub(super) fn lane(word: u32) -> bool {
    bits(word, 19, 16) != 0
}

pub(super) fn lane_not_1d(word: u32) -> bool {
    lane(word) && (q(word) || bits(word, 19, 16) != 8)
}

/// SMOV extends: bytes and halfwords, words only to 64 bits.
pub(super) fn smov_lane(word: u32) -> bool {
    bits(word, 17, 16) != 0 || q(word) && bit(word, 18)
}

/// UMOV: a doubleword to an X register, everything else to a W register.
pub(super) fn umov_lane(word: u32) -> bool {
    lane(word) && q(word) == (bits(word, 19, 16) == 8)
}

/// EXT: the position lies within the vector.
pub(super) fn ext_in_width(word: u32) -> bool {
    q(word) || !bit(word, 14)
}

// Advanced SIMD: modified immediates, by `cmode` and `op` (bit 29)

fn cmode(word: u32) -> u32 {
    bits(word, 15, 12)
}

fn shifted_cmode(word: u32) -> bool {
    cmode(word) < 12
}

pub(super) fn movi_cmode(word: u32) -> bool {
    cmode(word) == 14 || !bit(word, 29) && plain_cmode(word)
}

pub(super) fn mvni_cmode(word: u32) -> bool {
    bit(word, 29) && plain_cmode(word)
}

/// The forms of MOVI and MVNI alike: shifted by whole bytes, or with ones shifted in.
fn plain_cmode(word: u32) -> bool {
    shifted_cmode(word) && !bit(word, 12) || matches!(cmode(word), 12 | 13)
}

pub(super) fn orr_cmode(word: u32) -> bool {
    !bit(word, 29) && shifted_cmode(word) && bit(word, 12)
}

pub(super) fn bic_cmode(word: u32) -> bool {
    bit(word, 29) && shifted_cmode(word) && bit(word, 12)
}

/// Single precision, or 2D: there is no 1D.
pub(super) fn fmov_cmode(word: u32) -> bool {
    cmode(word) == 15 && (q(word) || !bit(word, 29))
}

// Advanced SIMD: shifts, where the highest bit of `immh` is the element's size

fn immh(word: u32) -> u32 {
    bits(word, 22, 19)
}

pub(super) fn shift_vector(word: u32) -> bool {
    immh(word) != 0 && (q(word) || immh(word) < 8)
}

/// Narrowing and lengthening: the narrow element is not a doubleword.
pub(super) fn shift_narrow(word: u32) -> bool {
    matches!(immh(word), 1..8)
}

pub(super) fn shift_d(word: u32) -> bool {
    immh(word) >= 8
}

pub(super) fn shift_scalar(word: u32) -> bool {
    immh(word) != 0
}

/// Fixed-point conversion: words and doublewords.
pub(super) fn fixed_scalar(word: u32) -> bool {
    immh(word) >= 4
}

pub(super) fn fixed_vector(word: u32) -> bool {
    fixed_scalar(word) && shift_vector(word)
}
