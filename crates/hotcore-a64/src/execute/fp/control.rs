//! FPCR and FPSR of the PE, as arithmetic takes them.

use crate::cpu::Cpu;
use crate::fp::{Fpcr, Fpsr};

/// What `compute` gives under FPCR. It accumulates its exceptions in FPSR, which it finds as it is:
/// arithmetic is faster where there is nothing left to report.
#[inline(always)]
pub(super) fn controlled<R>(cpu: &mut Cpu, compute: impl FnOnce(Fpcr, &mut Fpsr) -> R) -> R {
    let mut fpsr = Fpsr::held(cpu.fpsr);
    let result = compute(Fpcr::held(cpu.fpcr), &mut fpsr);
    // Seldom: most often there is no store for the next instruction's load to wait for.
    if fpsr != Fpsr::held(cpu.fpsr) {
        cpu.fpsr = fpsr.bits() as u32;
    }
    result
}
