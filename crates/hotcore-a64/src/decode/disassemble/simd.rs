//! Operands of Advanced SIMD that are no single register: lists, lanes, shifts, immediates.

use super::register::{arranged, element, shift_size};
use super::{Operand, Site};
use crate::decode::fields::{
    abcdefgh, bit, bits, expand_simd_immediate, immh_immb, q, rm, rn, rt, size,
};

/// Placeholders and what they stand for.
pub(super) const OPERANDS: &[(&str, Operand)] = &[
    ("2", |at| if q(at.word) { "2".into() } else { String::new() }),
    ("list", |at| multiple(at.word, ld1_registers(at.word))),
    ("list2", |at| multiple(at.word, 2)),
    ("list3", |at| multiple(at.word, 3)),
    ("list4", |at| multiple(at.word, 4)),
    ("lane1", |at| lane(at.word, 1)),
    ("lane2", |at| lane(at.word, 2)),
    ("lane3", |at| lane(at.word, 3)),
    ("lane4", |at| lane(at.word, 4)),
    ("replicate1", |at| multiple(at.word, 1)),
    ("replicate2", |at| multiple(at.word, 2)),
    ("replicate3", |at| multiple(at.word, 3)),
    ("replicate4", |at| multiple(at.word, 4)),
    ("post", |at| step(at.word, multiple_registers(at.word) << (3 + u32::from(q(at.word))))),
    ("post.lane1", |at| step(at.word, lane_bytes(at.word))),
    ("post.lane2", |at| step(at.word, 2 * lane_bytes(at.word))),
    ("post.lane3", |at| step(at.word, 3 * lane_bytes(at.word))),
    ("post.lane4", |at| step(at.word, 4 * lane_bytes(at.word))),
    ("table", |at| list(rn(at.word), bits(at.word, 14, 13) + 1, "16b")),
    ("imm4", |at| format!("#{}", bits(at.word, 14, 11))),
    ("rshift", |at| {
        format!("#{}", (16u32 << shift_size(at.word)).wrapping_sub(immh_immb(at.word)))
    }),
    ("lshift", |at| format!("#{}", immh_immb(at.word).wrapping_sub(8 << shift_size(at.word)))),
    ("shll", |at| format!("#{}", 8u32 << size(at.word))),
    ("simdimm", modified_immediate),
];

/// `{v0.8b}`, `{v0.8b, v1.8b}`, `{v0.8b-v2.8b}`: consecutive registers, 0 following 31.
fn list(first: usize, count: u32, view: &str) -> String {
    let last = first + count as usize - 1;
    if count > 2 && last < 32 {
        return format!("{{v{first}.{view}-v{last}.{view}}}");
    }
    let registers: Vec<_> = (first..=last).map(|at| format!("v{}.{view}", at % 32)).collect();
    format!("{{{}}}", registers.join(", "))
}

fn multiple(word: u32, count: u32) -> String {
    list(rt(word), count, &arranged(bits(word, 11, 10), q(word)))
}

fn lane(word: u32, count: u32) -> String {
    let (log2, index) = lane_of(word);
    let registers = list(rt(word), count, &element(log2).to_string());
    format!("{registers}[{index}]")
}

/// Element size and index of a single structure: `Q:S:size`, less what the size takes.
fn lane_of(word: u32) -> (u32, u32) {
    let whole = bits(word, 30, 30) << 3 | bits(word, 12, 10);
    match (bits(word, 15, 14), bits(word, 11, 10)) {
        (0, _) => (0, whole),
        (1, _) => (1, whole >> 1),
        (_, 0) => (2, whole >> 2),
        _ => (3, whole >> 3),
    }
}

fn lane_bytes(word: u32) -> u32 {
    let replicated = bits(word, 15, 14) == 3;
    1 << if replicated { bits(word, 11, 10) } else { lane_of(word).0 }
}

/// The step of a post-indexed structure: a register, or the bytes transferred.
fn step(word: u32, bytes: u32) -> String {
    if rm(word) == 31 { format!(", #{bytes}") } else { format!(", x{}", rm(word)) }
}

/// Registers of LD1 and ST1, from their `opcode`.
fn ld1_registers(word: u32) -> u32 {
    match bits(word, 15, 12) {
        0b0010 => 4,
        0b0110 => 3,
        0b1010 => 2,
        _ => 1,
    }
}

/// Registers of any load or store of multiple structures.
fn multiple_registers(word: u32) -> u32 {
    match bits(word, 15, 12) {
        0b0000 => 4,
        0b0100 => 3,
        0b1000 => 2,
        _ => ld1_registers(word),
    }
}

/// The immediate of MOVI, MVNI, ORR and BIC, with its shift.
fn modified_immediate(at: Site) -> String {
    let (cmode, imm8) = (bits(at.word, 15, 12), abcdefgh(at.word));
    let shift = match cmode {
        0..=7 => 8 * (cmode >> 1),
        8..=11 => 8 * (cmode >> 1 & 1),
        12 => return format!("#{imm8:#x}, msl #8"),
        13 => return format!("#{imm8:#x}, msl #16"),
        _ if bit(at.word, 29) => {
            return format!("#{:#x}", expand_simd_immediate(true, cmode, imm8));
        }
        _ => 0,
    };
    format!("#{imm8:#x}{}", super::immediate::left_shift(shift))
}
