//! MSR, MRS, SYS, barriers and hints.
//!
//! Which registers and System instructions there are is in [`crate::system::table`]; this room
//! decodes. Arm ARM, C4.1.66 (Branches, Exception Generating and System instructions).

#![expect(clippy::unnecessary_wraps, reason = "every step has the same type")]

mod barrier;
mod hint;

use crate::block::undefined;
use crate::decode::Op;
use crate::decode::fields::{bits, rt};
use crate::step::{Lowered, Step, destination, source};
use crate::system::pstate::{daif_clear, daif_set, set_spsel};
use crate::system::table::{encoding_of, least, way_to_read, way_to_write};

/// The step of `op`, if it is of this room.
pub(crate) fn lower(op: Op, word: u32, _offset: u32) -> Option<Lowered> {
    Some(match op {
        Op::Mrs => mrs(word),
        Op::MsrRegister | Op::Sys => msr(word),
        Op::MsrImmediate => msr_immediate(word),
        // There is no System instruction with a result.
        Op::Sysl => undefined(word),
        Op::Hint => hint::lower(word),
        Op::Clrex | Op::Dsb | Op::Dmb | Op::Isb => return barrier::lower(op, word),
        _ => return None,
    })
}

fn mrs(word: u32) -> Lowered {
    let way = way_to_read(encoding_of(word));
    way.map_or_else(|| undefined(word), |way| way.lowered(word, destination(rt(word))))
}

fn msr(word: u32) -> Lowered {
    let way = way_to_write(encoding_of(word));
    way.map_or_else(|| undefined(word), |way| way.lowered(word, source(rt(word))))
}

/// MSR (immediate): 18:16 op1 | 11:8 CRm, the immediate | 7:5 op2.
fn msr_immediate(word: u32) -> Lowered {
    let immediate = u64::from(bits(word, 11, 8));
    // As DAIF stands in SPSR_EL1.
    let mask = immediate << 6;
    match (bits(word, 18, 16), bits(word, 7, 5)) {
        (0, 5) => Lowered::next(Step::new(spsel, word).imm(immediate)),
        (3, 6) => Lowered::next(Step::new(daif_set, word).imm(mask)),
        (3, 7) => Lowered::ends(Step::new(daif_clear, word).imm(mask)),
        _ => undefined(word),
    }
}

fn spsel(cpu: &mut crate::Cpu, step: &Step) -> crate::trap::Done {
    least(cpu, crate::Level::El1)?;
    set_spsel(cpu, step, step.imm)
}

#[cfg(test)]
mod tests;
