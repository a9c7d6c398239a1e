//! The aliases that the Arm ARM prefers to an instruction's own name.
//!
//! Each section of DDI 0487, C6.2 and C7.2, that has aliases says when which is preferred; here the
//! first condition that holds wins.

use super::system;
use crate::decode::Op;
use crate::decode::fields::{
    bit, bits, cond, decode_bit_masks, imm12, imm16, immh_immb, q, ra, rd, rm, rn, rt, sf, size,
};

/// An instruction, when the alias is preferred, and its template.
type Alias = (Op, fn(u32) -> bool, &'static str);

/// The template of the alias preferred for `word`, which is an `op`.
pub(super) fn preferred(op: Op, word: u32) -> Option<&'static str> {
    let fits = |alias: &&Alias| alias.0 == op && alias.1(word);
    [INTEGER, BITFIELD, SYSTEM, ATOMIC, SIMD].into_iter().flatten().find(fits).map(|alias| alias.2)
}

/// Every template that an alias may put in a row's place.
#[cfg(test)]
pub(super) fn templates() -> impl Iterator<Item = &'static str> {
    [INTEGER, BITFIELD, SYSTEM, ATOMIC, SIMD].into_iter().flatten().map(|alias| alias.2)
}

const INTEGER: &[Alias] = &[
    (Op::AddImmediate, moves_sp, "mov {Rd|sp}, {Rn|sp}"),
    (Op::AddsImmediate, no_rd, "cmn {Rn|sp}, {imm12}"),
    (Op::SubsImmediate, no_rd, "cmp {Rn|sp}, {imm12}"),
    (Op::AddsShifted, no_rd, "cmn {Rn}, {Rm}{shift}"),
    (Op::SubsShifted, no_rd, "cmp {Rn}, {Rm}{shift}"),
    (Op::SubShifted, no_rn, "neg {Rd}, {Rm}{shift}"),
    (Op::SubsShifted, no_rn, "negs {Rd}, {Rm}{shift}"),
    (Op::AddsExtended, no_rd, "cmn {Rn|sp}, {extended}"),
    (Op::SubsExtended, no_rd, "cmp {Rn|sp}, {extended}"),
    (Op::Sbc, no_rn, "ngc {Rd}, {Rm}"),
    (Op::Sbcs, no_rn, "ngcs {Rd}, {Rm}"),
    (Op::OrrImmediate, moves_bit_mask, "mov {Rd|sp}, {bitmask}"),
    (Op::AndsImmediate, no_rd, "tst {Rn}, {bitmask}"),
    (Op::AndsShifted, no_rd, "tst {Rn}, {Rm}{shift}"),
    (Op::OrrShifted, |w| no_rn(w) && imms(w) == 0 && size(w) == 0, "mov {Rd}, {Rm}"),
    (Op::OrnShifted, no_rn, "mvn {Rd}, {Rm}{shift}"),
    (Op::Movz, shifts_no_zero, "mov {Rd}, {mov.wide}"),
    (Op::Movn, |w| shifts_no_zero(w) && (sf(w) || imm16(w) != 0xffff), "mov {Rd}, {mov.inverted}"),
    (Op::Extr, |w| rn(w) == rm(w), "ror {Rd}, {Rn}, {imms}"),
    (Op::Csinc, |w| sets(w) && no_rn(w), "cset {Rd}, {cond.inverted}"),
    (Op::Csinc, sets, "cinc {Rd}, {Rn}, {cond.inverted}"),
    (Op::Csinv, |w| sets(w) && no_rn(w), "csetm {Rd}, {cond.inverted}"),
    (Op::Csinv, sets, "cinv {Rd}, {Rn}, {cond.inverted}"),
    (Op::Csneg, |w| conditional(w) && rn(w) == rm(w), "cneg {Rd}, {Rn}, {cond.inverted}"),
    (Op::Madd, no_ra, "mul {Rd}, {Rn}, {Rm}"),
    (Op::Msub, no_ra, "mneg {Rd}, {Rn}, {Rm}"),
    (Op::Smaddl, no_ra, "smull {Xd}, {Wn}, {Wm}"),
    (Op::Smsubl, no_ra, "smnegl {Xd}, {Wn}, {Wm}"),
    (Op::Umaddl, no_ra, "umull {Xd}, {Wn}, {Wm}"),
    (Op::Umsubl, no_ra, "umnegl {Xd}, {Wn}, {Wm}"),
    (Op::Ret, |w| rn(w) == 30, "ret"),
];

const BITFIELD: &[Alias] = &[
    (Op::Sbfm, to_the_top, "asr {Rd}, {Rn}, {immr}"),
    (Op::Sbfm, |w| extends(w, 7), "sxtb {Rd}, {Wn}"),
    (Op::Sbfm, |w| extends(w, 15), "sxth {Rd}, {Wn}"),
    (Op::Sbfm, |w| extends(w, 31), "sxtw {Rd}, {Wn}"),
    (Op::Sbfm, inserts, "sbfiz {Rd}, {Rn}, {lsb}, {insert.width}"),
    (Op::Sbfm, always, "sbfx {Rd}, {Rn}, {immr}, {extract.width}"),
    (Op::Ubfm, to_the_top, "lsr {Rd}, {Rn}, {immr}"),
    (Op::Ubfm, |w| imms(w) + 1 == immr(w), "lsl {Rd}, {Rn}, {lsb}"),
    (Op::Ubfm, |w| !sf(w) && extends(w, 7), "uxtb {Rd}, {Wn}"),
    (Op::Ubfm, |w| !sf(w) && extends(w, 15), "uxth {Rd}, {Wn}"),
    (Op::Ubfm, inserts, "ubfiz {Rd}, {Rn}, {lsb}, {insert.width}"),
    (Op::Ubfm, always, "ubfx {Rd}, {Rn}, {immr}, {extract.width}"),
    (Op::Bfm, |w| inserts(w) && no_rn(w), "bfc {Rd}, {lsb}, {insert.width}"),
    (Op::Bfm, inserts, "bfi {Rd}, {Rn}, {lsb}, {insert.width}"),
    (Op::Bfm, always, "bfxil {Rd}, {Rn}, {immr}, {extract.width}"),
];

const SYSTEM: &[Alias] = &[
    (Op::Hint, |w| system::hint_name(w).is_some(), "{hint.name}"),
    (Op::Dsb, |w| bits(w, 11, 8) == 0, "ssbb"),
    (Op::Dsb, |w| bits(w, 11, 8) == 4, "pssbb"),
    (Op::Sys, |w| system::operation(w).is_some(), "{sys.name}"),
];

const ATOMIC: &[Alias] = &[
    (Op::Ldadd, no_result, "stadd{order}{size} {Rs.size}, [{Xn|sp}]"),
    (Op::Ldclr, no_result, "stclr{order}{size} {Rs.size}, [{Xn|sp}]"),
    (Op::Ldeor, no_result, "steor{order}{size} {Rs.size}, [{Xn|sp}]"),
    (Op::Ldset, no_result, "stset{order}{size} {Rs.size}, [{Xn|sp}]"),
    (Op::Ldsmax, no_result, "stsmax{order}{size} {Rs.size}, [{Xn|sp}]"),
    (Op::Ldsmin, no_result, "stsmin{order}{size} {Rs.size}, [{Xn|sp}]"),
    (Op::Ldumax, no_result, "stumax{order}{size} {Rs.size}, [{Xn|sp}]"),
    (Op::Ldumin, no_result, "stumin{order}{size} {Rs.size}, [{Xn|sp}]"),
];

const SIMD: &[Alias] = &[
    (Op::OrrVector, |w| rn(w) == rm(w), "mov {Vd.B}, {Vn.B}"),
    (Op::NotVector, always, "mvn {Vd.B}, {Vn.B}"),
    (Op::Umov, |w| bits(w, 18, 16) == 4 || bits(w, 19, 16) == 8, "mov {Rd.Q}, {Vn.lane}"),
    (Op::InsGeneral, always, "mov {Vd.lane}, {Rn.imm5}"),
    (Op::InsElement, always, "mov {Vd.lane}, {Vn.lane4}"),
    (Op::DupScalar, always, "mov {Vd.lanesize}, {Vn.lane}"),
    (Op::Movi, |w| bit(w, 29) && !q(w), "movi {Dd}, {simdimm}"),
    (Op::SshllVector, no_shift, "sxtl{2} {Vd.immh2}, {Vn.immh}"),
    (Op::UshllVector, no_shift, "uxtl{2} {Vd.immh2}, {Vn.immh}"),
];

fn always(_: u32) -> bool {
    true
}

fn no_rd(word: u32) -> bool {
    rd(word) == 31
}

fn no_rn(word: u32) -> bool {
    rn(word) == 31
}

fn no_ra(word: u32) -> bool {
    ra(word) == 31
}

fn immr(word: u32) -> u32 {
    bits(word, 21, 16)
}

fn imms(word: u32) -> u32 {
    bits(word, 15, 10)
}

/// ADD (immediate) of nothing, to or from the stack pointer.
fn moves_sp(word: u32) -> bool {
    imm12(word) == 0 && !bit(word, 22) && (no_rd(word) || no_rn(word))
}

/// A zero that is shifted stays MOVZ or MOVN.
fn shifts_no_zero(word: u32) -> bool {
    imm16(word) != 0 || bits(word, 22, 21) == 0
}

/// MOVZ and MOVN, where they make the same value, are preferred; to the stack pointer they cannot.
fn moves_bit_mask(word: u32) -> bool {
    no_rn(word) && (no_rd(word) || !move_wide_preferred(word))
}

/// Whether MOVZ or MOVN make the same value: but a halfword is clear, or all ones.
///
/// `MoveWidePreferred()` means the same; it overlooks values with fifteen zeros.
fn move_wide_preferred(word: u32) -> bool {
    let width = if sf(word) { 64 } else { 32 };
    let masks = decode_bit_masks(bit(word, 22), imms(word), immr(word), true, width);
    let value = masks.map_or(0, |(wmask, _)| wmask);
    let inverted = !value & u64::MAX >> (64 - width);
    let in_halfword = |value: u64| (0..4).any(|halfword| value & !(0xffff << (halfword * 16)) == 0);
    in_halfword(value) || in_halfword(inverted)
}

/// AL and NV are not inverted.
fn conditional(word: u32) -> bool {
    cond(word) < 14
}

/// CSINC and CSINV of a register with itself.
fn sets(word: u32) -> bool {
    conditional(word) && rn(word) == rm(word)
}

/// The field reaches the top of the register.
fn to_the_top(word: u32) -> bool {
    imms(word) == if sf(word) { 63 } else { 31 }
}

fn extends(word: u32, top: u32) -> bool {
    immr(word) == 0 && imms(word) == top
}

fn inserts(word: u32) -> bool {
    imms(word) < immr(word)
}

/// The atomic discards what it loads: no register, no acquire.
fn no_result(word: u32) -> bool {
    rt(word) == 31 && !bit(word, 23)
}

/// SSHLL and USHLL by nothing.
fn no_shift(word: u32) -> bool {
    immh_immb(word).is_power_of_two()
}
