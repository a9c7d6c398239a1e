//! MOVI, MVNI, ORR and BIC with a modified immediate (`AdvSIMDExpandImm()`).

use crate::cpu::Cpu;
use crate::decode::{Op, fields};
use crate::step::{Execute, Step};
use crate::trap::Done;

pub(super) fn lower(op: Op, word: u32) -> Option<Step> {
    let (op_bit, cmode) = (fields::bit(word, 29), fields::bits(word, 15, 12));
    let value = fields::expand_simd_immediate(op_bit, cmode, fields::abcdefgh(word));
    let (run, imm): ([Execute; 2], u64) = match op {
        Op::Movi => ([set::<false>, set::<true>], value),
        Op::Mvni => ([set::<false>, set::<true>], !value),
        Op::OrrVectorImmediate => ([or::<false>, or::<true>], value),
        Op::BicVectorImmediate => ([and::<false>, and::<true>], !value),
        _ => return None,
    };
    let run = run[usize::from(fields::q(word))];
    Some(Step::new(run, word).d(fields::rd(word) as u8).imm(imm))
}

/// The immediate in the low half, and with `Q` in the high half too.
#[inline(always)]
fn operand<const Q: bool>(step: &Step) -> u128 {
    let low = u128::from(step.imm);
    if Q { low << 64 | low } else { low }
}

fn set<const Q: bool>(cpu: &mut Cpu, step: &Step) -> Done {
    cpu.set_v(step.d, operand::<Q>(step));
    Ok(())
}

fn or<const Q: bool>(cpu: &mut Cpu, step: &Step) -> Done {
    let value = cpu.v(step.d) | operand::<Q>(step);
    cpu.set_v(step.d, if Q { value } else { u128::from(value as u64) });
    Ok(())
}

fn and<const Q: bool>(cpu: &mut Cpu, step: &Step) -> Done {
    cpu.set_v(step.d, cpu.v(step.d) & operand::<Q>(step));
    Ok(())
}
