//! Conversions between half, single and double precision: FCVT, FCVTL, FCVTN and FCVTXN.

use super::control::controlled;
use super::element::Element;
use super::mode::{Current, Mode, Odd};
use super::registers;
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{bits, q, size, sz};
use crate::fp::{self, F16, F32, F64};
use crate::step::{Execute, Step};
use crate::trap::Done;

/// The step of `op`, if it is such a conversion.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let run = match op {
        Op::Fcvt => scalar(word)?,
        Op::FcvtxnScalar => convert::<F64, F32, Odd>,
        Op::FcvtlVector => lengthening(word),
        Op::FcvtnVector if sz(word) => narrowing::<F64, F32, Current>(word),
        Op::FcvtnVector => narrowing::<F32, F16, Current>(word),
        Op::FcvtxnVector => narrowing::<F64, F32, Odd>(word),
        _ => return None,
    };
    Some(registers(run, word))
}

/// From `ptype` to `opc`, of which 0 is single, 1 double and 3 half precision.
fn scalar(word: u32) -> Option<Execute> {
    Some(match (size(word), bits(word, 16, 15)) {
        (0, 1) => convert::<F32, F64, Current>,
        (0, 3) => convert::<F32, F16, Current>,
        (1, 0) => convert::<F64, F32, Current>,
        (1, 3) => convert::<F64, F16, Current>,
        (3, 0) => convert::<F16, F32, Current>,
        (3, 1) => convert::<F16, F64, Current>,
        _ => return None,
    })
}

fn lengthening(word: u32) -> Execute {
    match (sz(word), q(word)) {
        (false, false) => lengthen::<F16, F32, false>,
        (false, true) => lengthen::<F16, F32, true>,
        (true, false) => lengthen::<F32, F64, false>,
        (true, true) => lengthen::<F32, F64, true>,
    }
}

fn narrowing<From: Element, To: Element, M: Mode>(word: u32) -> Execute {
    if q(word) { narrow_into_upper::<From, To, M> } else { narrow::<From, To, M> }
}

fn convert<From: Element, To: Element, M: Mode>(cpu: &mut Cpu, step: &Step) -> Done {
    let op = From::lane(cpu.v_bytes(step.n), 0);
    let result =
        controlled(cpu, |fpcr, fpsr| fp::convert::<From, To>(op, M::rounding(fpcr), fpcr, fpsr));
    cpu.set_v(step.d, result.into());
    Ok(())
}

/// FCVTL, and FCVTL2, which takes the upper half.
fn lengthen<From: Element, To: Element, const UPPER: bool>(cpu: &mut Cpu, step: &Step) -> Done {
    let n = *cpu.v_bytes(step.n);
    let first = if UPPER { To::LANES } else { 0 };
    let mut result = [0; 16];
    controlled(cpu, |fpcr, fpsr| {
        for index in 0..To::LANES {
            let op = From::lane(&n, first + index);
            let value = fp::convert::<From, To>(op, fpcr.rounding(), fpcr, fpsr);
            To::set_lane(&mut result, index, value);
        }
    });
    *cpu.v_bytes_mut(step.d) = result;
    Ok(())
}

/// The elements of Rn in half their size.
#[inline(always)]
fn narrowed<From: Element, To: Element, M: Mode>(cpu: &mut Cpu, step: &Step) -> u64 {
    let n = *cpu.v_bytes(step.n);
    let mut result = [0; 16];
    controlled(cpu, |fpcr, fpsr| {
        for index in 0..From::LANES {
            let op = From::lane(&n, index);
            let value = fp::convert::<From, To>(op, M::rounding(fpcr), fpcr, fpsr);
            To::set_lane(&mut result, index, value);
        }
    });
    F64::lane(&result, 0)
}

/// FCVTN, FCVTXN.
fn narrow<From: Element, To: Element, M: Mode>(cpu: &mut Cpu, step: &Step) -> Done {
    let value = narrowed::<From, To, M>(cpu, step);
    cpu.set_v(step.d, value.into());
    Ok(())
}

/// FCVTN2, FCVTXN2: the lower half stays.
fn narrow_into_upper<From: Element, To: Element, M: Mode>(cpu: &mut Cpu, step: &Step) -> Done {
    let value = narrowed::<From, To, M>(cpu, step);
    F64::set_lane(cpu.v_bytes_mut(step.d), 1, value);
    Ok(())
}
