//! PSTATE: condition flags, interrupt masks, Exception level.
//!
//! ```text
//! SPSR_EL1: 31 N | 30 Z | 29 C | 28 V | 21 SS | 20 IL | 9 D | 8 A | 7 I | 6 F | 4 M[4] | 3:0 M[3:0]
//! ```

use crate::cpu::Cpu;

/// The Exception levels that are implemented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Level {
    /// Applications.
    El0 = 0,
    /// The operating system.
    El1 = 1,
}

/// The condition flags, each kept as it is cheapest to compute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flags {
    /// N is bit 63.
    pub(crate) n: u64,
    /// Z is set when this is zero.
    pub(crate) z: u64,
    /// C.
    pub(crate) c: bool,
    /// V is bit 63.
    pub(crate) v: u64,
}

impl Default for Flags {
    fn default() -> Self {
        Self::from_nzcv(0)
    }
}

impl Flags {
    /// From N, Z, C and V in bits 3 to 0.
    pub(crate) fn from_nzcv(nzcv: u32) -> Self {
        Self {
            n: u64::from(nzcv >> 3 & 1) << 63,
            z: u64::from(nzcv >> 2 & 1 == 0),
            c: nzcv >> 1 & 1 == 1,
            v: u64::from(nzcv & 1) << 63,
        }
    }

    /// N, Z, C and V in bits 3 to 0.
    pub(crate) fn nzcv(self) -> u32 {
        (self.negative() as u32) << 3
            | (self.zero() as u32) << 2
            | (self.c as u32) << 1
            | self.overflow() as u32
    }

    #[inline(always)]
    pub(crate) fn negative(self) -> bool {
        self.n >> 63 != 0
    }

    #[inline(always)]
    pub(crate) fn zero(self) -> bool {
        self.z == 0
    }

    #[inline(always)]
    pub(crate) fn overflow(self) -> bool {
        self.v >> 63 != 0
    }

    /// ConditionHolds() of the Arm ARM.
    #[inline(always)]
    pub(crate) fn holds(self, condition: u8) -> bool {
        let result = match (condition >> 1) & 7 {
            0 => self.zero(),
            1 => self.c,
            2 => self.negative(),
            3 => self.overflow(),
            4 => self.c && !self.zero(),
            5 => self.negative() == self.overflow(),
            6 => self.negative() == self.overflow() && !self.zero(),
            _ => return true,
        };
        result != (condition & 1 == 1)
    }
}

/// PSTATE.DAIF, as its bits stand in SPSR_EL1 (9 to 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mask(pub(crate) u32);

impl Mask {
    /// D, A, I and F.
    pub(crate) fn all() -> Self {
        Self(0x3c0)
    }

    /// Whether IRQs are masked.
    #[inline(always)]
    pub(crate) fn irq(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// Whether FIQs are masked.
    #[inline(always)]
    pub(crate) fn fiq(self) -> bool {
        self.0 & 0x40 != 0
    }
}

impl Cpu {
    /// PSTATE as SPSR_EL1 saves it.
    pub(crate) fn spsr(&self) -> u64 {
        let mode = match (self.level, self.selects_sp_el1) {
            (Level::El0, _) => 0,
            (Level::El1, false) => 4,
            (Level::El1, true) => 5,
        };
        (self.flags.nzcv() << 28
            | u32::from(self.stepping) << 21
            | u32::from(self.illegal) << 20
            | self.mask.0
            | mode) as u64
    }
}
