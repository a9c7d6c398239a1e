//! DUP, INS, SMOV and UMOV: elements from and to registers.
//!
//! The lowest bit that is set in `imm5` is the element's size, the bits above it are the lane.

use super::lane::Lane;
use crate::cpu::Cpu;
use crate::decode::{Op, fields};
use crate::step::{Execute, Step, destination, source};
use crate::trap::Done;

pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let imm5 = fields::bits(word, 20, 16);
    let size = imm5.trailing_zeros();
    let lane = imm5.unbounded_shr(size + 1) as u8;
    let (d, n) = (fields::rd(word), fields::rn(word));
    let q = fields::q(word);
    let step = |run: Option<Execute>, d: u8, n: u8| Some(Step::new(run?, word).d(d).n(n).a(lane));
    match op {
        Op::DupElement => step(duplicate_element(size, q), d as u8, n as u8),
        Op::DupScalar => step(element_alone(size), d as u8, n as u8),
        Op::DupGeneral => step(duplicate_general(size, q), d as u8, source(n)),
        Op::InsGeneral => step(insert_general(size), d as u8, source(n)),
        Op::InsElement => {
            let from = fields::bits(word, 14, 11).unbounded_shr(size);
            Some(step(insert_element(size), d as u8, n as u8)?.m(from as u8))
        }
        Op::Umov => step(unsigned_to_general(size), destination(d), n as u8),
        Op::Smov => step(signed_to_general(size, q), destination(d), n as u8),
        _ => None,
    }
}

/// The lane `index` of a register.
#[inline(always)]
fn element<L: Lane>(cpu: &Cpu, register: u8, index: u8) -> L {
    let lanes = L::split(cpu.v_bytes(register));
    let lanes = lanes.as_ref();
    lanes[index as usize & (lanes.len() - 1)]
}

/// Writes `value` to every lane of `step.d`, up to `BYTES`.
#[inline(always)]
fn fill<L: Lane, const BYTES: usize>(cpu: &mut Cpu, step: &Step, value: L) -> Done {
    let register = cpu.v_bytes_mut(step.d);
    L::join(value.splat(), register);
    register[BYTES..].fill(0);
    Ok(())
}

/// Writes `value` to the lane `step.a` of `step.d`.
#[inline(always)]
fn insert<L: Lane>(cpu: &mut Cpu, step: &Step, value: L) -> Done {
    let register = cpu.v_bytes_mut(step.d);
    let mut lanes = L::split(register);
    let places = lanes.as_mut();
    places[step.a as usize & (places.len() - 1)] = value;
    L::join(lanes, register);
    Ok(())
}

fn duplicate_element(size: u32, q: bool) -> Option<Execute> {
    fn run<L: Lane, const BYTES: usize>(cpu: &mut Cpu, step: &Step) -> Done {
        fill::<L, BYTES>(cpu, step, element(cpu, step.n, step.a))
    }
    Some(match (size, q) {
        (0, false) => run::<u8, 8>,
        (0, true) => run::<u8, 16>,
        (1, false) => run::<u16, 8>,
        (1, true) => run::<u16, 16>,
        (2, false) => run::<u32, 8>,
        (2, true) => run::<u32, 16>,
        (3, true) => run::<u64, 16>,
        _ => return None,
    })
}

fn duplicate_general(size: u32, q: bool) -> Option<Execute> {
    fn run<L: Lane, const BYTES: usize>(cpu: &mut Cpu, step: &Step) -> Done {
        fill::<L, BYTES>(cpu, step, L::cut(cpu.x(step.n)))
    }
    Some(match (size, q) {
        (0, false) => run::<u8, 8>,
        (0, true) => run::<u8, 16>,
        (1, false) => run::<u16, 8>,
        (1, true) => run::<u16, 16>,
        (2, false) => run::<u32, 8>,
        (2, true) => run::<u32, 16>,
        (3, true) => run::<u64, 16>,
        _ => return None,
    })
}

/// DUP (element), scalar: MOV to a scalar register.
fn element_alone(size: u32) -> Option<Execute> {
    fn run<L: Lane>(cpu: &mut Cpu, step: &Step) -> Done {
        let value = element::<L>(cpu, step.n, step.a).extend();
        cpu.set_v(step.d, u128::from(value));
        Ok(())
    }
    unsigned(size, [run::<u8>, run::<u16>, run::<u32>, run::<u64>])
}

fn insert_general(size: u32) -> Option<Execute> {
    fn run<L: Lane>(cpu: &mut Cpu, step: &Step) -> Done {
        insert(cpu, step, L::cut(cpu.x(step.n)))
    }
    unsigned(size, [run::<u8>, run::<u16>, run::<u32>, run::<u64>])
}

fn insert_element(size: u32) -> Option<Execute> {
    fn run<L: Lane>(cpu: &mut Cpu, step: &Step) -> Done {
        insert::<L>(cpu, step, element(cpu, step.n, step.m))
    }
    unsigned(size, [run::<u8>, run::<u16>, run::<u32>, run::<u64>])
}

fn unsigned_to_general(size: u32) -> Option<Execute> {
    fn run<L: Lane>(cpu: &mut Cpu, step: &Step) -> Done {
        let value = element::<L>(cpu, step.n, step.a).extend();
        cpu.set_x(step.d, value);
        Ok(())
    }
    unsigned(size, [run::<u8>, run::<u16>, run::<u32>, run::<u64>])
}

fn signed_to_general(size: u32, q: bool) -> Option<Execute> {
    fn run<L: Lane, const Q: bool>(cpu: &mut Cpu, step: &Step) -> Done {
        let value = element::<L>(cpu, step.n, step.a).extend();
        cpu.set_x(step.d, if Q { value } else { u64::from(value as u32) });
        Ok(())
    }
    Some(match (size, q) {
        (0, false) => run::<i8, false>,
        (0, true) => run::<i8, true>,
        (1, false) => run::<i16, false>,
        (1, true) => run::<i16, true>,
        (2, true) => run::<i32, true>,
        _ => return None,
    })
}

/// The function for elements of `1 << size` bytes.
fn unsigned(size: u32, functions: [Execute; 4]) -> Option<Execute> {
    functions.get(size as usize).copied()
}
