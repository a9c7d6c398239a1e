//! Operands of loads and stores, and the mnemonics that depend on `size` and `opc`.

use super::register::{element, general};
use super::{Operand, Site};
use crate::decode::fields::{access_size, bit, bits, imm12, rm, rs, rt, rt2, simm7, simm9, size};

/// Placeholders and what they stand for.
pub(super) const OPERANDS: &[(&str, Operand)] = &[
    ("size", |at| ["b", "h", "", ""][access_size(at.word) as usize].into()),
    ("order", |at| ["", "l", "a", "al"][size(at.word) as usize].into()),
    ("cas.order", |at| {
        let order = bits(at.word, 22, 22) << 1 | bits(at.word, 15, 15);
        ["", "l", "a", "al"][order as usize].into()
    }),
    ("casp", compare_and_swap_pair),
    ("literal", literal),
    ("pair", |at| pair(at.word, "")),
    ("pair.np", |at| pair(at.word, "n")),
    ("pair.simd", |at| pair_simd(at.word, "")),
    ("pair.simd.np", |at| pair_simd(at.word, "n")),
    ("imm7", |at| offset(pair_offset(at.word))),
    ("imm7.pre", |at| format!(", #{}", pair_offset(at.word))),
    ("imm7.post", |at| format!("#{}", pair_offset(at.word))),
    ("ldst", |at| load_store(at.word, "")),
    ("ldst.u", |at| load_store(at.word, "u")),
    ("ldst.t", |at| load_store(at.word, "t")),
    ("ldst.simd", |at| load_store_simd(at.word, "")),
    ("ldst.simd.u", |at| load_store_simd(at.word, "u")),
    ("imm9", |at| offset(simm9(at.word))),
    ("imm9.pre", |at| format!(", #{}", simm9(at.word))),
    ("imm9.post", |at| format!("#{}", simm9(at.word))),
    ("pimm", |at| offset(i64::from(imm12(at.word)) << access_size(at.word))),
    ("pimm.simd", |at| offset(i64::from(imm12(at.word)) << simd_scale(at.word))),
    ("offset", |at| register_offset(at.word, access_size(at.word))),
    ("offset.simd", |at| register_offset(at.word, simd_scale(at.word))),
    ("prfop", prefetch),
];

/// An offset from the base, which is not written where it is 0.
fn offset(bytes: i64) -> String {
    if bytes == 0 { String::new() } else { format!(", #{bytes}") }
}

fn compare_and_swap_pair(at: Site) -> String {
    let wide = bit(at.word, 30);
    let registers = [rs(at.word), rs(at.word) + 1, rt(at.word), rt(at.word) + 1];
    registers.map(|number| general(number, wide, false)).join(", ")
}

fn literal(at: Site) -> String {
    let mnemonic = if access_size(at.word) == 2 { "ldrsw" } else { "ldr" };
    format!("{mnemonic} {},", general(rt(at.word), access_size(at.word) != 0, false))
}

fn pair(word: u32, infix: &str) -> String {
    let (load, opc) = (bit(word, 22), access_size(word));
    let mnemonic =
        format!("{}{infix}p{}", direction(load, "ld", "st"), direction(opc == 1, "sw", ""));
    let register = |number| general(number, opc != 0, false);
    format!("{mnemonic} {}, {},", register(rt(word)), register(rt2(word)))
}

fn pair_simd(word: u32, infix: &str) -> String {
    let mnemonic = format!("{}{infix}p", direction(bit(word, 22), "ld", "st"));
    let letter = element(access_size(word) + 2);
    format!("{mnemonic} {letter}{}, {letter}{},", rt(word), rt2(word))
}

fn direction(load: bool, loads: &'static str, stores: &'static str) -> &'static str {
    if load { loads } else { stores }
}

/// The offset of a pair in bytes: `imm7` counts registers.
fn pair_offset(word: u32) -> i64 {
    let opc = access_size(word);
    let scale = if bit(word, 26) { opc + 2 } else { 2 + (opc >> 1) };
    simm7(word) << scale
}

/// Mnemonic and register of an integer access: `opc` is store, load, and sign-extending loads.
fn load_store(word: u32, infix: &str) -> String {
    let (log2, opc) = (access_size(word), size(word));
    let verb = if opc == 0 { "st" } else { "ld" };
    let sign = if opc >= 2 { "s" } else { "" };
    let width = match (log2, opc) {
        (0, _) => "b",
        (1, _) => "h",
        (2, 2) => "w",
        _ => "",
    };
    let register = general(rt(word), log2 == 3 || opc == 2, false);
    format!("{verb}{infix}r{sign}{width} {register},")
}

fn load_store_simd(word: u32, infix: &str) -> String {
    let verb = direction(bit(word, 22), "ld", "st");
    format!("{verb}{infix}r {}{},", element(simd_scale(word)), rt(word))
}

/// log2 of the bytes of a SIMD&FP access.
fn simd_scale(word: u32) -> u32 {
    access_size(word) + 4 * u32::from(bit(word, 23))
}

fn register_offset(word: u32, scale: u32) -> String {
    let (option, scaled) = (bits(word, 15, 13), bit(word, 12));
    let register = general(rm(word), option & 1 == 1, false);
    match (option, scaled) {
        (3, false) => register,
        (3, true) => format!("{register}, lsl #{scale}"),
        (_, false) => format!("{register}, {}", extension(option)),
        (_, true) => format!("{register}, {} #{scale}", extension(option)),
    }
}

fn extension(option: u32) -> &'static str {
    match option {
        2 => "uxtw",
        6 => "sxtw",
        _ => "sxtx",
    }
}

fn prefetch(at: Site) -> String {
    let (kind, target, stream) = (bits(at.word, 4, 3), bits(at.word, 2, 1), bit(at.word, 0));
    if kind == 3 || target == 3 {
        return format!("#{:#04x}", rt(at.word));
    }
    let policy = if stream { "strm" } else { "keep" };
    format!("{}l{}{policy}", ["pld", "pli", "pst"][kind as usize], target + 1)
}
