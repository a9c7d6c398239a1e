//! Single structures: to or from one lane of each register, or to all its lanes (LD1R and so on).
//!
//! The lane is in `a`; for the forms that replicate, the bytes of a register (8 or 16) are.

use super::{address, write_back};
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{bit, bits, q, rt};
use crate::memory::{Width, access};
use crate::step::{Execute, Step};
use crate::trap::{Done, Trapped};

/// The step of `op` and the bytes that it transfers, if it is of this room.
pub(super) fn lower(op: Op, word: u32) -> Option<(Step, u64)> {
    let scale = bits(word, 15, 14);
    // Of the index Q:S:size, as much is used as there are lanes.
    let index = (u32::from(q(word)) << 3 | bits(word, 12, 10)) as u8;
    // A doubleword has the `scale` of a word and `size` = 1.
    let (size, lane) = match scale {
        2 if bit(word, 10) => (3, index >> 3),
        3 => (bits(word, 11, 10), if q(word) { 16 } else { 8 }),
        _ => (scale, index >> scale),
    };
    let (run, elements) = choose(op, size)?;
    Some((Step::new(run, word).a(lane), elements << size))
}

fn choose(op: Op, size: u32) -> Option<(Execute, u64)> {
    Some(match op {
        Op::Ld1Single | Op::Ld1SinglePost => (load_by_size::<1>(size), 1),
        Op::Ld2Single | Op::Ld2SinglePost => (load_by_size::<2>(size), 2),
        Op::Ld3Single | Op::Ld3SinglePost => (load_by_size::<3>(size), 3),
        Op::Ld4Single | Op::Ld4SinglePost => (load_by_size::<4>(size), 4),
        Op::St1Single | Op::St1SinglePost => (store_by_size::<1>(size), 1),
        Op::St2Single | Op::St2SinglePost => (store_by_size::<2>(size), 2),
        Op::St3Single | Op::St3SinglePost => (store_by_size::<3>(size), 3),
        Op::St4Single | Op::St4SinglePost => (store_by_size::<4>(size), 4),
        Op::Ld1Replicate | Op::Ld1ReplicatePost => (replicate_by_size::<1>(size), 1),
        Op::Ld2Replicate | Op::Ld2ReplicatePost => (replicate_by_size::<2>(size), 2),
        Op::Ld3Replicate | Op::Ld3ReplicatePost => (replicate_by_size::<3>(size), 3),
        Op::Ld4Replicate | Op::Ld4ReplicatePost => (replicate_by_size::<4>(size), 4),
        _ => return None,
    })
}

fn load_by_size<const ELEMENTS: usize>(size: u32) -> Execute {
    match size {
        0 => load::<u8, ELEMENTS>,
        1 => load::<u16, ELEMENTS>,
        2 => load::<u32, ELEMENTS>,
        _ => load::<u64, ELEMENTS>,
    }
}

fn store_by_size<const ELEMENTS: usize>(size: u32) -> Execute {
    match size {
        0 => store::<u8, ELEMENTS>,
        1 => store::<u16, ELEMENTS>,
        2 => store::<u32, ELEMENTS>,
        _ => store::<u64, ELEMENTS>,
    }
}

fn replicate_by_size<const ELEMENTS: usize>(size: u32) -> Execute {
    match size {
        0 => replicate::<u8, ELEMENTS>,
        1 => replicate::<u16, ELEMENTS>,
        2 => replicate::<u32, ELEMENTS>,
        _ => replicate::<u64, ELEMENTS>,
    }
}

/// The register of one element of the structure.
fn register(step: &Step, element: usize) -> u8 {
    (rt(step.word) + element) as u8 & 31
}

/// Where the lane stands in its register, in bits.
fn shift<T: Width>(step: &Step) -> u32 {
    (step.a as u32 * 8 * T::SIZE as u32) & 127
}

/// The elements of the structure at `address`.
fn read<T: Width, const ELEMENTS: usize>(
    cpu: &mut Cpu,
    address: u64,
) -> Result<[u64; ELEMENTS], Trapped> {
    let mut values = [0; ELEMENTS];
    let mut at = address;
    for value in &mut values {
        *value = access::load::<T>(cpu, at)?.to_u64();
        at = at.wrapping_add(T::SIZE);
    }
    Ok(values)
}

fn load<T: Width, const ELEMENTS: usize>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = address(cpu, step)?;
    let values = read::<T, ELEMENTS>(cpu, address)?;
    let shift = shift::<T>(step);
    let lane = u128::MAX >> (128 - 8 * T::SIZE as u32) << shift;
    for (element, value) in values.into_iter().enumerate() {
        let number = register(step, element);
        cpu.set_v(number, cpu.v(number) & !lane | u128::from(value) << shift);
    }
    write_back(cpu, step, address);
    Ok(())
}

fn store<T: Width, const ELEMENTS: usize>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = address(cpu, step)?;
    let mut at = address;
    for element in 0..ELEMENTS {
        let value = cpu.v(register(step, element)) >> shift::<T>(step);
        access::store(cpu, at, T::from_u64(value as u64))?;
        at = at.wrapping_add(T::SIZE);
    }
    write_back(cpu, step, address);
    Ok(())
}

fn replicate<T: Width, const ELEMENTS: usize>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = address(cpu, step)?;
    let values = read::<T, ELEMENTS>(cpu, address)?;
    for (element, value) in values.into_iter().enumerate() {
        let mut bits = 8 * T::SIZE as u32;
        let mut all = u128::from(value);
        while bits < step.a as u32 * 8 {
            all |= all << bits;
            bits *= 2;
        }
        cpu.set_v(register(step, element), all);
    }
    write_back(cpu, step, address);
    Ok(())
}
