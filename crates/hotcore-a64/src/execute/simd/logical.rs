//! AND, BIC, ORR, ORN, EOR and the bitwise selections: whole registers.

use super::registers;
use crate::cpu::Cpu;
use crate::decode::{Op, fields};
use crate::step::{Execute, Step};
use crate::trap::Done;

/// Picks the function for the width: `bitwise!(q, |d, n, m| n & m)`.
macro_rules! bitwise {
    ($q:expr, $bits:expr) => {{
        fn execute<const Q: bool>(cpu: &mut Cpu, step: &Step) -> Done {
            bitwise::<Q>(cpu, step, $bits);
            Ok(())
        }
        let execute: Execute = if $q { execute::<true> } else { execute::<false> };
        execute
    }};
}

#[inline(always)]
fn bitwise<const Q: bool>(cpu: &mut Cpu, step: &Step, bits: impl Fn(u128, u128, u128) -> u128) {
    let value = bits(cpu.v(step.d), cpu.v(step.n), cpu.v(step.m));
    cpu.set_v(step.d, if Q { value } else { value as u64 as u128 });
}

pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let q = fields::q(word);
    let run = match op {
        Op::AndVector => bitwise!(q, |_, n, m| n & m),
        Op::BicVector => bitwise!(q, |_, n, m| n & !m),
        Op::OrrVector => bitwise!(q, |_, n, m| n | m),
        Op::OrnVector => bitwise!(q, |_, n, m| n | !m),
        Op::EorVector => bitwise!(q, |_, n, m| n ^ m),
        Op::BslVector => bitwise!(q, |d, n, m| m ^ (m ^ n) & d),
        Op::BitVector => bitwise!(q, |d, n, m| d ^ (d ^ n) & m),
        Op::BifVector => bitwise!(q, |d, n, m| d ^ (d ^ n) & !m),
        Op::NotVector => bitwise!(q, |_, n, _| !n),
        _ => return None,
    };
    Some(registers(run, word))
}
