//! Compare and swap, of one register (CAS) and of pairs (CASP).
//!
//! Rs holds what is expected, and takes what was found; Rt is what is stored.

use super::address;
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{access_size, bit, rn, rs, rt};
use crate::memory::atomic::{self, Whole};
use crate::step::{Execute, Lowered, Step, destination, or_sp, source};
use crate::trap::Done;

/// The step of `op`, if it is of this room.
pub(super) fn lower(op: Op, word: u32) -> Option<Lowered> {
    let run: Execute = match (op, access_size(word)) {
        (Op::Cas, 0) => single::<u8>,
        (Op::Cas, 1) => single::<u16>,
        (Op::Cas, 2) => single::<u32>,
        (Op::Cas, _) => single::<u64>,
        (Op::Casp, _) if bit(word, 30) => pair::<u128>,
        (Op::Casp, _) => pair::<u64>,
        _ => return None,
    };
    let step = Step::new(run, word).d(destination(rs(word))).n(or_sp(rn(word)));
    Some(Lowered::next(step.m(source(rs(word))).a(source(rt(word)))))
}

fn single<T: Whole>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = address(cpu, step)?;
    let (expected, new) = (T::from_u64(cpu.x(step.m)), T::from_u64(cpu.x(step.a)));
    let old = atomic::compare_and_swap(cpu, address, expected, new)?;
    cpu.set_x(step.d, old.to_u64());
    Ok(())
}

/// The pairs begin at an even register, so that only their second one may be XZR.
fn pair<T: Whole>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = address(cpu, step)?;
    let (s, t) = (rs(step.word), rt(step.word));
    let expected: T = cpu.join(cpu.x(step.m), cpu.x(source(s + 1)));
    let new: T = cpu.join(cpu.x(step.a), cpu.x(source(t + 1)));
    let old = atomic::compare_and_swap(cpu, address, expected, new)?;
    let (first, second) = cpu.split(old);
    cpu.set_x(step.d, first);
    cpu.set_x(destination(s + 1), second);
    Ok(())
}
