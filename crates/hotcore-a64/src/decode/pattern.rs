//! Reads the encoding patterns of the instruction table, while the crate compiles.
//!
//! A pattern lists the word from bit 31 to bit 0 in pieces divided by spaces:
//!
//! | piece | meaning |
//! |---|---|
//! | `0110` | bits that the encoding fixes |
//! | `(11111)` | bits that should be so (SBO, SBZ); the word is this instruction either way |
//! | `imm12:12` | a field and its width |
//! | `sf` | a field of one bit |
//! | `Rn` | a register, five bits wide (every name that starts with `R` but `R` itself) |

/// The bits of the word that `pattern` fixes.
pub(super) const fn mask(pattern: &str) -> u32 {
    parse(pattern).0
}

/// What the fixed bits hold.
pub(super) const fn value(pattern: &str) -> u32 {
    parse(pattern).1
}

const fn parse(pattern: &str) -> (u32, u32) {
    let text = pattern.as_bytes();
    let (mut mask, mut value, mut width) = (0u32, 0u32, 0u32);
    let mut at = 0;
    while at < text.len() {
        let piece = piece_length(text, at);
        if piece == 0 {
            at += 1;
            continue;
        }
        let bits = piece_width(text, at, piece);
        mask = mask.unbounded_shl(bits);
        value = value.unbounded_shl(bits);
        if is_fixed(text[at]) {
            mask |= u32::MAX.unbounded_shr(32 - bits);
            value |= binary(text, at, piece);
        }
        width += bits;
        at += piece;
    }
    assert!(width == 32, "the pattern does not add up to 32 bits");
    (mask, value)
}

const fn is_fixed(byte: u8) -> bool {
    byte == b'0' || byte == b'1'
}

const fn piece_length(text: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < text.len() && text[end] != b' ' {
        end += 1;
    }
    end - at
}

const fn piece_width(text: &[u8], at: usize, length: usize) -> u32 {
    if is_fixed(text[at]) {
        return length as u32;
    }
    if text[at] == b'(' {
        return length as u32 - 2;
    }
    let mut colon = at;
    while colon < at + length && text[colon] != b':' {
        colon += 1;
    }
    if colon == at + length {
        return if text[at] == b'R' && length > 1 { 5 } else { 1 };
    }
    let mut width = 0;
    let mut digit = colon + 1;
    while digit < at + length {
        width = width * 10 + (text[digit] - b'0') as u32;
        digit += 1;
    }
    width
}

const fn binary(text: &[u8], at: usize, length: usize) -> u32 {
    let mut value = 0;
    let mut digit = at;
    while digit < at + length {
        assert!(is_fixed(text[digit]), "a fixed piece holds 0 and 1");
        value = value << 1 | (text[digit] - b'0') as u32;
        digit += 1;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_bits_fields_and_registers_add_up() {
        let pattern = "sf 0 0 100010 sh imm12:12 Rn Rd";
        assert_eq!(mask(pattern), 0x7f80_0000);
        assert_eq!(value(pattern), 0x1100_0000);
    }

    #[test]
    fn bits_that_should_be_so_are_not_fixed() {
        let pattern = "1 00 11011 010 Rm 0 (11111) Rn Rd";
        assert_eq!(mask(pattern), 0xffe0_8000);
        assert_eq!(value(pattern), 0x9b40_0000);
    }

    #[test]
    fn the_ordering_bit_r_is_one_bit_wide() {
        assert_eq!(mask("size:2 111 0 00 A R 1 Rs 0 000 00 Rn Rt"), 0x3f20_fc00);
    }
}
