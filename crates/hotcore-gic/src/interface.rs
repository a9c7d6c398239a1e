//! The CPU interface of one PE: priority mask, binary points, active priorities, and with them what
//! may be signalled (IHI 0069, "Interrupt prioritization" and "Preemption").

use crate::bank::PRIORITY_MASK;
use crate::group::{Candidate, Group, Groups};

/// The running priority when nothing is active.
pub(crate) const IDLE_PRIORITY: u8 = 0xff;

/// Priorities are five bits wide: an active priority is a bit of one 32-bit word.
const PRIORITY_SHIFT: u32 = PRIORITY_MASK.trailing_zeros();

/// The least binary points: the ones that leave all implemented bits to the group priority.
const MIN_BPR0: u8 = PRIORITY_SHIFT as u8 - 1;
/// Group 1's is one more, as its field counts from bit 1 (IHI 0069, "Priority grouping").
const MIN_BPR1: u8 = PRIORITY_SHIFT as u8;
const MAX_BPR: u8 = 7;

/// The registers of a CPU interface that hold state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interface {
    /// ICC_PMR_EL1. Bits 7 to 3 are implemented.
    pub priority_mask: u8,
    /// ICC_BPR0_EL1: 2 to 7.
    pub bpr0: u8,
    /// ICC_BPR1_EL1, as it is while ICC_CTLR_EL1.CBPR is 0: 3 to 7.
    pub bpr1: u8,
    /// ICC_CTLR_EL1.CBPR: Group 1 uses ICC_BPR0_EL1.
    pub common_binary_point: bool,
    /// ICC_CTLR_EL1.EOImode: ending an interrupt only drops the priority.
    pub split_end: bool,
    /// ICC_IGRPEN0_EL1.
    pub group0_enabled: bool,
    /// ICC_IGRPEN1_EL1.
    pub group1_enabled: bool,
    /// ICC_AP0R0_EL1.
    pub active0: u32,
    /// ICC_AP1R0_EL1.
    pub active1: u32,
}

impl Interface {
    /// As after a reset of the PE.
    pub(crate) const fn new() -> Self {
        Self {
            priority_mask: 0,
            bpr0: MIN_BPR0,
            bpr1: MIN_BPR1,
            common_binary_point: false,
            split_end: false,
            group0_enabled: false,
            group1_enabled: false,
            active0: 0,
            active1: 0,
        }
    }

    /// With every field in its range, wherever the values came from.
    pub(crate) fn sanitised(mut self) -> Self {
        self.set_priority_mask(self.priority_mask.into());
        self.set_bpr0(self.bpr0.into());
        self.bpr1 = self.bpr1.clamp(MIN_BPR1, MAX_BPR);
        self
    }

    pub(crate) const fn groups(&self) -> Groups {
        Groups::of(self.group0_enabled, self.group1_enabled)
    }

    pub(crate) const fn set_priority_mask(&mut self, value: u64) {
        self.priority_mask = value as u8 & PRIORITY_MASK;
    }

    pub(crate) fn set_bpr0(&mut self, value: u64) {
        self.bpr0 = (value as u8 & MAX_BPR).max(MIN_BPR0);
    }

    /// Has no effect while Group 1 uses the other one.
    pub(crate) fn set_bpr1(&mut self, value: u64) {
        if !self.common_binary_point {
            self.bpr1 = (value as u8 & MAX_BPR).max(MIN_BPR1);
        }
    }

    /// What ICC_BPR1_EL1 reads.
    pub(crate) fn effective_bpr1(&self) -> u8 {
        if self.common_binary_point { (self.bpr0 + 1).min(MAX_BPR) } else { self.bpr1 }
    }

    /// The bits of a priority that decide about preemption.
    fn group_priority(&self, interrupt: Candidate) -> u8 {
        let subpriority_bits = match interrupt.group() {
            Group::One if !self.common_binary_point => u32::from(self.bpr1),
            _ => u32::from(self.bpr0) + 1,
        };
        interrupt.priority & (0xff_u32 << subpriority_bits) as u8
    }

    /// ICC_RPR_EL1: the highest group priority that is active.
    pub(crate) const fn running_priority(&self) -> u8 {
        match (self.active0 | self.active1).trailing_zeros() {
            32 => IDLE_PRIORITY,
            level => (level << PRIORITY_SHIFT) as u8,
        }
    }

    /// Whether the interrupt gets past the priority mask and preempts what is running.
    pub(crate) fn may_signal(&self, interrupt: Candidate) -> bool {
        interrupt.priority < self.priority_mask
            && self.group_priority(interrupt) < self.running_priority()
    }

    /// The interrupt was acknowledged: its group priority is active.
    pub(crate) fn activate(&mut self, interrupt: Candidate) {
        let bit = 1 << (self.group_priority(interrupt) >> PRIORITY_SHIFT);
        *self.active(interrupt.group()) |= bit;
    }

    /// Priority drop: the running priority is active no more. `false`, and no change, if it belongs to
    /// the other group or if nothing is active.
    pub(crate) fn drop_priority(&mut self, group: Group) -> bool {
        let running = (self.active0 | self.active1).trailing_zeros();
        let active = self.active(group);
        if running == u32::BITS || *active >> running & 1 == 0 {
            return false;
        }
        *active &= !(1 << running);
        true
    }

    const fn active(&mut self, group: Group) -> &mut u32 {
        match group {
            Group::Zero => &mut self.active0,
            Group::One => &mut self.active1,
        }
    }
}
