//! Every row of the instruction table has something that executes it.

use crate::block::{lower_word, undefined};
use crate::decode::{Op, decode};
use crate::step::Execute;

/// Words of each instruction that are looked at.
const WORDS: u64 = 512;

/// UNDEFINED whatever their fields: there is no Debug state, so that DRPS, DCPS and HLT have nothing
/// to do (Arm ARM, C6.2), and no System instruction that has a result.
const UNDEFINED: [Op; 6] = [Op::Drps, Op::Dcps1, Op::Dcps2, Op::Dcps3, Op::Hlt, Op::Sysl];

/// For those that name a System register or a System instruction, one that there is: DC CIVAC,
/// TPIDR_EL0.
const NAMED: [(Op, u32); 3] =
    [(Op::Sys, 0x5bf1 << 5), (Op::Mrs, 0xde82 << 5), (Op::MsrRegister, 0xde82 << 5)];

/// SplitMix64: other fields for each word.
fn fields(number: u64) -> u32 {
    let mut mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    (mixed ^ mixed >> 27) as u32
}

fn words(op: Op) -> Vec<u32> {
    match NAMED.iter().find(|named| named.0 == op) {
        Some(&(_, fields)) => vec![op.word(fields)],
        None => (0..WORDS).map(|number| op.word(fields(number))).collect(),
    }
}

#[test]
fn every_allocated_word_is_executed_by_something() {
    let nothing: Execute = undefined(0).step.run;
    for op in Op::all() {
        let allocated: Vec<u32> =
            words(op).into_iter().filter(|&word| decode(word) == Some(op)).collect();
        assert!(!allocated.is_empty(), "{op:?} has no words");
        for word in allocated {
            let is_undefined = std::ptr::fn_addr_eq(lower_word(word, 0).step.run, nothing);
            assert_eq!(is_undefined, UNDEFINED.contains(&op), "{op:?} {word:08x}");
        }
    }
}
