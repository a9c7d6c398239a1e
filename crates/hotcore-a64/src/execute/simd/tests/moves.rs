//! Copies, permutations, tables, immediates and logic: bytes that keep their value.

use proptest::prelude::*;

use super::{D, Left, M, N, Sources, allocated, execute, forms, lane, place, sources, width, word};
use crate::block::lower_word;
use crate::decode::{Op, decode};
use crate::testing::Machine;

fn moved(d: u128) -> Left {
    Left { d, saturated: false }
}

/// Which lane goes to `at` of `count`: below `count` one of n, from there on one of m.
type Place = fn(at: u32, count: u32, per_container: u32) -> u32;

/// Permutations, and log2 of the bytes of a container.
const PERMUTATIONS: &[(Op, u32, Place)] = &[
    (Op::Zip1, 0, |at, count, _| at / 2 + at % 2 * count),
    (Op::Zip2, 0, |at, count, _| count / 2 + at / 2 + at % 2 * count),
    (Op::Uzp1, 0, |at, _, _| 2 * at),
    (Op::Uzp2, 0, |at, _, _| 2 * at + 1),
    (Op::Trn1, 0, |at, count, _| if at % 2 == 0 { at } else { count + at - 1 }),
    (Op::Trn2, 0, |at, count, _| if at % 2 == 0 { at + 1 } else { count + at }),
    (Op::Rev64Vector, 3, |at, _, per| at / per * per + per - 1 - at % per),
    (Op::Rev32Vector, 2, |at, _, per| at / per * per + per - 1 - at % per),
    (Op::Rev16Vector, 1, |at, _, per| at / per * per + per - 1 - at % per),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn permutations(sources in sources()) {
        for &(op, container, place_of) in PERMUTATIONS {
            for (op, size, q) in forms(&[op]) {
                let Some(word) = word(op, q, size) else { continue };
                let bits = 8 << size;
                let count = width(word, bits) / bits;
                let per_container = 1u32.unbounded_shl(container.saturating_sub(size));
                let d = (0..count).fold(0, |d, at| {
                    let from = place_of(at, count, per_container);
                    let register = if from < count { sources.n } else { sources.m };
                    d | place(lane(register, bits, from % count, false), bits, at)
                });
                prop_assert_eq!(execute(word, sources), moved(d), "{:?} {:08x}", op, word);
            }
        }
    }

    #[test]
    fn extraction(sources in sources(), from in 0..16u32, q in any::<bool>()) {
        let fields = u32::from(q) << 30 | M << 16 | from << 11 | N << 5 | D;
        let Some(word) = allocated(Op::Ext, fields) else { return Ok(()) };
        let bytes = if q { 16 } else { 8 };
        let both = [sources.n, sources.m].map(|v| v.to_le_bytes()[..bytes].to_vec()).concat();
        let mut d = [0; 16];
        d[..bytes].copy_from_slice(&both[from as usize..][..bytes]);
        prop_assert_eq!(execute(word, sources), moved(u128::from_le_bytes(d)));
    }

    #[test]
    fn tables(
        registers in any::<[[u8; 16]; 4]>(),
        indices in proptest::array::uniform16(0..72u8),
        old in any::<[u8; 16]>(),
        (first, length, q, keeps) in (0..32u32, 0..4u32, any::<bool>(), any::<bool>()),
    ) {
        let (d, m) = ((first + 4) % 32, (first + 5) % 32);
        let op = if keeps { Op::Tbx } else { Op::Tbl };
        let fields = u32::from(q) << 30 | m << 16 | length << 13 | first << 5 | d;
        let word = allocated(op, fields).unwrap();
        let mut machine = Machine::new();
        let cpu = &mut machine.core.cpu;
        for (number, register) in (first..).zip(registers) {
            cpu.set_v((number % 32) as u8, u128::from_le_bytes(register));
        }
        cpu.set_v(d as u8, u128::from_le_bytes(old));
        cpu.set_v(m as u8, u128::from_le_bytes(indices));
        let lowered = lower_word(word, 0);
        prop_assert!((lowered.step.run)(cpu, &lowered.step).is_ok());
        let table = &registers.concat()[..16 * (length as usize + 1)];
        let byte = |at: usize| {
            let outside = if keeps { old[at] } else { 0 };
            let wanted = table.get(indices[at] as usize).copied().unwrap_or(outside);
            if at < 8 || q { wanted } else { 0 }
        };
        prop_assert_eq!(cpu.v(d as u8).to_le_bytes(), std::array::from_fn(byte));
    }

    #[test]
    fn between_elements(sources in sources(), imm5 in 1..32u32, imm4 in 0..16u32) {
        let size = imm5.trailing_zeros();
        let bits = 8u32.unbounded_shl(size);
        let index = imm5 >> (size + 1);
        let fields = |q: bool| u32::from(q) << 30 | imm5 << 16 | imm4 << 11 | N << 5 | D;
        let value = |index| lane(sources.n, bits, index, false);
        for q in [false, true] {
            let Some(word) = allocated(Op::DupElement, fields(q)) else { continue };
            let count = width(word, bits) / bits;
            let d = (0..count).fold(0, |d, at| d | place(value(index), bits, at));
            prop_assert_eq!(execute(word, sources), moved(d));
        }
        if let Some(word) = allocated(Op::DupScalar, fields(true)) {
            prop_assert_eq!(execute(word, sources), moved(place(value(index), bits, 0)));
        }
        if let Some(word) = allocated(Op::InsElement, fields(true)) {
            let kept = sources.d & !place(-1, bits, index);
            let d = kept | place(value(imm4 >> size), bits, index);
            prop_assert_eq!(execute(word, sources), moved(d));
        }
    }

    #[test]
    fn between_register_files(v in any::<u128>(), x in any::<u64>(), imm5 in 1..32u32) {
        let size = imm5.trailing_zeros();
        let bits = 8u32.unbounded_shl(size);
        let index = imm5 >> (size + 1);
        let mut machine = Machine::new();
        for op in [Op::DupGeneral, Op::InsGeneral, Op::Smov, Op::Umov] {
            for q in [false, true] {
                let fields = u32::from(q) << 30 | imm5 << 16 | 3 << 5 | 3;
                let Some(word) = allocated(op, fields) else { continue };
                let cpu = &mut machine.core.cpu;
                cpu.set_v(3, v);
                cpu.set_x(3, x);
                let lowered = lower_word(word, 0);
                prop_assert!((lowered.step.run)(cpu, &lowered.step).is_ok());
                let count = width(word, bits) / bits;
                let value = i128::from(x);
                let signed = lane(v, bits, index, true);
                let (new_v, new_x) = match op {
                    Op::DupGeneral => ((0..count).fold(0, |d, at| d | place(value, bits, at)), x),
                    Op::InsGeneral => (v & !place(-1, bits, index) | place(value, bits, index), x),
                    Op::Umov => (v, lane(v, bits, index, false) as u64),
                    _ if q => (v, signed as u64),
                    _ => (v, u64::from(signed as u32)),
                };
                prop_assert_eq!((cpu.v(3), cpu.x(3)), (new_v, new_x), "{:?} {:08x}", op, word);
            }
        }
    }

    #[test]
    fn bits(sources in sources(), q in any::<bool>()) {
        let Sources { d, n, m } = sources;
        let expected = [
            (Op::AndVector, n & m),
            (Op::BicVector, n & !m),
            (Op::OrrVector, n | m),
            (Op::OrnVector, n | !m),
            (Op::EorVector, n ^ m),
            (Op::BslVector, d & n | !d & m),
            (Op::BitVector, m & n | !m & d),
            (Op::BifVector, !m & n | m & d),
            (Op::NotVector, !n),
            (Op::RbitVector, n.reverse_bits().swap_bytes()),
        ];
        for (op, value) in expected {
            let word = word(op, q, 0).unwrap();
            let value = if q { value } else { value & u128::from(u64::MAX) };
            prop_assert_eq!(execute(word, sources), moved(value), "{:?}", op);
        }
    }
}

#[test]
fn immediates() {
    // Words of GNU as, and what they leave of a register of ones.
    let ones = Sources { d: u128::MAX, n: 0, m: 0 };
    for (word, op, d) in [
        (0x4f00_e5e0, Op::Movi, 0x0f0f_0f0f_0f0f_0f0f_0f0f_0f0f_0f0f_0f0f), // movi v0.16b, #15
        (0x0f00_e5e0, Op::Movi, 0x0f0f_0f0f_0f0f_0f0f),                     // movi v0.8b, #15
        (0x2f00_e420, Op::Movi, 0xff),                                      // movi d0, #0xff
        (0x6f00_0420, Op::Mvni, 0xffff_fffe_ffff_fffe_ffff_fffe_ffff_fffe), // mvni v0.4s, #1
        (0x6f00_1420, Op::BicVectorImmediate, 0xffff_fffe_ffff_fffe_ffff_fffe_ffff_fffe),
        (0x0f00_1420, Op::OrrVectorImmediate, 0xffff_ffff_ffff_ffff), // orr v0.2s, #1
    ] {
        assert_eq!(decode(word), Some(op));
        assert_eq!(execute(word, ones), moved(d), "{word:08x}");
    }
}

#[test]
fn umov_to_wzr_and_ins_from_wzr() {
    let mut machine = Machine::new();
    let cpu = &mut machine.core.cpu;
    cpu.set_v(1, u128::MAX);
    for word in [
        0x0e01_3c3f, // umov wzr, v1.b[0]
        0x4e01_1fe1, // ins v1.b[0], wzr
    ] {
        let lowered = lower_word(word, 0);
        assert!((lowered.step.run)(cpu, &lowered.step).is_ok());
    }
    assert_eq!(cpu.v(1), u128::MAX << 8);
}
