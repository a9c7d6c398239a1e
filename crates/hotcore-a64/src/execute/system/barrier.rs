//! Barriers, and CLREX.
//!
//! The host's order is at least what a guest's plain accesses may rely on; a DMB of loads acquires,
//! one of stores releases, everything else is a full fence.

use std::sync::atomic::{Ordering, fence};

use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::bits;
use crate::step::{Lowered, Step};
use crate::trap::Done;

/// The step of a barrier.
pub(super) fn lower(op: Op, word: u32) -> Option<Lowered> {
    Some(match op {
        Op::Clrex => Lowered::next(Step::new(clrex, word)),
        Op::Dsb => Lowered::next(Step::new(dsb, word)),
        // CRm<1:0> is the kind of access: 1 loads, 2 stores; the domain does not matter.
        Op::Dmb => Lowered::next(match bits(word, 9, 8) {
            1 => Step::new(dmb_loads, word),
            2 => Step::new(dmb_stores, word),
            _ => Step::new(dmb, word),
        }),
        Op::Isb => Lowered::ends(Step::new(isb, word)),
        _ => return None,
    })
}

fn clrex(cpu: &mut Cpu, _: &Step) -> Done {
    cpu.monitor.clear();
    Ok(())
}

fn dsb(cpu: &mut Cpu, _: &Step) -> Done {
    fence(Ordering::SeqCst);
    cpu.await_others();
    Ok(())
}

fn dmb(_: &mut Cpu, _: &Step) -> Done {
    fence(Ordering::SeqCst);
    Ok(())
}

fn dmb_loads(_: &mut Cpu, _: &Step) -> Done {
    fence(Ordering::Acquire);
    Ok(())
}

fn dmb_stores(_: &mut Cpu, _: &Step) -> Done {
    fence(Ordering::Release);
    Ok(())
}

/// The next instruction is looked up anew: the block ends, and the generation of code pages is not read
/// before what the guest has read so far.
fn isb(_: &mut Cpu, _: &Step) -> Done {
    fence(Ordering::Acquire);
    Ok(())
}
