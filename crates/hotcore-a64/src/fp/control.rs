//! What controls floating-point arithmetic (FPCR) and what it leaves behind (FPSR). Arm ARM C5.2.

/// A rounding mode: FPRounding of the Arm ARM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounding {
    /// To nearest, ties to even (RN).
    TieEven,
    /// Towards plus infinity (RP).
    PosInf,
    /// Towards minus infinity (RM).
    NegInf,
    /// Towards zero (RZ).
    Zero,
    /// To nearest, ties away from zero: FRINTA and FCVTA*.
    TieAway,
    /// To odd: FCVTXN.
    Odd,
}

/// The Floating-point Control Register, as far as arithmetic reads it.
///
/// | Bits | Field | |
/// |---|---|---|
/// | 26 | AHP | half-precision conversions use the alternative format |
/// | 25 | DN | every NaN result is the default NaN |
/// | 24 | FZ | single and double denormals are flushed to zero |
/// | 23:22 | RMode | RN, RP, RM, RZ |
///
/// The trap enables (IDE, IXE, UFE, OFE, DZE, IOE) are RAZ/WI: no exception is trapped. FZ16 is
/// RES0 without FEAT_FP16; LEN and STRIDE do nothing in AArch64.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fpcr(u32);

impl Fpcr {
    /// The bits that can be set; all others read as zero.
    pub const MASK: u32 = 0x07C0_0000;

    const AHP: u32 = 1 << 26;
    const DN: u32 = 1 << 25;
    const FZ: u32 = 1 << 24;

    /// The register after a write of `value`.
    pub const fn from_bits(value: u64) -> Self {
        Self(value as u32 & Self::MASK)
    }

    /// The register of a PE, which holds no other bits.
    #[inline]
    pub(crate) const fn held(bits: u32) -> Self {
        Self(bits)
    }

    /// What the register reads as.
    pub const fn bits(self) -> u64 {
        self.0 as u64
    }

    /// Whether half-precision conversions use the alternative format.
    pub const fn ahp(self) -> bool {
        self.0 & Self::AHP != 0
    }

    /// Whether every NaN result is the default NaN.
    pub const fn dn(self) -> bool {
        self.0 & Self::DN != 0
    }

    /// Whether denormals are flushed to zero.
    pub const fn fz(self) -> bool {
        self.0 & Self::FZ != 0
    }

    /// FPRoundingMode: what RMode says.
    pub const fn rounding(self) -> Rounding {
        match (self.0 >> 22) & 3 {
            0 => Rounding::TieEven,
            1 => Rounding::PosInf,
            2 => Rounding::NegInf,
            _ => Rounding::Zero,
        }
    }
}

/// The Floating-point Status Register: what has happened since software last cleared it.
///
/// | Bit | Flag | |
/// |---|---|---|
/// | 27 | QC | an Advanced SIMD integer operation saturated |
/// | 7 | IDC | a denormal input was flushed to zero |
/// | 4 | IXC | inexact |
/// | 3 | UFC | underflow |
/// | 2 | OFC | overflow |
/// | 1 | DZC | division by zero |
/// | 0 | IOC | invalid operation |
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fpsr(u32);

impl Fpsr {
    /// Invalid operation.
    pub const IOC: Self = Self(1);
    /// Division by zero.
    pub const DZC: Self = Self(1 << 1);
    /// Overflow.
    pub const OFC: Self = Self(1 << 2);
    /// Underflow.
    pub const UFC: Self = Self(1 << 3);
    /// Inexact.
    pub const IXC: Self = Self(1 << 4);
    /// Input denormal.
    pub const IDC: Self = Self(1 << 7);
    /// Saturation.
    pub const QC: Self = Self(1 << 27);

    /// The bits that can be set. NZCV (31:28) is AArch32's only.
    pub const MASK: u32 = 0x0800_009F;

    /// The register after a write of `value`.
    pub const fn from_bits(value: u64) -> Self {
        Self(value as u32 & Self::MASK)
    }

    /// The register of a PE, which holds no other bits.
    #[inline]
    pub(crate) const fn held(bits: u32) -> Self {
        Self(bits)
    }

    /// What the register reads as.
    pub const fn bits(self) -> u64 {
        self.0 as u64
    }

    /// Sets `flags`, which stay set: FPProcessException without trapping.
    pub const fn raise(&mut self, flags: Self) {
        self.0 |= flags.0;
    }

    /// Whether all of `flags` are set.
    pub const fn contains(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }
}
