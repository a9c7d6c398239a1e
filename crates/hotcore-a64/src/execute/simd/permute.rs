//! EXT, TBL, TBX, ZIP, UZP, TRN and REV: elements from other places.

use super::lane::{Lane, Narrow};
use super::registers;
use super::shape::{Shape, each};
use crate::cpu::Cpu;
use crate::decode::{Op, fields};
use crate::step::{Execute, Step};
use crate::trap::Done;

/// Bytes of the largest table.
const TABLE: usize = 64;

pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let q = fields::q(word);
    match op {
        Op::Ext => {
            return Some(registers(extract(fields::bits(word, 14, 11), q)?, word));
        }
        Op::Tbl | Op::Tbx => {
            let registers_less_1 = fields::bits(word, 14, 13) as u8;
            return Some(registers(look_up(op, q)?, word).a(registers_less_1));
        }
        _ => {}
    }
    let shape = Shape::of(word, fields::size(word));
    let run = interleave(op, shape).or_else(|| reverse(op, shape))?;
    Some(registers(run, word))
}

/// The lanes of n and m, in the order that `from` tells: `from(place, lanes)` answers whether the
/// lane is of m, and which.
#[inline(always)]
fn permute<L: Lane, const BYTES: usize, From: Fn(usize, usize) -> (bool, usize)>(
    cpu: &mut Cpu,
    step: &Step,
    from: From,
) {
    let n = L::split(cpu.v_bytes(step.n));
    let m = L::split(cpu.v_bytes(step.m));
    let count = BYTES / size_of::<L>();
    let mut d = n;
    for at in 0..count {
        let (second, place) = from(at, count);
        d.as_mut()[at] = if second { m.as_ref()[place] } else { n.as_ref()[place] };
    }
    let register = cpu.v_bytes_mut(step.d);
    L::join(d, register);
    register[BYTES..].fill(0);
}

fn interleave(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::Zip1 => each!(permute unsigned, shape, |at, _| (at & 1 == 1, at / 2)),
        Op::Zip2 => each!(permute unsigned, shape, |at, count| (at & 1 == 1, count / 2 + at / 2)),
        Op::Trn1 => each!(permute unsigned, shape, |at, _| (at & 1 == 1, at & !1)),
        Op::Trn2 => each!(permute unsigned, shape, |at, _| (at & 1 == 1, at | 1)),
        Op::Uzp1 => {
            each!(permute unsigned, shape, |at, count| (2 * at >= count, 2 * at % count))
        }
        Op::Uzp2 => {
            each!(permute unsigned, shape, |at, count| (2 * at >= count, 2 * at % count + 1))
        }
        _ => None,
    }
}

/// REV64, REV32, REV16: the elements of each container the other way round. A container holds a power
/// of two of them, so that the place is the other one with every bit of its low part inverted.
fn reverse(op: Op, shape: Shape) -> Option<Execute> {
    match op {
        Op::Rev64Vector => {
            each!(permute unsigned_narrow, shape, |at, _| (false, at ^ (8 / size_of::<L>() - 1)))
        }
        Op::Rev32Vector => {
            each!(permute halves, shape, |at, _| (false, at ^ (4 / size_of::<L>() - 1)))
        }
        Op::Rev16Vector => each!(permute bytes, shape, |at, _| (false, at ^ 1)),
        _ => None,
    }
}

/// EXT: a function for each place, because only constant places make a shuffle of the host.
fn extract(from: u32, q: bool) -> Option<Execute> {
    macro_rules! by_place {
        ($($q:literal $bytes:literal [$($from:literal)*])*) => {
            match (q, from) {
                $($(($q, $from) => Some(extract_from::<$from, $bytes> as Execute),)*)*
                _ => None,
            }
        };
    }
    by_place!(true 16 [0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15] false 8 [0 1 2 3 4 5 6 7])
}

/// The bytes of n, then of m, `FROM` places down.
fn extract_from<const FROM: usize, const BYTES: usize>(cpu: &mut Cpu, step: &Step) -> Done {
    permute::<u8, BYTES, _>(cpu, step, |at, count| (at + FROM >= count, (at + FROM) % count));
    Ok(())
}

fn look_up(op: Op, q: bool) -> Option<Execute> {
    Some(match (op, q) {
        (Op::Tbl, false) => table::<false, 8>,
        (Op::Tbl, true) => table::<false, 16>,
        (Op::Tbx, false) => table::<true, 8>,
        (Op::Tbx, true) => table::<true, 16>,
        _ => return None,
    })
}

/// TBL and TBX: bytes of the registers from n on, at the indices in m. An index outside the table gives
/// zero, or with `KEEPS` (TBX) leaves the byte of d.
fn table<const KEEPS: bool, const BYTES: usize>(cpu: &mut Cpu, step: &Step) -> Done {
    let mut table = [0; TABLE];
    let (registers, _) = table.as_chunks_mut::<16>();
    let used = step.a & 3;
    for (number, register) in (0..=used).zip(registers) {
        *register = *cpu.v_bytes(step.n.wrapping_add(number));
    }
    let length = 16 * (used + 1);
    let indices = *cpu.v_bytes(step.m);
    let register = cpu.v_bytes_mut(step.d);
    for (byte, index) in register[..BYTES].iter_mut().zip(indices) {
        let found = table[index as usize % TABLE];
        let outside = if KEEPS { *byte } else { 0 };
        *byte = if index < length { found } else { outside };
    }
    register[BYTES..].fill(0);
    Ok(())
}
