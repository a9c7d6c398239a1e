//! A case, and what comes of it.

use crate::layout::{BRK, CODE_SIZE, SCRATCH_SIZE};

/// As many instructions as a case can have: the last word is for `BRK`.
pub(crate) const WORDS: usize = CODE_SIZE / 4 - 1;

/// What instructions read and write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    /// X0 to X30.
    pub(crate) x: [u64; 31],
    /// SP.
    pub(crate) sp: u64,
    /// N, Z, C and V in bits 31 to 28, as in SPSR_EL1.
    pub(crate) nzcv: u32,
    /// FPSR.
    pub(crate) fpsr: u32,
    /// FPCR.
    pub(crate) fpcr: u32,
    /// V0 to V31.
    pub(crate) v: [u128; 32],
    /// The page at [`SCRATCH`](crate::layout::SCRATCH).
    pub(crate) memory: Vec<u8>,
}

impl State {
    /// All zero.
    pub(crate) fn new() -> Self {
        let memory = vec![0; SCRATCH_SIZE];
        Self { x: [0; 31], sp: 0, nzcv: 0, fpsr: 0, fpcr: 0, v: [0; 32], memory }
    }
}

/// Instructions and the state they start from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Case {
    /// At most [`WORDS`].
    pub(crate) words: Vec<u32>,
    /// The state.
    pub(crate) state: State,
}

impl Case {
    /// What the memory at [`CODE`](crate::layout::CODE) holds.
    pub(crate) fn code(&self) -> [u8; CODE_SIZE] {
        assert!(self.words.len() <= WORDS);
        let mut code = [0; CODE_SIZE];
        let words = self.words.iter().copied().chain(std::iter::repeat(BRK));
        for (bytes, word) in code.chunks_exact_mut(4).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        code
    }
}

/// Why a case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// `BRK`, as a rule the one behind the last instruction.
    Breakpoint,
    /// An undefined instruction.
    Undefined,
    /// An access to an address that is not mapped.
    Unmapped(u64),
    /// An access that should be aligned and is not.
    Unaligned,
    /// Something else, by number: QEMU's signal, our exception class.
    Other(u64),
}

/// The end of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Why it ended.
    pub(crate) stop: Stop,
    /// Where.
    pub(crate) pc: u64,
    /// The state then.
    pub(crate) state: State,
}
