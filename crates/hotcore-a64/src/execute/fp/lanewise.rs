//! Instructions that compute every element of the result from the elements at its place, or from one
//! element of Rm for all of them. All operands are read before the result is written.

use super::arrangement::{Arrangement, arranged};
use super::binary::Binary;
use super::control::controlled;
use super::element::{Element, lanes};
use super::operation::Unary;
use super::registers;
use super::ternary::Ternary;
use crate::cpu::Cpu;
use crate::decode::fields::{bits, sz};
use crate::fp::{Arithmetic, F32, F64};
use crate::step::Step;
use crate::trap::Done;

/// `U` of Rn. `a` holds the fraction bits of a fixed-point number.
pub(super) fn unary<U: Unary>(arrangement: Arrangement, word: u32) -> Step {
    registers(arranged!(arrangement, run_unary::<U>), word)
}

fn run_unary<F: Element + Arithmetic, U: Unary, const N: usize>(
    cpu: &mut Cpu,
    step: &Step,
) -> Done {
    let n = *cpu.v_bytes(step.n);
    let result = controlled(cpu, |fpcr, fpsr| {
        lanes::<F, N>(|index| U::result::<F>(F::lane(&n, index), step.a, fpcr, fpsr))
    });
    *cpu.v_bytes_mut(step.d) = result;
    Ok(())
}

/// `B` of Rn and Rm.
pub(super) fn binary<B: Binary>(arrangement: Arrangement, word: u32) -> Step {
    registers(arranged!(arrangement, run_binary::<B>), word)
}

fn run_binary<F: Element + Arithmetic, B: Binary, const N: usize>(
    cpu: &mut Cpu,
    step: &Step,
) -> Done {
    let (n, m) = (*cpu.v_bytes(step.n), *cpu.v_bytes(step.m));
    let result = controlled(cpu, |fpcr, fpsr| {
        lanes::<F, N>(|i| B::result::<F>(F::lane(&n, i), F::lane(&m, i), fpcr, fpsr))
    });
    *cpu.v_bytes_mut(step.d) = result;
    Ok(())
}

/// `B` of Rn and an element of Rm, whose index is the step's immediate.
pub(super) fn binary_by_element<B: Binary>(arrangement: Arrangement, word: u32) -> Step {
    registers(arranged!(arrangement, run_binary_by_element::<B>), word).imm(element_index(word))
}

fn run_binary_by_element<F: Element + Arithmetic, B: Binary, const N: usize>(
    cpu: &mut Cpu,
    step: &Step,
) -> Done {
    let n = *cpu.v_bytes(step.n);
    let m = F::lane(cpu.v_bytes(step.m), step.imm as usize);
    let result = controlled(cpu, |fpcr, fpsr| {
        lanes::<F, N>(|i| B::result::<F>(F::lane(&n, i), m, fpcr, fpsr))
    });
    *cpu.v_bytes_mut(step.d) = result;
    Ok(())
}

/// `T` of the addend in the register `a`, Rn and Rm.
pub(super) fn ternary<T: Ternary>(arrangement: Arrangement, word: u32) -> Step {
    registers(arranged!(arrangement, run_ternary::<T>), word)
}

fn run_ternary<F: Element + Arithmetic, T: Ternary, const N: usize>(
    cpu: &mut Cpu,
    step: &Step,
) -> Done {
    let (a, n, m) = (*cpu.v_bytes(step.a), *cpu.v_bytes(step.n), *cpu.v_bytes(step.m));
    let result = controlled(cpu, |fpcr, fpsr| {
        lanes::<F, N>(|i| {
            T::result::<F>(F::lane(&a, i), F::lane(&n, i), F::lane(&m, i), fpcr, fpsr)
        })
    });
    *cpu.v_bytes_mut(step.d) = result;
    Ok(())
}

/// `T` of the addend in the register `a`, Rn and an element of Rm, whose index is the step's
/// immediate.
pub(super) fn ternary_by_element<T: Ternary>(arrangement: Arrangement, word: u32) -> Step {
    registers(arranged!(arrangement, run_ternary_by_element::<T>), word).imm(element_index(word))
}

fn run_ternary_by_element<F: Element + Arithmetic, T: Ternary, const N: usize>(
    cpu: &mut Cpu,
    step: &Step,
) -> Done {
    let (a, n) = (*cpu.v_bytes(step.a), *cpu.v_bytes(step.n));
    let m = F::lane(cpu.v_bytes(step.m), step.imm as usize);
    let result = controlled(cpu, |fpcr, fpsr| {
        lanes::<F, N>(|i| T::result::<F>(F::lane(&a, i), F::lane(&n, i), m, fpcr, fpsr))
    });
    *cpu.v_bytes_mut(step.d) = result;
    Ok(())
}

/// H:L, or H alone for double precision.
fn element_index(word: u32) -> u64 {
    let (h, l) = (bits(word, 11, 11), bits(word, 21, 21));
    u64::from(if sz(word) { h } else { h << 1 | l })
}
