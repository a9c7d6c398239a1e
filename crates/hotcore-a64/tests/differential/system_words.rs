//! Cases of the System instructions that applications may use, and of some that they may not.
//!
//! What an operating system answers in the place of the CPU is left out (the ID registers), and so
//! is what differs between CPUs (counters, cache types, WFE and WFI, extensions).

use hotcore_a64::decode::{Op, decode};

use crate::case::{Case, State};
use crate::generate::{POINTERS, state};
use crate::layout::SCRATCH;
use crate::random::Random;

/// System registers that applications read and write, as bits 20 to 5 of MRS and MSR name them,
/// and the bits that exist.
const REGISTERS: [(u32, u64); 4] = [
    (0xda10, 0xf000_0000), // NZCV
    (0xda20, 0x07c0_0000), // FPCR
    (0xda21, 0x0800_009f), // FPSR
    (0xde82, u64::MAX),    // TPIDR_EL0
];

/// DC ZVA. Likewise.
const ZERO: u32 = 0x5ba1;
/// DC CVAC, CVAU and CIVAC; IC IVAU.
const MAINTENANCE: [u32; 4] = [0x5bd1, 0x5bd9, 0x5bf1, 0x5ba9];

/// Instructions with random fields.
const OPS: [Op; 9] = [
    Op::Hint,
    Op::Clrex,
    Op::Dsb,
    Op::Dmb,
    Op::Isb,
    Op::MsrImmediate,
    Op::Sysl,
    Op::MsrRegister,
    Op::Mrs,
];

/// A case of a few System instructions.
pub(crate) fn case(random: &mut Random) -> Case {
    let mut state = state(random);
    let words = match random.below(4) {
        0 => {
            let (register, bits) = random.one_of(&REGISTERS);
            state.x[0] &= bits;
            // Written before it is read: what another case left there is not part of this one.
            vec![Op::MsrRegister.word(register << 5), Op::Mrs.word(register << 5 | 1)]
        }
        1 => vec![by_address(random, &mut state)],
        _ => vec![any(random), any(random)],
    };
    Case { words, state }
}

fn by_address(random: &mut Random, state: &mut State) -> u32 {
    let pointer = random.one_of(&POINTERS[..8]);
    if random.once_in(4) {
        return Op::Sys.word(ZERO << 5 | pointer);
    }
    // QEMU lets an application maintain what is not mapped; the Arm ARM does not (D7.5.9).
    let address = &mut state.x[pointer as usize];
    *address = SCRATCH | *address & 0xfff;
    Op::Sys.word(random.one_of(&MAINTENANCE) << 5 | pointer)
}

fn any(random: &mut Random) -> u32 {
    loop {
        let op = random.one_of(&OPS);
        let word = op.word(random.bits() as u32);
        if decode(word) == Some(op) && !depends_on_more(op, word) {
            return word;
        }
    }
}

/// Whether what `word` does depends on more than the architecture says of every CPU.
fn depends_on_more(op: Op, word: u32) -> bool {
    let (crm, op2) = (word >> 8 & 15, word >> 5 & 7);
    match op {
        // WFE, WFI
        Op::Hint => crm == 0 && matches!(op2, 2 | 3),
        // Those of EL0 have op1 = 3; the ID registers have CRn = 0 below it.
        Op::Mrs | Op::MsrRegister => word >> 16 & 7 == 3 || matches!(word >> 12 & 15, 0),
        _ => false,
    }
}
