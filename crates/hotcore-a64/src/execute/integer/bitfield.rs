//! UBFM, SBFM, BFM and their many aliases (LSL, UXTB, SXTW, UBFX, BFI, ...), and EXTR.
//!
//! A field is `imms + 1 - immr` bits that move down to bit 0 if `immr <= imms`, and else the low
//! `imms + 1` bits, which move up to bit `width - immr`.

use super::constant::{copy_w, copy_x};
use super::operand::{Asr, Immediate, Lsl, Lsr, Ror, Shift};
use super::operation::{And, plain};
use super::word::Word;
use super::{sized, three_registers};
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{bits, rd, rm, rn, sf};
use crate::step::{Execute, Step, destination, source};
use crate::trap::Done;

/// The step of `op`, if it is of this file.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    match op {
        Op::Ubfm => Some(unsigned(word)),
        Op::Sbfm => Some(signed(word)),
        Op::Bfm => Some(inserting(word)),
        Op::Extr => Some(extracting(word)),
        _ => None,
    }
}

/// Where a bitfield move takes its bits.
struct Field {
    immr: u32,
    imms: u32,
    /// Width of the register.
    width: u32,
}

impl Field {
    fn new(word: u32) -> Self {
        let width = if sf(word) { 64 } else { 32 };
        Self { immr: bits(word, 21, 16), imms: bits(word, 15, 10), width }
    }

    /// Whether the field ends at the top of the register.
    fn is_right_shift(&self) -> bool {
        self.imms == self.width - 1
    }

    /// Whether the field is all that a shift to the left leaves in the register.
    fn is_left_shift(&self) -> bool {
        self.imms + 1 == self.immr
    }

    fn moves_down(&self) -> bool {
        self.immr <= self.imms
    }

    /// How far it moves up.
    fn left(&self) -> u32 {
        self.width.wrapping_sub(self.immr)
    }

    /// The bits of the result that it fills.
    fn mask(&self) -> u64 {
        if self.moves_down() {
            return ones(self.imms - self.immr + 1);
        }
        ones(self.imms + 1).unbounded_shl(self.left())
    }
}

/// `count` bits, 1 to 64.
fn ones(count: u32) -> u64 {
    u64::MAX.unbounded_shr(64u32.wrapping_sub(count))
}

fn step(run: Execute, word: u32, amount: u32) -> Step {
    let (d, n) = (destination(rd(word)), source(rn(word)));
    Step::new(run, word).d(d).n(n).a(amount as u8)
}

fn unsigned(word: u32) -> Step {
    let field = Field::new(word);
    if field.is_right_shift() {
        return step(sized(word, shift::<u64, Lsr>, shift::<u32, Lsr>), word, field.immr);
    }
    if field.is_left_shift() {
        return step(sized(word, shift::<u64, Lsl>, shift::<u32, Lsl>), word, field.left());
    }
    if field.immr == 0 {
        let run = sized(word, plain::<u64, And, Immediate>, plain::<u32, And, Immediate>);
        return step(run, word, 0).imm(field.mask());
    }
    if field.moves_down() {
        let run = sized(word, masked::<u64, Lsr>, masked::<u32, Lsr>);
        return step(run, word, field.immr).imm(field.mask());
    }
    let run = sized(word, masked::<u64, Lsl>, masked::<u32, Lsl>);
    step(run, word, field.left()).imm(field.mask())
}

fn signed(word: u32) -> Step {
    let field = Field::new(word);
    if field.is_right_shift() {
        return step(sized(word, shift::<u64, Asr>, shift::<u32, Asr>), word, field.immr);
    }
    match (field.immr, field.imms) {
        (0, 7) => return step(sized(word, sxtb::<u64>, sxtb::<u32>), word, 0),
        (0, 15) => return step(sized(word, sxth::<u64>, sxth::<u32>), word, 0),
        (0, 31) => return step(sxtw, word, 0),
        _ => {}
    }
    // To the top of the register, then down to where it belongs.
    let up = field.width - 1 - field.imms;
    let down = if field.moves_down() { up + field.immr } else { field.immr - field.imms - 1 };
    let run = sized(word, up_and_down::<u64>, up_and_down::<u32>);
    step(run, word, up).imm(down.into())
}

fn inserting(word: u32) -> Step {
    let field = Field::new(word);
    let run = sized(word, insert::<u64>, insert::<u32>);
    step(run, word, field.immr).imm(field.mask())
}

fn extracting(word: u32) -> Step {
    let amount = bits(word, 15, 10);
    if amount == 0 {
        let run = sized(word, copy_x, copy_w);
        return Step::new(run, word).d(destination(rd(word))).n(source(rm(word)));
    }
    if rn(word) == rm(word) {
        return step(sized(word, shift::<u64, Ror>, shift::<u32, Ror>), word, amount);
    }
    three_registers(sized(word, extract::<u64>, extract::<u32>), word).a(amount as u8)
}

fn shift<W: Word, S: Shift>(cpu: &mut Cpu, step: &Step) -> Done {
    S::shift(W::read(cpu, step.n), step.a.into()).write(cpu, step.d);
    Ok(())
}

fn masked<W: Word, S: Shift>(cpu: &mut Cpu, step: &Step) -> Done {
    let moved = S::shift(W::read(cpu, step.n), step.a.into());
    (moved & W::low(step.imm)).write(cpu, step.d);
    Ok(())
}

fn up_and_down<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    let top = W::read(cpu, step.n).shl(step.a.into());
    top.signed_shr(step.imm as u32).write(cpu, step.d);
    Ok(())
}

#[expect(clippy::cast_sign_loss, reason = "the sign extends to the top of the register")]
fn sxtb<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    W::low(cpu.x(step.n) as i8 as u64).write(cpu, step.d);
    Ok(())
}

#[expect(clippy::cast_sign_loss, reason = "the sign extends to the top of the register")]
fn sxth<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    W::low(cpu.x(step.n) as i16 as u64).write(cpu, step.d);
    Ok(())
}

#[expect(clippy::cast_sign_loss, reason = "the sign extends to the top of the register")]
fn sxtw(cpu: &mut Cpu, step: &Step) -> Done {
    cpu.set_x(step.d, cpu.x(step.n) as i32 as u64);
    Ok(())
}

/// BFM: a rotation by `immr` brings either kind of field to its place.
fn insert<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    let mask = W::low(step.imm);
    let moved = W::read(cpu, step.n).ror(step.a.into());
    (W::read(cpu, step.d) & !mask | moved & mask).write(cpu, step.d);
    Ok(())
}

/// EXTR with an amount that is not 0.
fn extract<W: Word>(cpu: &mut Cpu, step: &Step) -> Done {
    let by = u32::from(step.a);
    let high = W::read(cpu, step.n).shl(W::BITS.wrapping_sub(by));
    (high | W::read(cpu, step.m).shr(by)).write(cpu, step.d);
    Ok(())
}
