//! Fields of an instruction word, and the immediates that the Arm ARM's pseudocode expands.
//!
//! Every function takes any word: a field that the instruction does not have is read all the same.

/// Bits `high` down to `low` of `word`, `high` at most 31.
pub const fn bits(word: u32, high: u32, low: u32) -> u32 {
    word.unbounded_shr(low) & u32::MAX.unbounded_shr(31u32.wrapping_sub(high.wrapping_sub(low)))
}

/// Bit `at` of `word`.
pub const fn bit(word: u32, at: u32) -> bool {
    word.unbounded_shr(at) & 1 == 1
}

/// Bits `high` down to `low`, the topmost being the sign.
pub const fn signed(word: u32, high: u32, low: u32) -> i64 {
    let left = 31u32.wrapping_sub(high) & 31;
    ((word << left).cast_signed() >> (left.wrapping_add(low) & 31)) as i64
}

/// `Rd`: the destination, bits 4 to 0.
pub const fn rd(word: u32) -> usize {
    (word & 31) as usize
}

/// `Rt`: the register that is transferred, bits 4 to 0.
pub const fn rt(word: u32) -> usize {
    rd(word)
}

/// `Rn`: the first operand or the base, bits 9 to 5.
pub const fn rn(word: u32) -> usize {
    (word >> 5 & 31) as usize
}

/// `Rt2`: the second register of a pair, bits 14 to 10.
pub const fn rt2(word: u32) -> usize {
    (word >> 10 & 31) as usize
}

/// `Ra`: the third operand, bits 14 to 10.
pub const fn ra(word: u32) -> usize {
    rt2(word)
}

/// `Rm`: the second operand, bits 20 to 16.
pub const fn rm(word: u32) -> usize {
    (word >> 16 & 31) as usize
}

/// `Rs`: the status or the operand of an atomic, bits 20 to 16.
pub const fn rs(word: u32) -> usize {
    rm(word)
}

/// `sf` (bit 31): the operation is 64 bits wide.
pub const fn sf(word: u32) -> bool {
    bit(word, 31)
}

/// `Q` (bit 30): the vector is 128 bits wide.
pub const fn q(word: u32) -> bool {
    bit(word, 30)
}

/// `size` of Advanced SIMD and `ptype` of floating point, bits 23 and 22.
pub const fn size(word: u32) -> u32 {
    bits(word, 23, 22)
}

/// `size` of a load or store, bits 31 and 30: log2 of the bytes.
pub const fn access_size(word: u32) -> u32 {
    word >> 30
}

/// `sz` (bit 22): the floating-point elements are double precision.
pub const fn sz(word: u32) -> bool {
    bit(word, 22)
}

/// `imm12`, bits 21 to 10.
pub const fn imm12(word: u32) -> u32 {
    bits(word, 21, 10)
}

/// The immediate of ADD and SUB: `imm12`, shifted by 12 where `sh` says so.
pub const fn add_sub_immediate(word: u32) -> u64 {
    let shift = if bit(word, 22) { 12 } else { 0 };
    (imm12(word) as u64) << shift
}

/// `imm16`, bits 20 to 5.
pub const fn imm16(word: u32) -> u32 {
    bits(word, 20, 5)
}

/// `imm9` of loads and stores, in bytes.
pub const fn simm9(word: u32) -> i64 {
    signed(word, 20, 12)
}

/// `imm7` of load and store pair, not yet scaled.
pub const fn simm7(word: u32) -> i64 {
    signed(word, 21, 15)
}

/// `imm14` of TBZ and TBNZ, in bytes.
pub const fn branch14(word: u32) -> i64 {
    signed(word, 18, 5) * 4
}

/// `imm19` of conditional branches and literal loads, in bytes.
pub const fn branch19(word: u32) -> i64 {
    signed(word, 23, 5) * 4
}

/// `imm26` of B and BL, in bytes.
pub const fn branch26(word: u32) -> i64 {
    signed(word, 25, 0) * 4
}

/// `immhi:immlo` of ADR and ADRP, not yet scaled to pages.
pub const fn adr_immediate(word: u32) -> i64 {
    signed(word, 23, 5) << 2 | bits(word, 30, 29) as i64
}

/// `cond` of conditional select and compare, bits 15 to 12.
pub const fn cond(word: u32) -> u32 {
    bits(word, 15, 12)
}

/// `immh:immb` of Advanced SIMD shifts by immediate.
pub const fn immh_immb(word: u32) -> u32 {
    bits(word, 22, 16)
}

/// `a:b:c:d:e:f:g:h` of the Advanced SIMD modified immediates.
pub const fn abcdefgh(word: u32) -> u8 {
    (bits(word, 18, 16) << 5 | bits(word, 9, 5)) as u8
}

/// `DecodeBitMasks()`: (`wmask`, `tmask`) of the logical immediates and of the bitfield moves.
///
/// `width` is 32 or 64. With `logical`, the all-ones element is reserved, as for AND (immediate).
/// `None` is a reserved value.
#[expect(clippy::similar_names, reason = "the fields are called so")]
pub fn decode_bit_masks(
    n: bool,
    imms: u32,
    immr: u32,
    logical: bool,
    width: u32,
) -> Option<(u64, u64)> {
    let selector = u32::from(n) << 6 | !imms & 0x3f;
    let length = selector.checked_ilog2().filter(|&length| length >= 1)?;
    let element = 1u32 << length;
    if element > width {
        return None;
    }
    let levels = element - 1;
    if logical && imms & levels == levels {
        return None;
    }
    let (s, r) = (imms & levels, immr & levels);
    let ones = u64::MAX >> (63 - s);
    let top = u64::MAX >> (63 - (s.wrapping_sub(r) & levels));
    let wmask = rotate_right(ones, r, element);
    Some((replicate(wmask, element, width), replicate(top, element, width)))
}

fn rotate_right(value: u64, by: u32, element: u32) -> u64 {
    let all = u64::MAX >> (64 - element);
    (value.unbounded_shr(by) | value.unbounded_shl(element - by)) & all
}

fn replicate(value: u64, element: u32, width: u32) -> u64 {
    (0..width / element).fold(0, |whole, index| whole | value << (index * element))
}

/// `AdvSIMDExpandImm()`: the 64 bits that a modified immediate stands for.
pub fn expand_simd_immediate(op: bool, cmode: u32, imm8: u8) -> u64 {
    let byte = u64::from(imm8);
    let twice = |half: u64| half << 32 | half;
    match cmode & 15 {
        low @ 0..=7 => twice(byte << (8 * (low >> 1))),
        low @ 8..=11 => (byte << (8 * (low >> 1 & 1))).wrapping_mul(0x0001_0001_0001_0001),
        12 => twice(byte << 8 | 0xff),
        13 => twice(byte << 16 | 0xffff),
        14 if op => {
            (0..8).fold(
                0,
                |whole, index| {
                    if byte >> index & 1 == 1 { whole | 0xff << (index * 8) } else { whole }
                },
            )
        }
        14 => byte.wrapping_mul(0x0101_0101_0101_0101),
        _ if op => vfp_expand_imm64(imm8),
        _ => twice(u64::from(vfp_expand_imm32(imm8))),
    }
}

/// `VFPExpandImm()` to single precision.
pub const fn vfp_expand_imm32(imm8: u8) -> u32 {
    let (sign, exponent, fraction) = vfp_parts(imm8);
    let exponent = if exponent & 4 == 0 { 0x80 | exponent } else { 0x7c | exponent & 3 };
    (sign << 31 | exponent << 23 | fraction << 19) as u32
}

/// `VFPExpandImm()` to double precision.
pub const fn vfp_expand_imm64(imm8: u8) -> u64 {
    let (sign, exponent, fraction) = vfp_parts(imm8);
    let exponent = if exponent & 4 == 0 { 0x400 | exponent } else { 0x3fc | exponent & 3 };
    sign << 63 | exponent << 52 | fraction << 48
}

const fn vfp_parts(imm8: u8) -> (u64, u64, u64) {
    let imm8 = imm8 as u64;
    (imm8 >> 7, imm8 >> 4 & 7, imm8 & 15)
}

#[cfg(test)]
mod tests;
