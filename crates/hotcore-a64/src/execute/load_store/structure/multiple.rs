//! Multiple structures: as many as the registers have lanes.
//!
//! The bytes of a register (8 or 16) are in `a`. Memory passes through a buffer, so that no register
//! changes before every access has succeeded.

use super::{MOST, address, write_back};
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{bits, q, rt};
use crate::memory::{Width, access};
use crate::step::{Execute, Step};
use crate::trap::Done;

/// The step of `op` and the bytes that it transfers, if it is of this room.
pub(super) fn lower(op: Op, word: u32) -> Option<(Step, u64)> {
    let (run, registers) = choose(op, word)?;
    let bytes: u8 = if q(word) { 16 } else { 8 };
    Some((Step::new(run, word).a(bytes), registers * bytes as u64))
}

/// By the registers that are transferred and, for LD1 and ST1, `opcode`.
fn choose(op: Op, word: u32) -> Option<(Execute, u64)> {
    let single_registers = match bits(word, 15, 12) {
        0b0111 => 1,
        0b1010 => 2,
        0b0110 => 3,
        _ => 4,
    };
    let (run, registers) = match op {
        Op::Ld1Multiple | Op::Ld1MultiplePost => match single_registers {
            1 => (load_by_size::<1, 1>(word), 1),
            2 => (load_by_size::<2, 1>(word), 2),
            3 => (load_by_size::<3, 1>(word), 3),
            _ => (load_by_size::<4, 1>(word), 4),
        },
        Op::Ld2Multiple | Op::Ld2MultiplePost => (load_by_size::<2, 2>(word), 2),
        Op::Ld3Multiple | Op::Ld3MultiplePost => (load_by_size::<3, 3>(word), 3),
        Op::Ld4Multiple | Op::Ld4MultiplePost => (load_by_size::<4, 4>(word), 4),
        Op::St1Multiple | Op::St1MultiplePost => match single_registers {
            1 => (store_by_size::<1, 1>(word), 1),
            2 => (store_by_size::<2, 1>(word), 2),
            3 => (store_by_size::<3, 1>(word), 3),
            _ => (store_by_size::<4, 1>(word), 4),
        },
        Op::St2Multiple | Op::St2MultiplePost => (store_by_size::<2, 2>(word), 2),
        Op::St3Multiple | Op::St3MultiplePost => (store_by_size::<3, 3>(word), 3),
        Op::St4Multiple | Op::St4MultiplePost => (store_by_size::<4, 4>(word), 4),
        _ => return None,
    };
    Some((run, registers))
}

fn load_by_size<const REGISTERS: usize, const ELEMENTS: usize>(word: u32) -> Execute {
    match bits(word, 11, 10) {
        0 => load::<u8, REGISTERS, ELEMENTS>,
        1 => load::<u16, REGISTERS, ELEMENTS>,
        2 => load::<u32, REGISTERS, ELEMENTS>,
        _ => load::<u64, REGISTERS, ELEMENTS>,
    }
}

fn store_by_size<const REGISTERS: usize, const ELEMENTS: usize>(word: u32) -> Execute {
    match bits(word, 11, 10) {
        0 => store::<u8, REGISTERS, ELEMENTS>,
        1 => store::<u16, REGISTERS, ELEMENTS>,
        2 => store::<u32, REGISTERS, ELEMENTS>,
        _ => store::<u64, REGISTERS, ELEMENTS>,
    }
}

/// Into `REGISTERS` registers, structures of `ELEMENTS` elements.
fn load<T: Width, const REGISTERS: usize, const ELEMENTS: usize>(
    cpu: &mut Cpu,
    step: &Step,
) -> Done {
    let address = address(cpu, step)?;
    let bytes = step.a as usize;
    let mut memory = [0; MOST];
    read::<T>(cpu, address, &mut memory[..(REGISTERS * bytes).min(MOST)])?;
    let mut registers = [[0; 16]; REGISTERS];
    for (at, register, lane) in places::<T, REGISTERS, ELEMENTS>(bytes) {
        registers[register][lane..lane + size::<T>()]
            .copy_from_slice(&memory[at..at + size::<T>()]);
    }
    for (number, register) in registers.into_iter().enumerate() {
        cpu.set_v((rt(step.word) + number) as u8 & 31, u128::from_le_bytes(register));
    }
    write_back(cpu, step, address);
    Ok(())
}

/// From `REGISTERS` registers, structures of `ELEMENTS` elements.
fn store<T: Width, const REGISTERS: usize, const ELEMENTS: usize>(
    cpu: &mut Cpu,
    step: &Step,
) -> Done {
    let address = address(cpu, step)?;
    let bytes = step.a as usize;
    let mut registers = [[0; 16]; REGISTERS];
    for (number, register) in registers.iter_mut().enumerate() {
        *register = cpu.v((rt(step.word) + number) as u8 & 31).to_le_bytes();
    }
    let mut memory = [0; MOST];
    for (at, register, lane) in places::<T, REGISTERS, ELEMENTS>(bytes) {
        memory[at..at + size::<T>()]
            .copy_from_slice(&registers[register][lane..lane + size::<T>()]);
    }
    write::<T>(cpu, address, &memory[..(REGISTERS * bytes).min(MOST)])?;
    write_back(cpu, step, address);
    Ok(())
}

/// Where each element stands: in memory, in which register, and where in that.
#[inline(always)]
fn places<T: Width, const REGISTERS: usize, const ELEMENTS: usize>(
    bytes: usize,
) -> impl Iterator<Item = (usize, usize, usize)> {
    let lanes = bytes.min(16) / size::<T>();
    (0..REGISTERS / ELEMENTS).flat_map(move |first| {
        (0..lanes).flat_map(move |lane| {
            (0..ELEMENTS).map(move |element| {
                let before = (first * lanes + lane) * ELEMENTS + element;
                (before * size::<T>(), first + element, lane * size::<T>())
            })
        })
    })
}

const fn size<T>() -> usize {
    size_of::<T>()
}

/// Whether memory can be accessed by doublewords: each is aligned, and their bytes are in the order
/// of the elements.
fn by_doublewords(cpu: &Cpu, address: u64) -> bool {
    address.is_multiple_of(8) && !cpu.system.data_is_big_endian(cpu.level)
}

/// Reads elements from memory; each is little-endian in `bytes`.
fn read<T: Width>(cpu: &mut Cpu, address: u64, bytes: &mut [u8]) -> Done {
    if by_doublewords(cpu, address) {
        read_as::<u64>(cpu, address, bytes)
    } else {
        read_as::<T>(cpu, address, bytes)
    }
}

fn read_as<T: Width>(cpu: &mut Cpu, address: u64, bytes: &mut [u8]) -> Done {
    let mut at = address;
    for element in bytes.chunks_exact_mut(size::<T>()) {
        let value: T = access::load(cpu, at)?;
        element.copy_from_slice(&value.to_u64().to_le_bytes()[..size::<T>()]);
        at = at.wrapping_add(T::SIZE);
    }
    Ok(())
}

/// Writes elements to memory; each is little-endian in `bytes`.
fn write<T: Width>(cpu: &mut Cpu, address: u64, bytes: &[u8]) -> Done {
    if by_doublewords(cpu, address) {
        write_as::<u64>(cpu, address, bytes)
    } else {
        write_as::<T>(cpu, address, bytes)
    }
}

fn write_as<T: Width>(cpu: &mut Cpu, address: u64, bytes: &[u8]) -> Done {
    let mut at = address;
    for element in bytes.chunks_exact(size::<T>()) {
        let mut value = [0; 8];
        value[..size::<T>()].copy_from_slice(element);
        access::store(cpu, at, T::from_u64(u64::from_le_bytes(value)))?;
        at = at.wrapping_add(T::SIZE);
    }
    Ok(())
}
