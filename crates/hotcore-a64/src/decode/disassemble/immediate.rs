//! Operands of the integer and branch instructions that are no registers.

use super::register::general;
use super::{Operand, Site};
use crate::decode::fields::{
    abcdefgh, adr_immediate, bit, bits, branch14, branch19, branch26, cond, decode_bit_masks,
    imm12, imm16, rm, sf, vfp_expand_imm64,
};

/// Placeholders and what they stand for.
pub(super) const OPERANDS: &[(&str, Operand)] = &[
    ("imm12", |at| with_shift(imm12(at.word), if bit(at.word, 22) { 12 } else { 0 })),
    ("imm16", |at| format!("#{:#x}", imm16(at.word))),
    ("hw", |at| left_shift(bits(at.word, 22, 21) * 16)),
    ("mov.wide", |at| format!("#{:#x}", wide(at.word))),
    ("mov.inverted", |at| format!("#{:#x}", truncate(!wide(at.word), at.word))),
    ("bitmask", bit_mask),
    ("immr", |at| format!("#{}", immr(at.word))),
    ("imms", |at| format!("#{}", imms(at.word))),
    ("lsb", |at| format!("#{}", width(at.word).wrapping_sub(immr(at.word)) % width(at.word))),
    ("insert.width", |at| format!("#{}", imms(at.word) + 1)),
    ("extract.width", |at| format!("#{}", (imms(at.word) + 1).wrapping_sub(immr(at.word)))),
    ("shift", shift),
    ("extended", extended),
    ("imm5", |at| format!("#{:#x}", bits(at.word, 20, 16))),
    ("nzcv", |at| format!("#{:#x}", bits(at.word, 3, 0))),
    ("cond", |at| condition(cond(at.word))),
    ("cond.inverted", |at| condition(cond(at.word) ^ 1)),
    ("cond0", |at| condition(bits(at.word, 3, 0))),
    ("crc.sz", |at| ["b", "h", "w", "x"][bits(at.word, 11, 10) as usize].into()),
    ("adr", |at| target(at, adr_immediate(at.word))),
    ("adrp", |at| {
        let page = Site { address: at.address & !0xfff, ..at };
        target(page, adr_immediate(at.word) << 12)
    }),
    ("imm14", |at| target(at, branch14(at.word))),
    ("imm19", |at| target(at, branch19(at.word))),
    ("imm26", |at| target(at, branch26(at.word))),
    ("bit", |at| format!("#{}", bits(at.word, 31, 31) << 5 | bits(at.word, 23, 19))),
    (
        "dcps",
        |at| if imm16(at.word) == 0 { String::new() } else { format!(" #{:#x}", imm16(at.word)) },
    ),
    ("fbits", |at| format!("#{}", 64 - bits(at.word, 15, 10))),
    ("fpimm", |at| float(bits(at.word, 20, 13) as u8)),
    ("fpimm.abc", |at| float(abcdefgh(at.word))),
];

fn with_shift(value: u32, by: u32) -> String {
    format!("#{value:#x}{}", left_shift(by))
}

/// `, lsl #by`, which is not written for no shift.
pub(super) fn left_shift(by: u32) -> String {
    if by == 0 { String::new() } else { format!(", lsl #{by}") }
}

fn target(at: Site, offset: i64) -> String {
    format!("{:#x}", at.address.wrapping_add_signed(offset))
}

fn immr(word: u32) -> u32 {
    bits(word, 21, 16)
}

fn imms(word: u32) -> u32 {
    bits(word, 15, 10)
}

fn width(word: u32) -> u32 {
    if sf(word) { 64 } else { 32 }
}

/// `value` as a register of the instruction's width holds it.
fn truncate(value: u64, word: u32) -> u64 {
    if sf(word) { value } else { value & 0xffff_ffff }
}

fn wide(word: u32) -> u64 {
    u64::from(imm16(word)) << (bits(word, 22, 21) * 16)
}

fn bit_mask(at: Site) -> String {
    let masks =
        decode_bit_masks(bit(at.word, 22), imms(at.word), immr(at.word), true, width(at.word));
    format!("#{:#x}", masks.map_or(0, |(wmask, _)| wmask))
}

fn shift(at: Site) -> String {
    let (kind, amount) = (bits(at.word, 23, 22), imms(at.word));
    if kind == 0 && amount == 0 {
        return String::new();
    }
    format!(", {} #{amount}", ["lsl", "lsr", "asr", "ror"][kind as usize])
}

const EXTENSIONS: [&str; 8] = ["uxtb", "uxth", "uxtw", "uxtx", "sxtb", "sxth", "sxtw", "sxtx"];

/// `Rm` with its extension; beside a stack pointer the extension that changes nothing is LSL.
fn extended(at: Site) -> String {
    let (option, amount) = (bits(at.word, 15, 13), bits(at.word, 12, 10));
    let register = general(rm(at.word), sf(at.word) && option & 3 == 3, false);
    let plain = if sf(at.word) { 3 } else { 2 };
    if option == plain && beside_sp(at.word) {
        return register + &left_shift(amount);
    }
    let name = EXTENSIONS[option as usize];
    if amount == 0 {
        format!("{register}, {name}")
    } else {
        format!("{register}, {name} #{amount}")
    }
}

/// Whether an operand of ADD or SUB (extended register) is the stack pointer.
fn beside_sp(word: u32) -> bool {
    let sets_flags = bit(word, 29);
    bits(word, 9, 5) == 31 || !sets_flags && bits(word, 4, 0) == 31
}

fn condition(cond: u32) -> String {
    const NAMES: [&str; 16] = [
        "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al",
        "nv",
    ];
    NAMES[(cond & 15) as usize].into()
}

/// A floating-point immediate, in the C notation `%.18e`.
fn float(imm8: u8) -> String {
    let text = format!("{:.18e}", f64::from_bits(vfp_expand_imm64(imm8)));
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("#{mantissa}e{sign}{digits:0>2}")
}
