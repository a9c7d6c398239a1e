//! FMOV, in all its forms.

use super::arrangement::sized;
use super::element::Element;
use super::registers;
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{
    abcdefgh, bit, bits, expand_simd_immediate, q, rd, rn, sz, vfp_expand_imm32, vfp_expand_imm64,
};
use crate::fp::{F32, F64};
use crate::step::{Step, destination, source};
use crate::trap::Done;

/// The step of `op`, if it is a FMOV.
pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let d = rd(word) as u8;
    let step = match op {
        Op::FmovRegister => registers(sized(word, copy::<F64>, copy::<F32>), word),
        Op::FmovToGeneral => {
            let run = sized(word, to_general::<F64, 0>, to_general::<F32, 0>);
            registers(run, word).d(destination(rd(word)))
        }
        Op::FmovTopToGeneral => registers(to_general::<F64, 1>, word).d(destination(rd(word))),
        Op::FmovFromGeneral => {
            let run = sized(word, from_general::<F64>, from_general::<F32>);
            registers(run, word).n(source(rn(word)))
        }
        Op::FmovTopFromGeneral => registers(top_from_general, word).n(source(rn(word))),
        Op::FmovImmediate => Step::new(constant::<false>, word).d(d).imm(scalar_immediate(word)),
        Op::FmovVectorImmediate => {
            let run = if q(word) { constant::<true> } else { constant::<false> };
            Step::new(run, word).d(d).imm(vector_immediate(word))
        }
        _ => return None,
    };
    Some(step)
}

fn scalar_immediate(word: u32) -> u64 {
    let imm8 = bits(word, 20, 13) as u8;
    if sz(word) { vfp_expand_imm64(imm8) } else { vfp_expand_imm32(imm8).into() }
}

/// The 64 bits of `op`, `cmode` and `a:b:c:d:e:f:g:h`.
fn vector_immediate(word: u32) -> u64 {
    expand_simd_immediate(bit(word, 29), bits(word, 15, 12), abcdefgh(word))
}

fn copy<F: Element>(cpu: &mut Cpu, step: &Step) -> Done {
    let value = F::lane(cpu.v_bytes(step.n), 0);
    cpu.set_v(step.d, value.into());
    Ok(())
}

fn to_general<F: Element, const LANE: usize>(cpu: &mut Cpu, step: &Step) -> Done {
    let value = F::lane(cpu.v_bytes(step.n), LANE);
    cpu.set_x(step.d, value);
    Ok(())
}

fn from_general<F: Element>(cpu: &mut Cpu, step: &Step) -> Done {
    let value = cpu.x(step.n) & (F::SIGN | (F::SIGN - 1));
    cpu.set_v(step.d, value.into());
    Ok(())
}

fn top_from_general(cpu: &mut Cpu, step: &Step) -> Done {
    let value = cpu.x(step.n);
    F64::set_lane(cpu.v_bytes_mut(step.d), 1, value);
    Ok(())
}

/// The immediate, once or in both halves.
fn constant<const TWICE: bool>(cpu: &mut Cpu, step: &Step) -> Done {
    let low = u128::from(step.imm);
    cpu.set_v(step.d, if TWICE { low << 64 | low } else { low });
    Ok(())
}
