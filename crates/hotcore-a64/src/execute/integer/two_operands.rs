//! Picks the function of an addition, a subtraction or a logical operation.

use super::constant::{constant, copy_w, copy_x};
use super::operand::{
    Asr, Extended, Immediate, Lsl, Lsr, Operand, Register, Ror, Shifted, Sxtb, Sxth, Sxtw, Uxtb,
    Uxth, Uxtw,
};
use super::operation::{
    Add, And, Bic, Eon, Eor, Operation, Orn, Orr, Sub, comparing, plain, setting_flags,
};
use super::sized;
use crate::cpu::{SINK, ZERO};
use crate::decode::Op;
use crate::decode::fields::{add_sub_immediate, bit, bits, decode_bit_masks, rd, rm, rn, sf};
use crate::step::{Execute, Step, destination, or_sp, source};

/// The step of `op`, if it has two operands.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    Some(match op {
        Op::AddImmediate => add_sub_immediate_step::<Add, false>(word),
        Op::AddsImmediate => add_sub_immediate_step::<Add, true>(word),
        Op::SubImmediate => add_sub_immediate_step::<Sub, false>(word),
        Op::SubsImmediate => add_sub_immediate_step::<Sub, true>(word),
        Op::AndImmediate => logical_immediate_step::<And, false>(word)?,
        Op::OrrImmediate => logical_immediate_step::<Orr, false>(word)?,
        Op::EorImmediate => logical_immediate_step::<Eor, false>(word)?,
        Op::AndsImmediate => logical_immediate_step::<And, true>(word)?,
        Op::AddShifted => shifted::<Add, false>(word),
        Op::AddsShifted => shifted::<Add, true>(word),
        Op::SubShifted => shifted::<Sub, false>(word),
        Op::SubsShifted => shifted::<Sub, true>(word),
        Op::AndShifted => shifted::<And, false>(word),
        Op::BicShifted => shifted::<Bic, false>(word),
        Op::OrrShifted => orr(word),
        Op::OrnShifted => shifted::<Orn, false>(word),
        Op::EorShifted => shifted::<Eor, false>(word),
        Op::EonShifted => shifted::<Eon, false>(word),
        Op::AndsShifted => shifted::<And, true>(word),
        Op::BicsShifted => shifted::<Bic, true>(word),
        Op::AddExtended => extended::<Add, false>(word),
        Op::AddsExtended => extended::<Add, true>(word),
        Op::SubExtended => extended::<Sub, false>(word),
        Op::SubsExtended => extended::<Sub, true>(word),
        _ => return None,
    })
}

/// The function of `P` with `O`: with or without flags, with or without a destination.
fn pick<P: Operation, O: Operand, const FLAGS: bool>(word: u32, d: u8) -> Execute {
    match (FLAGS, d) {
        (false, _) => sized(word, plain::<u64, P, O>, plain::<u32, P, O>),
        (true, SINK) => sized(word, comparing::<u64, P, O>, comparing::<u32, P, O>),
        (true, _) => sized(word, setting_flags::<u64, P, O>, setting_flags::<u32, P, O>),
    }
}

/// Rd of an instruction that names SP unless it sets the flags.
fn sp_unless_flags<const FLAGS: bool>(word: u32) -> u8 {
    if FLAGS { destination(rd(word)) } else { or_sp(rd(word)) }
}

fn add_sub_immediate_step<P: Operation, const FLAGS: bool>(word: u32) -> Step {
    let (d, n) = (sp_unless_flags::<FLAGS>(word), or_sp(rn(word)));
    let imm = add_sub_immediate(word);
    if imm == 0 && !FLAGS {
        return Step::new(sized(word, copy_x, copy_w), word).d(d).n(n);
    }
    Step::new(pick::<P, Immediate, FLAGS>(word, d), word).d(d).n(n).imm(imm)
}

#[expect(clippy::similar_names, reason = "the fields are called so")]
fn logical_immediate_step<P: Operation, const FLAGS: bool>(word: u32) -> Option<Step> {
    let (d, n) = (sp_unless_flags::<FLAGS>(word), source(rn(word)));
    let (imms, immr) = (bits(word, 15, 10), bits(word, 21, 16));
    let width = if sf(word) { 64 } else { 32 };
    let (mask, _) = decode_bit_masks(bit(word, 22), imms, immr, true, width)?;
    if n == ZERO && !FLAGS {
        return Some(constant(word, d, P::result(0u64, mask)));
    }
    Some(Step::new(pick::<P, Immediate, FLAGS>(word, d), word).d(d).n(n).imm(mask))
}

/// ORR, most often as MOV.
fn orr(word: u32) -> Step {
    if source(rn(word)) != ZERO || shift_amount(word) != 0 {
        return shifted::<Orr, false>(word);
    }
    let run = sized(word, copy_x, copy_w);
    Step::new(run, word).d(destination(rd(word))).n(source(rm(word)))
}

fn shifted<P: Operation, const FLAGS: bool>(word: u32) -> Step {
    let d = destination(rd(word));
    let run = match (bits(word, 23, 22), shift_amount(word)) {
        (_, 0) => pick::<P, Register, FLAGS>(word, d),
        (0, _) => pick::<P, Shifted<Lsl>, FLAGS>(word, d),
        (1, _) => pick::<P, Shifted<Lsr>, FLAGS>(word, d),
        (2, _) => pick::<P, Shifted<Asr>, FLAGS>(word, d),
        _ => pick::<P, Shifted<Ror>, FLAGS>(word, d),
    };
    Step::new(run, word).d(d).n(source(rn(word))).m(source(rm(word))).a(shift_amount(word))
}

fn extended<P: Operation, const FLAGS: bool>(word: u32) -> Step {
    let d = sp_unless_flags::<FLAGS>(word);
    let amount = bits(word, 12, 10) as u8;
    let run = match (bits(word, 15, 13), sf(word)) {
        (0, _) => pick::<P, Extended<Uxtb>, FLAGS>(word, d),
        (1, _) => pick::<P, Extended<Uxth>, FLAGS>(word, d),
        (2, true) => pick::<P, Extended<Uxtw>, FLAGS>(word, d),
        (4, _) => pick::<P, Extended<Sxtb>, FLAGS>(word, d),
        (5, _) => pick::<P, Extended<Sxth>, FLAGS>(word, d),
        (6, true) => pick::<P, Extended<Sxtw>, FLAGS>(word, d),
        // The register has no more bits than that.
        _ if amount == 0 => pick::<P, Register, FLAGS>(word, d),
        _ => pick::<P, Shifted<Lsl>, FLAGS>(word, d),
    };
    Step::new(run, word).d(d).n(or_sp(rn(word))).m(source(rm(word))).a(amount)
}

/// `imm6`: the amount of a shifted register.
fn shift_amount(word: u32) -> u8 {
    bits(word, 15, 10) as u8
}
