//! Conversions between floating point and the integers or fixed-point numbers of the general-purpose
//! registers.

use super::control::controlled;
use super::element::Element;
use super::mode::{Mode, NegInf, PosInf, TieAway, TieEven, Zero};
use super::operation::int_type;
use super::registers;
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{bits, rd, rn, sf, sz};
use crate::fp::{self, Arithmetic, F32, F64};
use crate::step::{Execute, Step, destination, source};
use crate::trap::Done;

/// The step of `op`, if it is such a conversion.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let step = match op {
        Op::FcvtnsGeneral => to_general::<TieEven, true>(word),
        Op::FcvtnuGeneral => to_general::<TieEven, false>(word),
        Op::FcvtpsGeneral => to_general::<PosInf, true>(word),
        Op::FcvtpuGeneral => to_general::<PosInf, false>(word),
        Op::FcvtmsGeneral => to_general::<NegInf, true>(word),
        Op::FcvtmuGeneral => to_general::<NegInf, false>(word),
        Op::FcvtzsGeneral => to_general::<Zero, true>(word),
        Op::FcvtzuGeneral => to_general::<Zero, false>(word),
        Op::FcvtasGeneral => to_general::<TieAway, true>(word),
        Op::FcvtauGeneral => to_general::<TieAway, false>(word),
        Op::FcvtzsFixedGeneral => to_general::<Zero, true>(word).a(fraction_bits(word)),
        Op::FcvtzuFixedGeneral => to_general::<Zero, false>(word).a(fraction_bits(word)),
        Op::ScvtfGeneral => from_general::<true>(word),
        Op::UcvtfGeneral => from_general::<false>(word),
        Op::ScvtfFixedGeneral => from_general::<true>(word).a(fraction_bits(word)),
        Op::UcvtfFixedGeneral => from_general::<false>(word).a(fraction_bits(word)),
        _ => return None,
    };
    Some(step)
}

/// 64 less `scale`: 1 to 64.
fn fraction_bits(word: u32) -> u8 {
    64 - bits(word, 15, 10) as u8
}

/// `a` holds the fraction bits.
fn to_general<M: Mode, const SIGNED: bool>(word: u32) -> Step {
    let run: Execute = match (sf(word), sz(word)) {
        (false, false) => run_to_general::<F32, M, SIGNED, false>,
        (false, true) => run_to_general::<F64, M, SIGNED, false>,
        (true, false) => run_to_general::<F32, M, SIGNED, true>,
        (true, true) => run_to_general::<F64, M, SIGNED, true>,
    };
    registers(run, word).d(destination(rd(word)))
}

fn run_to_general<F: Element + Arithmetic, M: Mode, const SIGNED: bool, const WIDE: bool>(
    cpu: &mut Cpu,
    step: &Step,
) -> Done {
    let op = F::lane(cpu.v_bytes(step.n), 0);
    let int = int_type(SIGNED, WIDE);
    let value = controlled(cpu, |fpcr, fpsr| {
        fp::to_fixed::<F>(op, int, step.a.into(), M::rounding(fpcr), fpcr, fpsr)
    });
    cpu.set_x(step.d, value);
    Ok(())
}

/// `a` holds the fraction bits.
fn from_general<const SIGNED: bool>(word: u32) -> Step {
    let run: Execute = match (sf(word), sz(word)) {
        (false, false) => run_from_general::<F32, SIGNED, false>,
        (false, true) => run_from_general::<F64, SIGNED, false>,
        (true, false) => run_from_general::<F32, SIGNED, true>,
        (true, true) => run_from_general::<F64, SIGNED, true>,
    };
    registers(run, word).n(source(rn(word)))
}

fn run_from_general<F: Element + Arithmetic, const SIGNED: bool, const WIDE: bool>(
    cpu: &mut Cpu,
    step: &Step,
) -> Done {
    let value = cpu.x(step.n);
    let int = int_type(SIGNED, WIDE);
    let result =
        controlled(cpu, |fpcr, fpsr| fp::from_fixed::<F>(value, int, step.a.into(), fpcr, fpsr));
    cpu.set_v(step.d, result.into());
    Ok(())
}
