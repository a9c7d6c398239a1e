//! Instructions that combine elements of one register: FADDP, FMAXP and the like, and those that
//! reduce a whole register.

use super::arrangement::{Arrangement, arranged, sized};
use super::binary::{Add, Binary, Max, MaxNum, Min, MinNum};
use super::control::controlled;
use super::element::{Element, lanes};
use super::registers;
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::fp::{Arithmetic, F32, F64};
use crate::step::Step;
use crate::trap::Done;

/// The step of `op`, if it is such an instruction.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let step = match op {
        Op::FaddpVector => vector::<Add>(word),
        Op::FmaxpVector => vector::<Max>(word),
        Op::FminpVector => vector::<Min>(word),
        Op::FmaxnmpVector => vector::<MaxNum>(word),
        Op::FminnmpVector => vector::<MinNum>(word),
        Op::FaddpScalar => scalar::<Add>(word),
        Op::FmaxpScalar => scalar::<Max>(word),
        Op::FminpScalar => scalar::<Min>(word),
        Op::FmaxnmpScalar => scalar::<MaxNum>(word),
        Op::FminnmpScalar => scalar::<MinNum>(word),
        Op::Fmaxv => registers(reduce::<F32, Max>, word),
        Op::Fminv => registers(reduce::<F32, Min>, word),
        Op::Fmaxnmv => registers(reduce::<F32, MaxNum>, word),
        Op::Fminnmv => registers(reduce::<F32, MinNum>, word),
        _ => return None,
    };
    Some(step)
}

fn vector<B: Binary>(word: u32) -> Step {
    registers(arranged!(Arrangement::vector(word), pairs::<B>), word)
}

/// `B` of the neighbours in Rn, and above them of those in Rm.
fn pairs<F: Element + Arithmetic, B: Binary, const N: usize>(cpu: &mut Cpu, step: &Step) -> Done {
    let (n, m) = (*cpu.v_bytes(step.n), *cpu.v_bytes(step.m));
    let result = controlled(cpu, |fpcr, fpsr| {
        lanes::<F, N>(|index| {
            let (pair, source) = if index < N / 2 { (index, &n) } else { (index - N / 2, &m) };
            let (op1, op2) = (F::lane(source, 2 * pair), F::lane(source, 2 * pair + 1));
            B::result::<F>(op1, op2, fpcr, fpsr)
        })
    });
    *cpu.v_bytes_mut(step.d) = result;
    Ok(())
}

fn scalar<B: Binary>(word: u32) -> Step {
    registers(sized(word, pair::<F64, B>, pair::<F32, B>), word)
}

/// `B` of the two lowest elements.
fn pair<F: Element + Arithmetic, B: Binary>(cpu: &mut Cpu, step: &Step) -> Done {
    let n = *cpu.v_bytes(step.n);
    let result =
        controlled(cpu, |fpcr, fpsr| B::result::<F>(F::lane(&n, 0), F::lane(&n, 1), fpcr, fpsr));
    cpu.set_v(step.d, result.into());
    Ok(())
}

/// Reduce() of four elements: each half first.
fn reduce<F: Element + Arithmetic, B: Binary>(cpu: &mut Cpu, step: &Step) -> Done {
    let n = *cpu.v_bytes(step.n);
    let result = controlled(cpu, |fpcr, fpsr| {
        let low = B::result::<F>(F::lane(&n, 0), F::lane(&n, 1), fpcr, fpsr);
        let high = B::result::<F>(F::lane(&n, 2), F::lane(&n, 3), fpcr, fpsr);
        B::result::<F>(low, high, fpcr, fpsr)
    });
    cpu.set_v(step.d, result.into());
    Ok(())
}
