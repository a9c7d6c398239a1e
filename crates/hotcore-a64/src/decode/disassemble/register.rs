//! Registers in templates: `Xd`, `Rn|sp`, `Rt.size`, `Sd`, `Fd`, `Vd.T`, `Vm.elem`.
//!
//! A placeholder is a register file, the field that holds the number and, after a dot, the view:
//! what the width or the arrangement depends on. `R` is a general-purpose register, `F` a
//! floating-point scalar, `V` a vector or an Advanced SIMD scalar; `W`, `X`, `B`, `H`, `S`, `D` and `Q`
//! are views that no field changes.

use crate::decode::fields::{access_size, bit, bits, q, ra, rd, rm, rn, sf, size, sz};

/// The text of register placeholder `name`; `None` if it is none.
pub(super) fn expand(name: &str, word: u32) -> Option<String> {
    let (register, view) = name.split_once('.').unwrap_or((name, ""));
    let (register, sp) =
        register.strip_suffix("|sp").map_or((register, false), |left| (left, true));
    let (file, field) = register.split_at_checked(1)?;
    let number = number(field, word)?;
    match file {
        "W" => Some(general(number, false, sp)),
        "X" => Some(general(number, true, sp)),
        "R" => Some(general(number, general_width(view, word)?, sp)),
        "B" | "H" | "S" | "D" | "Q" => Some(format!("{}{number}", file.to_lowercase())),
        "F" => Some(format!("{}{number}", precision(view, word)?)),
        "V" => vector(field, number, view, word),
        _ => None,
    }
}

fn number(field: &str, word: u32) -> Option<usize> {
    match field {
        "d" | "t" => Some(rd(word)),
        "n" => Some(rn(word)),
        "m" | "s" => Some(rm(word)),
        "a" | "t2" => Some(ra(word)),
        _ => None,
    }
}

/// A general-purpose register; 31 is the stack pointer or the zero register.
pub(super) fn general(number: usize, wide: bool, sp: bool) -> String {
    match (number, wide, sp) {
        (31, true, true) => "sp".into(),
        (31, false, true) => "wsp".into(),
        (_, true, _) => zero_or(number, 'x'),
        (_, false, _) => zero_or(number, 'w'),
    }
}

fn zero_or(number: usize, prefix: char) -> String {
    if number == 31 { format!("{prefix}zr") } else { format!("{prefix}{number}") }
}

fn general_width(view: &str, word: u32) -> Option<bool> {
    match view {
        "" => Some(sf(word)),
        "size" => Some(access_size(word) == 3),
        "Q" => Some(q(word)),
        "imm5" => Some(bits(word, 19, 16) == 8),
        _ => None,
    }
}

fn precision(view: &str, word: u32) -> Option<char> {
    match view {
        "" => Some(if sz(word) { 'd' } else { 's' }),
        "ptype" => Some(precision_of(size(word))),
        "opc" => Some(precision_of(bits(word, 16, 15))),
        _ => None,
    }
}

const fn precision_of(ptype: u32) -> char {
    match ptype {
        0 => 's',
        1 => 'd',
        _ => 'h',
    }
}

fn vector(field: &str, number: usize, view: &str, word: u32) -> Option<String> {
    if view.is_empty() {
        return Some(format!("v{number}"));
    }
    if let Some(log2) = scalar_size(view, word) {
        return Some(format!("{}{number}", element(log2)));
    }
    if let Some((log2, full)) = arrangement(view, word) {
        return Some(format!("v{number}.{}", arranged(log2, full)));
    }
    indexed(field, number, view, word)
}

/// The letter of an element of 2 to the `log2` bytes.
pub(super) fn element(log2: u32) -> char {
    ['b', 'h', 's', 'd', 'q'].get(log2 as usize).copied().unwrap_or('?')
}

/// An arrangement such as `4s`: elements of 2 to the `log2` bytes filling 128 bits or 64.
pub(super) fn arranged(log2: u32, full: bool) -> String {
    let lanes = if full { 16u32 } else { 8 }.unbounded_shr(log2);
    format!("{lanes}{}", element(log2))
}

/// The element size of a scalar view, as log2 of its bytes.
fn scalar_size(view: &str, word: u32) -> Option<u32> {
    match view {
        "size" => Some(size(word)),
        "long" => Some(size(word) + 1),
        "shift" => Some(shift_size(word)),
        "shift2" => Some(shift_size(word) + 1),
        "lanesize" => Some(lane_size(word)),
        "opc" => Some(access_size(word) + 2),
        _ => None,
    }
}

/// The element size and whether the vector is full, of an arrangement view.
fn arrangement(view: &str, word: u32) -> Option<(u32, bool)> {
    let full = q(word);
    match view {
        "B" => Some((0, full)),
        "T" => Some((size(word), full)),
        "Ta" => Some((size(word) + 1, true)),
        "Tp" => Some((size(word) + 1, full)),
        "F" => Some((2 + u32::from(sz(word)), full)),
        "narrow" => Some((1 + u32::from(sz(word)), full)),
        "wide" => Some((2 + u32::from(sz(word)), true)),
        "pair" => Some((2 + u32::from(sz(word)), sz(word))),
        "imm5" => Some((lane_size(word), full)),
        "immh" => Some((shift_size(word), full)),
        "immh2" => Some((shift_size(word) + 1, true)),
        "cmode" => Some((immediate_size(word), full)),
        _ => None,
    }
}

/// Views that name one lane.
fn indexed(field: &str, number: usize, view: &str, word: u32) -> Option<String> {
    let imm5 = bits(word, 20, 16);
    match view {
        "lane" => Some(lane(number, lane_size(word), imm5 >> (lane_size(word) + 1))),
        "lane4" => {
            Some(lane(number, lane_size(word), bits(word, 14, 11).unbounded_shr(lane_size(word))))
        }
        "elem" if field == "m" => Some(integer_element(word)),
        "felem" if field == "m" => Some(float_element(word)),
        _ => None,
    }
}

fn lane(number: usize, log2: u32, index: u32) -> String {
    format!("v{number}.{}[{index}]", element(log2))
}

/// `Vm` by element: halfwords take the index `H:L:M` and leave four bits to the register.
fn integer_element(word: u32) -> String {
    let (high, low, middle) = index_bits(word);
    if size(word) == 1 {
        return lane(rm(word) & 15, 1, high << 2 | low << 1 | middle);
    }
    lane(rm(word), 2, high << 1 | low)
}

fn float_element(word: u32) -> String {
    let (high, low, _) = index_bits(word);
    if sz(word) { lane(rm(word), 3, high) } else { lane(rm(word), 2, high << 1 | low) }
}

fn index_bits(word: u32) -> (u32, u32, u32) {
    (u32::from(bit(word, 11)), u32::from(bit(word, 21)), u32::from(bit(word, 20)))
}

/// Copies: the lowest bit set in `imm5` is the element's size.
fn lane_size(word: u32) -> u32 {
    bits(word, 20, 16).trailing_zeros().min(3)
}

/// Shifts: the highest bit set in `immh` is the element's size.
pub(super) fn shift_size(word: u32) -> u32 {
    bits(word, 22, 19).checked_ilog2().unwrap_or(0)
}

/// Modified immediates: `cmode` is the element's size.
fn immediate_size(word: u32) -> u32 {
    match (bits(word, 15, 12), bit(word, 29)) {
        (14, false) => 0,
        (8..=11, _) => 1,
        (14 | 15, true) => 3,
        _ => 2,
    }
}
