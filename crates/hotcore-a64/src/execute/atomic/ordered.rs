//! LDAR and STLR, of every size.

use super::address;
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{access_size, rn, rt};
use crate::memory::{Width, atomic};
use crate::step::{Execute, Lowered, Step, destination, or_sp, source};
use crate::trap::Done;

/// The step of `op`, if it is of this room.
pub(super) fn lower(op: Op, word: u32) -> Option<Lowered> {
    let (run, slot): (Execute, u8) = match (op, access_size(word)) {
        (Op::Ldar, 0) => (load::<u8>, destination(rt(word))),
        (Op::Ldar, 1) => (load::<u16>, destination(rt(word))),
        (Op::Ldar, 2) => (load::<u32>, destination(rt(word))),
        (Op::Ldar, _) => (load::<u64>, destination(rt(word))),
        (Op::Stlr, 0) => (store::<u8>, source(rt(word))),
        (Op::Stlr, 1) => (store::<u16>, source(rt(word))),
        (Op::Stlr, 2) => (store::<u32>, source(rt(word))),
        (Op::Stlr, _) => (store::<u64>, source(rt(word))),
        _ => return None,
    };
    Some(Lowered::next(Step::new(run, word).d(slot).n(or_sp(rn(word)))))
}

fn load<T: Width>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = address(cpu, step)?;
    let value: T = atomic::load_acquire(cpu, address)?;
    cpu.set_x(step.d, value.to_u64());
    Ok(())
}

fn store<T: Width>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = address(cpu, step)?;
    atomic::store_release(cpu, address, T::from_u64(cpu.x(step.d)))
}
