//! Where atomic accesses fault, and as what.

use super::machine;
use crate::execute::load_store::tests::mapped::{DATA, NOTHING, READ_ONLY};
use crate::testing::Machine;

const WRITE: u64 = 1 << 6;
const TRANSLATION: u64 = 0x07;
const PERMISSION: u64 = 0x0f;
const ALIGNMENT: u64 = 0x21;

/// `ldxr x3, [x1]`, `stxr w5, x2, [x1]`, `ldadd x2, x3, [x1]`, `cas x2, x4, [x1]`,
/// `casp x2, x3, x4, x5, [x1]`, `ldar x3, [x1]`, `stlr x2, [x1]`
const WORDS: [u32; 7] =
    [0xc85f_7c23, 0xc805_7c22, 0xf822_0023, 0xc8a2_7c24, 0x4822_7c24, 0xc8df_fc23, 0xc89f_fc22];

/// The ISS of what `word` does at `address`; no register changes.
fn fault(machine: &mut Machine, word: u32, address: u64) -> u64 {
    let mut before = machine.core.registers();
    before.x[1] = address;
    machine.core.set_registers(&before);
    machine.run(&[word]);
    assert_eq!(machine.core.registers().x, before.x);
    let (class, iss, far) = machine.fault();
    assert_eq!((class, far), (0x25, address), "{word:x}");
    iss
}

#[test]
fn what_is_not_aligned_faults() {
    let mut machine = machine(0, 0, 0);
    let writes = [0, WRITE, 0, 0, 0, 0, WRITE];
    for (word, write) in WORDS.into_iter().zip(writes) {
        assert_eq!(fault(&mut machine, word, DATA + 4), write | ALIGNMENT, "{word:x}");
    }
    // A pair is aligned as a whole.
    assert_eq!(fault(&mut machine, WORDS[4], DATA + 8), ALIGNMENT);
}

#[test]
fn what_both_reads_and_writes_faults_as_a_read_first() {
    let mut machine = machine(0, 1, 2);
    machine.map(DATA, NOTHING);
    let writes = [0, WRITE, 0, 0, 0, 0, WRITE];
    for (word, write) in WORDS.into_iter().zip(writes) {
        assert_eq!(fault(&mut machine, word, DATA), write | TRANSLATION, "{word:x}");
    }
}

#[test]
fn a_compare_and_swap_needs_permission_to_write_though_it_would_fail() {
    let mut machine = machine(0, 1, 2);
    machine.map(DATA, READ_ONLY);
    for word in &WORDS[1..5] {
        assert_eq!(fault(&mut machine, *word, DATA), WRITE | PERMISSION, "{word:x}");
    }
}
