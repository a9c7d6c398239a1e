//! Branches, and the exceptions that instructions ask for (SVC, HVC, SMC, BRK, HLT, ERET).

use crate::decode::Op;
use crate::exception::Exception;
use crate::pstate::Level;
use crate::step::{Lowered, Step};
use crate::trap::Trap;

/// The step of `op`, if it is of this room.
pub(crate) fn lower(op: Op, word: u32, _offset: u32) -> Option<Lowered> {
    let step = match op {
        Op::Hvc | Op::Smc => Step::new(
            |cpu, _| {
                let call = cpu.level == Level::El1;
                Err(if call { cpu.trap(Trap::Call) } else { cpu.raise(Exception::undefined()) })
            },
            word,
        ),
        _ => return None,
    };
    Some(Lowered::ends(step))
}
