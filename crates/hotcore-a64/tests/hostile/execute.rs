//! Any words, in any state.

use hotcore_a64::decode::{Op, disassemble};

use crate::machine::{Input, Machine, RAM};

const CODE: u64 = RAM + 0x1000;
/// `hvc #0`, so that exceptions end a run.
const HVC: u64 = 0xd400_0002;

/// Executes what the bytes say: registers, then words.
pub(crate) fn execute(bytes: &[u8]) {
    let mut input = Input(bytes);
    let mut machine = Machine::new();
    let mut state = machine.core.save().unwrap();
    let kind = input.number(1);
    state.pstate =
        [0x3c5, 0x3c0, 0x3c4, 5][kind as usize & 3] | input.number(1) << 24 & 0xf000_0000;
    state.pstate |= (kind >> 2 & 1) << 21 | (kind >> 3 & kind >> 4 & 1) << 20;
    for x in &mut state.x {
        *x = value(&mut input);
    }
    for v in &mut state.v {
        *v = u128::from(value(&mut input)) << 64 | u128::from(value(&mut input));
    }
    state.fpcr = (input.number(1) as u32 & 31) << 22;
    for (_, value) in &mut state.system {
        // Few of them differ, lest nothing can be fetched.
        if input.number(1) & 31 == 31 {
            *value = input.number(8);
        }
    }
    state.os_locked = kind & 32 != 0;
    (state.sp_el0, state.sp_el1, state.pc) = (RAM + 0x8000, RAM + 0x9000, CODE);
    machine.load(state);
    for vector in 0..16 {
        machine.write(0x80 * vector + RAM, HVC, 4);
    }
    let mut at = CODE;
    while !input.is_over() && at < CODE + 0x1000 {
        let word = word(&mut input);
        // Whatever it is, it can be told.
        let _text = disassemble(word, at);
        machine.write(at, word.into(), 4);
        at += 4;
    }
    machine.execute(64, 16);
    machine.hand_over();
}

/// Small, an address in RAM, or anything.
fn value(input: &mut Input<'_>) -> u64 {
    match input.number(1) {
        kind @ 0..64 => kind,
        64..192 => RAM + input.number(2) * 5,
        _ => input.number(8),
    }
}

/// Any word, or one of an instruction that there is.
fn word(input: &mut Input<'_>) -> u32 {
    let (kind, bits) = (input.number(1), input.number(4) as u32);
    if kind.is_multiple_of(4) {
        return bits;
    }
    let number = input.number(2) as usize % Op::all().len();
    Op::all().nth(number).map_or(bits, |op| op.word(bits))
}
