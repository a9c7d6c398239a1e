//! Loads and stores of one general-purpose register.

use super::mode::{Mode, Offset, Post, Pre, Register, SIGNED, UNSIGNED, Unprivileged, WHOLE};
use super::transferred;
use super::value::{ToW, ToX, Value, Zero};
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{access_size, bit, bits, imm12, rm, rn, rt, simm9, size};
use crate::memory::Width;
use crate::step::{Execute, Lowered, Step, or_sp, source};
use crate::trap::Done;

/// The step of `op`, if it is of this room.
pub(super) fn lower(op: Op, word: u32) -> Option<Lowered> {
    let (run, imm) = match op {
        Op::LoadStoreUnsigned => {
            let offset = (imm12(word) as u64) << access_size(word);
            (by_base::<Offset<true>, Offset<false>>(word)?, offset)
        }
        Op::LoadStoreUnscaled => (by_base::<Offset<true>, Offset<false>>(word)?, unscaled(word)),
        Op::LoadStorePre => (by_base::<Pre<true>, Pre<false>>(word)?, unscaled(word)),
        Op::LoadStorePost => (by_base::<Post<true>, Post<false>>(word)?, unscaled(word)),
        Op::LoadStoreUnprivileged => {
            (by_base::<Unprivileged<true>, Unprivileged<false>>(word)?, unscaled(word))
        }
        Op::LoadStoreRegister => (by_extend(word)?, 0),
        _ => return None,
    };
    let shift = if bit(word, 12) { access_size(word) as u8 } else { 0 };
    let slot = transferred(rt(word), size(word) != 0);
    let step = Step::new(run, word).d(slot).n(or_sp(rn(word))).imm(imm);
    Some(Lowered::next(step.m(source(rm(word))).a(shift)))
}

/// `imm9`.
pub(super) fn unscaled(word: u32) -> u64 {
    simm9(word).cast_unsigned()
}

fn by_extend(word: u32) -> Option<Execute> {
    match bits(word, 15, 13) {
        2 => by_base::<Register<true, UNSIGNED>, Register<false, UNSIGNED>>(word),
        6 => by_base::<Register<true, SIGNED>, Register<false, SIGNED>>(word),
        _ => by_base::<Register<true, WHOLE>, Register<false, WHOLE>>(word),
    }
}

fn by_base<OnSp: Mode, OnX: Mode>(word: u32) -> Option<Execute> {
    if rn(word) == 31 { choose::<OnSp>(word) } else { choose::<OnX>(word) }
}

/// By `size` and `opc`.
fn choose<M: Mode>(word: u32) -> Option<Execute> {
    Some(match (access_size(word), size(word)) {
        (0, 0) => store::<u8, M>,
        (0, 1) => load::<Zero<u8>, M>,
        (0, 2) => load::<ToX<u8>, M>,
        (0, 3) => load::<ToW<u8>, M>,
        (1, 0) => store::<u16, M>,
        (1, 1) => load::<Zero<u16>, M>,
        (1, 2) => load::<ToX<u16>, M>,
        (1, 3) => load::<ToW<u16>, M>,
        (2, 0) => store::<u32, M>,
        (2, 1) => load::<Zero<u32>, M>,
        (2, 2) => load::<ToX<u32>, M>,
        (3, 0) => store::<u64, M>,
        (3, 1) => load::<Zero<u64>, M>,
        _ => return None,
    })
}

/// Where the base is also what is loaded, the base's update wins (CONSTRAINED UNPREDICTABLE).
pub(super) fn load<V: Value, M: Mode>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = M::address(cpu, step)?;
    let value = M::load::<V::Memory>(cpu, address)?;
    cpu.set_x(step.d, V::extend(value));
    M::write_back(cpu, step, address);
    Ok(())
}

/// Where the base is also what is stored, its old value is (CONSTRAINED UNPREDICTABLE).
fn store<T: Width, M: Mode>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = M::address(cpu, step)?;
    M::store(cpu, address, T::from_u64(cpu.x(step.d)))?;
    M::write_back(cpu, step, address);
    Ok(())
}
