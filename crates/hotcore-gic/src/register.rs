//! The system registers of the CPU interface and their encodings (IHI 0069, "AArch64 System register
//! descriptions").

/// A system register of the CPU interface.
///
/// ICC_AP0R1_EL1 to ICC_AP1R3_EL1 do not exist with five bits of priority: they are UNDEFINED.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Register {
    /// ICC_PMR_EL1, priority mask.
    Pmr,
    /// ICC_IAR0_EL1, acknowledge a Group 0 interrupt. Read only.
    Iar0,
    /// ICC_EOIR0_EL1, end a Group 0 interrupt. Write only.
    Eoir0,
    /// ICC_HPPIR0_EL1, highest priority pending Group 0 interrupt. Read only.
    Hppir0,
    /// ICC_BPR0_EL1, binary point of Group 0.
    Bpr0,
    /// ICC_AP0R0_EL1, active priorities of Group 0.
    Ap0r0,
    /// ICC_AP1R0_EL1, active priorities of Group 1.
    Ap1r0,
    /// ICC_DIR_EL1, deactivate an interrupt. Write only.
    Dir,
    /// ICC_RPR_EL1, running priority. Read only.
    Rpr,
    /// ICC_SGI1R_EL1, generate a Group 1 SGI. Write only.
    Sgi1r,
    /// ICC_ASGI1R_EL1, generate an SGI for the other security state. Write only.
    Asgi1r,
    /// ICC_SGI0R_EL1, generate a Group 0 SGI. Write only.
    Sgi0r,
    /// ICC_IAR1_EL1, acknowledge a Group 1 interrupt. Read only.
    Iar1,
    /// ICC_EOIR1_EL1, end a Group 1 interrupt. Write only.
    Eoir1,
    /// ICC_HPPIR1_EL1, highest priority pending Group 1 interrupt. Read only.
    Hppir1,
    /// ICC_BPR1_EL1, binary point of Group 1.
    Bpr1,
    /// ICC_CTLR_EL1, control.
    Ctlr,
    /// ICC_SRE_EL1, system register enable.
    Sre,
    /// ICC_IGRPEN0_EL1, enable Group 0.
    Igrpen0,
    /// ICC_IGRPEN1_EL1, enable Group 1.
    Igrpen1,
}

impl Register {
    /// Every register.
    pub const ALL: [Self; 20] = [
        Self::Pmr,
        Self::Iar0,
        Self::Eoir0,
        Self::Hppir0,
        Self::Bpr0,
        Self::Ap0r0,
        Self::Ap1r0,
        Self::Dir,
        Self::Rpr,
        Self::Sgi1r,
        Self::Asgi1r,
        Self::Sgi0r,
        Self::Iar1,
        Self::Eoir1,
        Self::Hppir1,
        Self::Bpr1,
        Self::Ctlr,
        Self::Sre,
        Self::Igrpen0,
        Self::Igrpen1,
    ];

    /// The register of an MRS or MSR instruction, or `None` if it is not one of the GIC's.
    ///
    /// ```text
    ///  15 14 13 11 10  7 6   3 2   0
    /// +-----+-----+-----+-----+-----+
    /// | op0 | op1 | CRn | CRm | op2 |
    /// +-----+-----+-----+-----+-----+
    /// ```
    ///
    /// ```
    /// use hotcore_gic::Register;
    /// // MRS x0, ICC_IAR1_EL1
    /// let encoding = 3 << 14 | 0 << 11 | 12 << 7 | 12 << 3 | 0;
    /// assert_eq!(Register::from_encoding(encoding), Some(Register::Iar1));
    /// assert_eq!(Register::Iar1.encoding(), encoding);
    /// assert!(Register::Iar1.is_readable() && !Register::Iar1.is_writable());
    /// ```
    pub fn from_encoding(encoding: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|register| register.encoding() == encoding)
    }

    /// The inverse of [`Self::from_encoding`].
    pub const fn encoding(self) -> u16 {
        let (crn, crm, op2) = match self {
            Self::Pmr => (4, 6, 0),
            Self::Iar0 => (12, 8, 0),
            Self::Eoir0 => (12, 8, 1),
            Self::Hppir0 => (12, 8, 2),
            Self::Bpr0 => (12, 8, 3),
            Self::Ap0r0 => (12, 8, 4),
            Self::Ap1r0 => (12, 9, 0),
            Self::Dir => (12, 11, 1),
            Self::Rpr => (12, 11, 3),
            Self::Sgi1r => (12, 11, 5),
            Self::Asgi1r => (12, 11, 6),
            Self::Sgi0r => (12, 11, 7),
            Self::Iar1 => (12, 12, 0),
            Self::Eoir1 => (12, 12, 1),
            Self::Hppir1 => (12, 12, 2),
            Self::Bpr1 => (12, 12, 3),
            Self::Ctlr => (12, 12, 4),
            Self::Sre => (12, 12, 5),
            Self::Igrpen0 => (12, 12, 6),
            Self::Igrpen1 => (12, 12, 7),
        };
        3 << 14 | crn << 7 | crm << 3 | op2
    }

    /// Whether an MRS is defined.
    pub const fn is_readable(self) -> bool {
        !matches!(
            self,
            Self::Eoir0 | Self::Eoir1 | Self::Dir | Self::Sgi1r | Self::Asgi1r | Self::Sgi0r
        )
    }

    /// Whether an MSR is defined.
    pub const fn is_writable(self) -> bool {
        !matches!(self, Self::Iar0 | Self::Iar1 | Self::Hppir0 | Self::Hppir1 | Self::Rpr)
    }
}
