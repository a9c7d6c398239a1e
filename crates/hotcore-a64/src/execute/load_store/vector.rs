//! Loads and stores of one and of two SIMD&FP registers.

use super::literal_offset;
use super::mode::{Literal, Mode, Offset, Post, Pre, Register, SIGNED, UNSIGNED, WHOLE};
use super::register::unscaled;
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{access_size, bit, bits, imm12, rm, rn, rt, rt2, simm7};
use crate::memory::{Width, access};
use crate::step::{Execute, Lowered, Step, or_sp, source};
use crate::trap::{Done, Trapped};

/// The step of `op`, if it is of this room.
pub(super) fn lower(op: Op, word: u32, offset: u32) -> Option<Lowered> {
    let (run, imm) = match op {
        Op::LoadStoreUnsignedSimd => {
            let bytes = (imm12(word) as u64) << log2_bytes(word);
            (by_base::<Offset<true>, Offset<false>>(word), bytes)
        }
        Op::LoadStoreUnscaledSimd => (by_base::<Offset<true>, Offset<false>>(word), unscaled(word)),
        Op::LoadStorePreSimd => (by_base::<Pre<true>, Pre<false>>(word), unscaled(word)),
        Op::LoadStorePostSimd => (by_base::<Post<true>, Post<false>>(word), unscaled(word)),
        Op::LoadStoreRegisterSimd => (by_extend(word), 0),
        Op::LoadLiteralSimd => (literal(word), literal_offset(word, offset)),
        _ => return lower_pair(op, word),
    };
    let shift = if bit(word, 12) { log2_bytes(word) } else { 0 };
    let step = Step::new(run, word).d(rt(word) as u8).n(or_sp(rn(word))).imm(imm);
    Some(Lowered::fp(step.m(source(rm(word))).a(shift)))
}

fn lower_pair(op: Op, word: u32) -> Option<Lowered> {
    let run = match op {
        // That the data will hardly be used again is only a hint.
        Op::LoadStorePairSimd | Op::LoadStorePairNonTemporalSimd => {
            pair_by_base::<Offset<true>, Offset<false>>(word)
        }
        Op::LoadStorePairPreSimd => pair_by_base::<Pre<true>, Pre<false>>(word),
        Op::LoadStorePairPostSimd => pair_by_base::<Post<true>, Post<false>>(word),
        _ => return None,
    };
    let imm = (simm7(word) << (2 + access_size(word))).cast_unsigned();
    let step = Step::new(run, word).d(rt(word) as u8).m(rt2(word) as u8);
    Some(Lowered::fp(step.n(or_sp(rn(word))).imm(imm)))
}

/// `opc<1>` makes a byte access one of 16 bytes.
fn log2_bytes(word: u32) -> u8 {
    if bit(word, 23) { 4 } else { access_size(word) as u8 }
}

fn by_extend(word: u32) -> Execute {
    match bits(word, 15, 13) {
        2 => by_base::<Register<true, UNSIGNED>, Register<false, UNSIGNED>>(word),
        6 => by_base::<Register<true, SIGNED>, Register<false, SIGNED>>(word),
        _ => by_base::<Register<true, WHOLE>, Register<false, WHOLE>>(word),
    }
}

fn by_base<OnSp: Mode, OnX: Mode>(word: u32) -> Execute {
    if rn(word) == 31 { choose::<OnSp>(word) } else { choose::<OnX>(word) }
}

/// By `size` and `opc`.
fn choose<M: Mode>(word: u32) -> Execute {
    match (log2_bytes(word), bit(word, 22)) {
        (0, false) => store::<u8, M>,
        (0, true) => load::<u8, M>,
        (1, false) => store::<u16, M>,
        (1, true) => load::<u16, M>,
        (2, false) => store::<u32, M>,
        (2, true) => load::<u32, M>,
        (3, false) => store::<u64, M>,
        (3, true) => load::<u64, M>,
        (_, false) => store::<u128, M>,
        (_, true) => load::<u128, M>,
    }
}

fn literal(word: u32) -> Execute {
    match access_size(word) {
        0 => load::<u32, Literal>,
        1 => load::<u64, Literal>,
        _ => load::<u128, Literal>,
    }
}

fn pair_by_base<OnSp: Mode, OnX: Mode>(word: u32) -> Execute {
    if rn(word) == 31 { choose_pair::<OnSp>(word) } else { choose_pair::<OnX>(word) }
}

/// By `opc` and `L`.
fn choose_pair<M: Mode>(word: u32) -> Execute {
    match (access_size(word), bit(word, 22)) {
        (0, false) => store_pair::<u32, M>,
        (0, true) => load_pair::<u32, M>,
        (1, false) => store_pair::<u64, M>,
        (1, true) => load_pair::<u64, M>,
        (_, false) => store_pair::<u128, M>,
        (_, true) => load_pair::<u128, M>,
    }
}

/// What a SIMD&FP register has in common with memory: its low bytes; the others are zero.
trait Scalar: Width {
    fn read(cpu: &mut Cpu, address: u64) -> Result<u128, Trapped>;
    fn write(cpu: &mut Cpu, address: u64, value: u128) -> Done;
}

macro_rules! scalars {
    ($($int:ty)*) => {$(
        impl Scalar for $int {
            #[inline(always)]
            fn read(cpu: &mut Cpu, address: u64) -> Result<u128, Trapped> {
                Ok(u128::from(access::load::<$int>(cpu, address)?))
            }

            #[inline(always)]
            fn write(cpu: &mut Cpu, address: u64, value: u128) -> Done {
                access::store(cpu, address, value as $int)
            }
        }
    )*};
}
scalars! { u8 u16 u32 u64 }

impl Scalar for u128 {
    #[inline(always)]
    fn read(cpu: &mut Cpu, address: u64) -> Result<u128, Trapped> {
        access::load_quad(cpu, address)
    }

    #[inline(always)]
    fn write(cpu: &mut Cpu, address: u64, value: u128) -> Done {
        access::store_quad(cpu, address, value)
    }
}

fn load<T: Scalar, M: Mode>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = M::address(cpu, step)?;
    let value = T::read(cpu, address)?;
    cpu.set_v(step.d, value);
    M::write_back(cpu, step, address);
    Ok(())
}

fn store<T: Scalar, M: Mode>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = M::address(cpu, step)?;
    T::write(cpu, address, cpu.v(step.d))?;
    M::write_back(cpu, step, address);
    Ok(())
}

/// Where both registers are the same one, the second value wins (CONSTRAINED UNPREDICTABLE).
fn load_pair<T: Scalar, M: Mode>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = M::address(cpu, step)?;
    let first = T::read(cpu, address)?;
    let second = T::read(cpu, address.wrapping_add(T::SIZE))?;
    cpu.set_v(step.d, first);
    cpu.set_v(step.m, second);
    M::write_back(cpu, step, address);
    Ok(())
}

fn store_pair<T: Scalar, M: Mode>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = M::address(cpu, step)?;
    T::write(cpu, address, cpu.v(step.d))?;
    T::write(cpu, address.wrapping_add(T::SIZE), cpu.v(step.m))?;
    M::write_back(cpu, step, address);
    Ok(())
}
