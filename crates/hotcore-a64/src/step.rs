//! One instruction, decoded and ready to execute.

use crate::cpu::{Cpu, SINK, SP, ZERO};
use crate::trap::Done;

/// What executes a step.
pub(crate) type Execute = fn(&mut Cpu, &Step) -> Done;

/// One instruction: the function that executes it and its operands, which the function interprets.
///
/// An execute function that returns an error has changed no register, and no memory that its repetition
/// does not write again: of several parts of an access the first may be done.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    /// What executes it.
    pub(crate) run: Execute,
    /// An immediate, a displacement: whatever `run` takes.
    pub(crate) imm: u64,
    /// The instruction.
    pub(crate) word: u32,
    /// Slot of the destination (Rd, Rt).
    pub(crate) d: u8,
    /// Slot of the first source (Rn).
    pub(crate) n: u8,
    /// Slot of the second source (Rm, Rt2, Rs).
    pub(crate) m: u8,
    /// Slot of the third source (Ra), a shift amount, a condition: whatever `run` takes.
    pub(crate) a: u8,
}

impl Step {
    /// A step of `word` without operands.
    pub(crate) fn new(run: Execute, word: u32) -> Self {
        Self { run, imm: 0, word, d: SINK, n: ZERO, m: ZERO, a: 0 }
    }

    /// With the destination slot `d`.
    pub(crate) fn d(self, d: u8) -> Self {
        Self { d, ..self }
    }

    /// With the source slot `n`.
    pub(crate) fn n(self, n: u8) -> Self {
        Self { n, ..self }
    }

    /// With the source slot `m`.
    pub(crate) fn m(self, m: u8) -> Self {
        Self { m, ..self }
    }

    /// With `a`.
    pub(crate) fn a(self, a: u8) -> Self {
        Self { a, ..self }
    }

    /// With `imm`.
    pub(crate) fn imm(self, imm: u64) -> Self {
        Self { imm, ..self }
    }
}

/// The slot of a source where 31 is XZR.
pub(crate) fn source(number: usize) -> u8 {
    if number & 31 == 31 { ZERO } else { (number & 31) as u8 }
}

/// The slot of a destination where 31 is XZR.
pub(crate) fn destination(number: usize) -> u8 {
    if number & 31 == 31 { SINK } else { (number & 31) as u8 }
}

/// The slot of a source or destination where 31 is SP.
pub(crate) fn or_sp(number: usize) -> u8 {
    debug_assert_eq!(SP, 31);
    (number & 31) as u8
}

/// What follows a step in its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// The next instruction.
    Next,
    /// The next instruction, in a new block: this one may change how it is fetched or whether an
    /// interrupt comes first.
    Ends,
    /// Wherever the step set `Cpu::pc`.
    Branches,
}

/// A step and what follows it.
pub(crate) struct Lowered {
    pub(crate) step: Step,
    pub(crate) flow: Flow,
    /// Whether CPACR_EL1.FPEN can trap it.
    pub(crate) uses_fp: bool,
}

impl Lowered {
    /// A step of the general-purpose registers that the next instruction follows.
    pub(crate) fn next(step: Step) -> Self {
        Self { step, flow: Flow::Next, uses_fp: false }
    }

    /// A step of the SIMD&FP registers that the next instruction follows.
    pub(crate) fn fp(step: Step) -> Self {
        Self { step, flow: Flow::Next, uses_fp: true }
    }

    /// A step that ends its block.
    pub(crate) fn ends(step: Step) -> Self {
        Self { step, flow: Flow::Ends, uses_fp: false }
    }

    /// A step that sets the PC.
    pub(crate) fn branches(step: Step) -> Self {
        Self { step, flow: Flow::Branches, uses_fp: false }
    }
}
