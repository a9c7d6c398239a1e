//! The state of 32 interrupts: a redistributor has one bank (SGIs and PPIs), the distributor one for
//! each 32 SPIs. Here is what becomes of an interrupt (IHI 0069, "Interrupt handling state machine").

use crate::cpu_set::ones;
use crate::group::{Candidate, Groups};

/// Interrupts in a bank.
pub(crate) const LANES: u32 = 32;

/// The implemented bits of a priority: five, so 32 levels, as KVM's vGIC has them.
pub(crate) const PRIORITY_MASK: u8 = 0xf8;

/// 32 interrupts with consecutive INTIDs. Bit *n* of each word, and `priority[n]`, belong to the
/// *n*th of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bank {
    /// IGROUPR: Group 1 where set.
    pub group: u32,
    /// ISENABLER.
    pub enabled: u32,
    /// Pending whatever the input line is: an edge came, or ISPENDR or an SGI made it so.
    pub latch: u32,
    /// ISACTIVER.
    pub active: u32,
    /// The level of the input line, which belongs to the device.
    pub line: u32,
    /// ICFGR: edge-triggered where set, else level-sensitive.
    pub edge: u32,
    /// IPRIORITYR. Bits 7 to 3 are implemented.
    pub priority: [u8; 32],
}

impl Bank {
    /// Inactive, of Group 1 and highest priority; `enabled` and `edge` as given.
    pub(crate) const fn new(enabled: u32, edge: u32) -> Self {
        Self { group: !0, enabled, latch: 0, active: 0, line: 0, edge, priority: [0; 32] }
    }

    /// Pending, as ISPENDR reads: a level-sensitive interrupt follows its line.
    pub(crate) const fn pending(&self) -> u32 {
        self.latch | self.line & !self.edge
    }

    /// Pending, enabled, and not being handled already.
    pub(crate) const fn deliverable(&self) -> u32 {
        self.pending() & self.enabled & !self.active
    }

    /// Of the deliverable interrupts in these groups, the one that goes first; `first` is the INTID
    /// of the bank.
    pub(crate) fn best(
        &self,
        first: u32,
        groups: Groups,
        mut wanted: impl FnMut(u32) -> bool,
    ) -> Option<Candidate> {
        let deliverable = self.deliverable() & groups.select(self.group);
        ones(deliverable).filter(|lane| wanted(*lane)).map(|lane| self.lane(first, lane)).min()
    }

    fn lane(&self, first: u32, lane: u32) -> Candidate {
        Candidate {
            priority: self.priority[(lane % LANES) as usize],
            intid: (first + lane) as u16,
            is_group_one: self.group & bit(lane) != 0,
        }
    }

    /// Drives the input line. Whether that can change what is pending.
    pub(crate) fn set_line(&mut self, lane: u32, level: bool) -> bool {
        let bit = bit(lane);
        if (self.line & bit != 0) == level {
            return false;
        }
        self.line ^= bit;
        if level {
            self.latch |= bit & self.edge;
        }
        true
    }

    /// Makes an interrupt pending, as ISPENDR does.
    pub(crate) fn set_pending(&mut self, lane: u32) {
        self.latch |= bit(lane);
    }

    /// The interrupt is being handled. It stays pending only where its line says so.
    pub(crate) fn acknowledge(&mut self, lane: u32) {
        self.active |= bit(lane);
        self.latch &= !bit(lane);
    }

    /// The interrupt has been handled.
    pub(crate) fn deactivate(&mut self, lane: u32) {
        self.active &= !bit(lane);
    }

    /// Whether the interrupt is in Group 1.
    pub(crate) const fn is_group_one(&self, lane: u32) -> bool {
        self.group & bit(lane) != 0
    }

    /// Back to `new`, with the lines as they are.
    pub(crate) fn reset_to(&mut self, new: Self) {
        *self = Self { line: self.line, ..new };
    }
}

const fn bit(lane: u32) -> u32 {
    1 << (lane % LANES)
}
