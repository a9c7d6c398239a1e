//! Interrupt groups and what is delivered of them (IHI 0069, "Interrupt grouping").

/// The group of an interrupt. Group 0 is signalled as FIQ, Group 1 as IRQ: with one security state
/// there is no third.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    Zero,
    One,
}

/// Which groups are enabled somewhere: bit *n* is Group *n*, as in GICD_CTLR.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Groups(u8);

impl Groups {
    pub(crate) const NONE: Self = Self(0);

    /// The groups of bits 0 (EnableGrp0) and 1 (EnableGrp1).
    pub(crate) const fn from_bits(bits: u64) -> Self {
        Self((bits & 0b11) as u8)
    }

    pub(crate) const fn bits(self) -> u8 {
        self.0
    }

    pub(crate) const fn of(zero: bool, one: bool) -> Self {
        Self(zero as u8 | (one as u8) << 1)
    }

    pub(crate) const fn contains(self, group: Group) -> bool {
        self.0 >> group as u8 & 1 != 0
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Of 32 interrupts with these IGROUPR bits, the ones whose group is enabled.
    pub(crate) const fn select(self, group: u32) -> u32 {
        let zero = if self.contains(Group::Zero) { !group } else { 0 };
        let one = if self.contains(Group::One) { group } else { 0 };
        zero | one
    }
}

/// A pending interrupt that a CPU could take. The lesser one goes first: by priority, where lower
/// values are more urgent, then by INTID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Candidate {
    pub(crate) priority: u8,
    pub(crate) intid: u16,
    pub(crate) is_group_one: bool,
}

impl Candidate {
    pub(crate) const fn group(self) -> Group {
        if self.is_group_one { Group::One } else { Group::Zero }
    }

    /// Whether the distributor holds its state, rather than a redistributor.
    pub(crate) const fn is_shared(self) -> bool {
        self.intid as u32 >= crate::bank::LANES
    }
}
