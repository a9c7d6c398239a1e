//! Loads and stores of two general-purpose registers: LDP, STP, LDPSW, LDNP, STNP.

use super::mode::{Mode, Offset, Post, Pre};
use super::transferred;
use super::value::{ToX, Value, Zero};
use crate::cpu::Cpu;
use crate::decode::Op;
use crate::decode::fields::{access_size, bit, rn, rt, rt2, simm7};
use crate::memory::{Width, access};
use crate::step::{Execute, Lowered, Step, or_sp};
use crate::trap::Done;

/// The step of `op`, if it is of this room.
pub(super) fn lower(op: Op, word: u32) -> Option<Lowered> {
    let run = match op {
        // That the data will hardly be used again is only a hint.
        Op::LoadStorePair | Op::LoadStorePairNonTemporal => {
            by_base::<Offset<true>, Offset<false>>(word)
        }
        Op::LoadStorePairPre => by_base::<Pre<true>, Pre<false>>(word),
        Op::LoadStorePairPost => by_base::<Post<true>, Post<false>>(word),
        _ => return None,
    };
    let loads = bit(word, 22);
    let scale = if access_size(word) == 2 { 3 } else { 2 };
    let step = Step::new(run, word).imm((simm7(word) << scale).cast_unsigned()).n(or_sp(rn(word)));
    let step = step.d(transferred(rt(word), loads)).m(transferred(rt2(word), loads));
    Some(Lowered::next(step))
}

fn by_base<OnSp: Mode, OnX: Mode>(word: u32) -> Execute {
    if rn(word) == 31 { choose::<OnSp>(word) } else { choose::<OnX>(word) }
}

/// By `opc` and `L`.
fn choose<M: Mode>(word: u32) -> Execute {
    match (access_size(word), bit(word, 22)) {
        (0, false) => store::<u32, M>,
        (0, true) => load::<Zero<u32>, M>,
        (1, _) => load::<ToX<u32>, M>,
        (_, false) => store::<u64, M>,
        (_, true) => load::<Zero<u64>, M>,
    }
}

/// Where both registers are the same one, the second value wins, and over both the base's update
/// (CONSTRAINED UNPREDICTABLE).
fn load<V: Value, M: Mode>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = M::address(cpu, step)?;
    let (first, second) = access::load_pair::<V::Memory>(cpu, address)?;
    cpu.set_x(step.d, V::extend(first));
    cpu.set_x(step.m, V::extend(second));
    M::write_back(cpu, step, address);
    Ok(())
}

fn store<T: Width, M: Mode>(cpu: &mut Cpu, step: &Step) -> Done {
    let address = M::address(cpu, step)?;
    let values = (T::from_u64(cpu.x(step.d)), T::from_u64(cpu.x(step.m)));
    access::store_pair(cpu, address, values)?;
    M::write_back(cpu, step, address);
    Ok(())
}
