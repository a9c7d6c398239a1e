//! The System registers that have a state of their own (Arm ARM, D17).

/// System registers, each under its name without `_EL1`.
#[derive(Debug, Clone, Default)]
pub(crate) struct SystemRegisters {
    pub(crate) mpidr: u64,
    pub(crate) sctlr: u64,
    pub(crate) actlr: u64,
    pub(crate) cpacr: u64,
    pub(crate) ttbr0: u64,
    pub(crate) ttbr1: u64,
    pub(crate) tcr: u64,
    pub(crate) mair: u64,
    pub(crate) amair: u64,
    pub(crate) vbar: u64,
    pub(crate) esr: u64,
    pub(crate) far: u64,
    pub(crate) afsr0: u64,
    pub(crate) afsr1: u64,
    pub(crate) elr: u64,
    pub(crate) spsr: u64,
    pub(crate) par: u64,
    pub(crate) contextidr: u64,
    pub(crate) tpidr_el0: u64,
    pub(crate) tpidrro_el0: u64,
    pub(crate) tpidr_el1: u64,
    pub(crate) scxtnum_el0: u64,
    pub(crate) scxtnum_el1: u64,
    pub(crate) csselr: u64,
    pub(crate) cntkctl: u64,
    pub(crate) mdscr: u64,
    pub(crate) osdlr: u64,
    /// OSLSR_EL1.OSLK.
    pub(crate) os_locked: bool,
    pub(crate) breakpoint_values: [u64; 2],
    pub(crate) breakpoint_controls: [u64; 2],
    pub(crate) watchpoint_values: [u64; 2],
    pub(crate) watchpoint_controls: [u64; 2],
    /// CNTP: (CTL.ENABLE and IMASK, CVAL).
    pub(crate) physical_timer: TimerRegisters,
    /// CNTV.
    pub(crate) virtual_timer: TimerRegisters,
}

/// CTL and CVAL of one timer.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct TimerRegisters {
    /// CTL bits 1:0: IMASK, ENABLE.
    pub(crate) control: u64,
    pub(crate) compare: u64,
    /// The level its interrupt line was last set to.
    pub(crate) asserted: bool,
}

/// What TCR_EL1 and a TTBR say of one half of the address space.
pub(crate) struct Half {
    /// TxSZ.
    pub(crate) size: u32,
    /// TBIx.
    pub(crate) ignores_top_byte: bool,
    /// EPDx.
    pub(crate) walks_disabled: bool,
    /// TTBRx_EL1.
    pub(crate) base: u64,
}

/// The bits of SCTLR_EL1 that are 1 for want of what they would turn off: LSMAOE, nTLSMD, SPAN,
/// EIS, EOS, SED, ITD. At reset all others are 0.
pub(super) const SCTLR_RES1: u64 = 0x30c0_0980;

impl SystemRegisters {
    /// The reset state of a PE with this MPIDR_EL1.
    pub(crate) fn new(mpidr: u64) -> Self {
        Self { mpidr, sctlr: SCTLR_RES1, os_locked: true, ..Self::default() }
    }

    /// SCTLR_EL1.M.
    #[inline(always)]
    pub(crate) fn mmu_enabled(&self) -> bool {
        self.sctlr & 1 != 0
    }

    /// SCTLR_EL1.A.
    pub(crate) fn alignment_checked(&self) -> bool {
        self.sctlr >> 1 & 1 == 1
    }

    /// SCTLR_EL1.SA and SA0: whether an SP that is not aligned faults.
    #[inline(always)]
    pub(crate) fn sp_alignment_checked(&self, level: crate::Level) -> bool {
        let bit = if level == crate::Level::El0 { 4 } else { 3 };
        self.sctlr >> bit & 1 == 1
    }

    /// SCTLR_EL1.WXN, which without the MMU has no effect.
    pub(crate) fn write_execute_never(&self) -> bool {
        self.mmu_enabled() && self.sctlr >> 19 & 1 == 1
    }

    /// SCTLR_EL1.EE and E0E.
    #[inline(always)]
    pub(crate) fn data_is_big_endian(&self, level: crate::Level) -> bool {
        let bit = if level == crate::Level::El0 { 24 } else { 25 };
        self.sctlr >> bit & 1 == 1
    }

    /// Bits of a physical address by TCR_EL1.IPS, as far as they are implemented.
    pub(crate) fn output_bits(&self) -> u32 {
        let bits = match self.tcr >> 32 & 7 {
            0 => 32,
            1 => 36,
            2 => 40,
            3 => 42,
            4 => 44,
            _ => 48,
        };
        bits.min(crate::memory::PHYSICAL_BITS)
    }

    /// TCR_EL1.TBI1 or TBI0.
    #[inline(always)]
    pub(crate) fn tcr_ignores_top_byte(&self, high: bool) -> bool {
        self.tcr >> (37 + high as u32) & 1 == 1
    }

    /// TCR_EL1.E0PD1 or E0PD0: EL0 has no access to this half (FEAT_E0PD).
    pub(crate) fn keeps_el0_out(&self, address: u64) -> bool {
        let high = address >> 55 & 1;
        self.mmu_enabled() && self.tcr >> (55 + high) & 1 == 1
    }

    /// What is set up for the upper or the lower half.
    pub(crate) fn tcr_half(&self, high: bool) -> Half {
        let field = |low_bit: u32, high_bit: u32| self.tcr >> if high { high_bit } else { low_bit };
        Half {
            size: (field(0, 16) & 0x3f) as u32,
            ignores_top_byte: self.tcr_ignores_top_byte(high),
            walks_disabled: field(7, 23) & 1 == 1,
            base: if high { self.ttbr1 } else { self.ttbr0 },
        }
    }

    /// The current ASID, 16 or 8 bits (TCR_EL1.A1 and AS).
    pub(crate) fn asid(&self) -> u16 {
        let register = if self.tcr >> 22 & 1 == 1 { self.ttbr1 } else { self.ttbr0 };
        self.implemented_asid((register >> 48) as u16)
    }

    /// As many bits of an ASID as TCR_EL1.AS says there are.
    pub(crate) fn implemented_asid(&self, asid: u16) -> u16 {
        if self.tcr >> 36 & 1 == 1 { asid } else { asid & 0xff }
    }
}
