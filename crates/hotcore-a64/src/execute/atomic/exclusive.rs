//! LDXR, STXR and their like, of one register and of pairs.
//!
//! A pair is one access of twice the size. The slot of Rs (the status) is in `a`, of Rt2 in `m`.

use super::address;
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{access_size, rn, rs, rt, rt2};
use crate::memory::atomic::{self, Whole};
use crate::step::{Execute, Lowered, Step, destination, or_sp, source};
use crate::trap::Done;

/// The step of `op`, if it is of this room.
pub(super) fn lower(op: Op, word: u32) -> Option<Lowered> {
    let run: Execute = match (op, access_size(word)) {
        (Op::Ldxr | Op::Ldaxr, 0) => load::<u8>,
        (Op::Ldxr | Op::Ldaxr, 1) => load::<u16>,
        (Op::Ldxr | Op::Ldaxr, 2) => load::<u32>,
        (Op::Ldxr | Op::Ldaxr, _) => load::<u64>,
        (Op::Stxr | Op::Stlxr, 0) => store::<u8>,
        (Op::Stxr | Op::Stlxr, 1) => store::<u16>,
        (Op::Stxr | Op::Stlxr, 2) => store::<u32>,
        (Op::Stxr | Op::Stlxr, _) => store::<u64>,
        (Op::Ldxp | Op::Ldaxp, 2) => load_pair::<u64>,
        (Op::Ldxp | Op::Ldaxp, _) => load_pair::<u128>,
        (Op::Stxp | Op::Stlxp, 2) => store_pair::<u64>,
        (Op::Stxp | Op::Stlxp, _) => store_pair::<u128>,
        _ => return None,
    };
    let loads = matches!(op, Op::Ldxr | Op::Ldaxr | Op::Ldxp | Op::Ldaxp);
    let slot = if loads { destination } else { source };
    let step = Step::new(run, word).d(slot(rt(word))).m(slot(rt2(word)));
    Some(Lowered::next(step.n(or_sp(rn(word))).a(destination(rs(word)))))
}

fn load<T: Whole>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = address(cpu, step)?;
    let value: T = atomic::load_exclusive(cpu, address)?;
    cpu.set_x(step.d, value.to_u64());
    Ok(())
}

fn store<T: Whole>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = address(cpu, step)?;
    let stored = atomic::store_exclusive(cpu, address, T::from_u64(cpu.x(step.d)))?;
    cpu.set_x(step.a, u64::from(!stored));
    Ok(())
}

fn load_pair<T: Whole>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = address(cpu, step)?;
    let value: T = atomic::load_exclusive(cpu, address)?;
    let (first, second) = cpu.split(value);
    cpu.set_x(step.d, first);
    cpu.set_x(step.m, second);
    Ok(())
}

fn store_pair<T: Whole>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = address(cpu, step)?;
    let value: T = cpu.join(cpu.x(step.d), cpu.x(step.m));
    let stored = atomic::store_exclusive(cpu, address, value)?;
    cpu.set_x(step.a, u64::from(!stored));
    Ok(())
}

impl Cpu {
    /// The registers of a pair. The first has the lower address, whatever the byte order.
    pub(super) fn split<T: Whole>(&self, value: T) -> (u64, u64) {
        let bits = T::SIZE as u32 * 4;
        let low = (value.to_u128() & (u128::MAX >> (128 - bits))) as u64;
        let high = (value.to_u128() >> bits) as u64;
        if self.system.data_is_big_endian(self.level) { (high, low) } else { (low, high) }
    }

    /// The value whose halves are the low bits of the registers of a pair.
    pub(super) fn join<T: Whole>(&self, first: u64, second: u64) -> T {
        let bits = T::SIZE as u32 * 4;
        let big_endian = self.system.data_is_big_endian(self.level);
        let (low, high) = if big_endian { (second, first) } else { (first, second) };
        let low = u128::from(low) & (u128::MAX >> (128 - bits));
        T::from_u128(low | u128::from(high) << bits)
    }
}
