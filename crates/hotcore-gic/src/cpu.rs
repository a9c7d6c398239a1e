//! Everything of the GIC that belongs to one PE: its redistributor and its CPU interface, and the one
//! SPI that the distributor has for it.

use crate::bank::Bank;
use crate::group::{Candidate, Group, Groups};
use crate::interface::Interface;
use crate::signal::Lines;

/// SGIs among the private interrupts, as a mask.
pub(crate) const SGIS: u32 = 0xffff;

/// A redistributor and a CPU interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cpu {
    /// SGIs and PPIs.
    pub(crate) private: Bank,
    pub(crate) interface: Interface,
    /// GICR_WAKER.ProcessorSleep.
    pub(crate) asleep: bool,
    /// GICD_CTLR.EnableGrp0 and EnableGrp1, as the distributor last said.
    pub(crate) forwarded: Groups,
    /// The SPI that would be next for this CPU, as the distributor last said.
    pub(crate) shared: Option<Candidate>,
}

impl Cpu {
    pub(crate) const fn new() -> Self {
        Self {
            private: new_private(),
            interface: Interface::new(),
            asleep: false,
            forwarded: Groups::NONE,
            shared: None,
        }
    }

    /// To the state after creation, but with the lines as they are.
    pub(crate) fn reset(&mut self) {
        self.private.reset_to(new_private());
        let private = self.private;
        *self = Self { private, ..Self::new() };
    }

    /// The groups that the CPU takes from the distributor: none while its redistributor sleeps.
    pub(crate) const fn participation(&self) -> Groups {
        if self.asleep { Groups::NONE } else { self.interface.groups() }
    }

    /// The highest priority pending interrupt, whether or not it can be signalled.
    pub(crate) fn best(&self) -> Option<Candidate> {
        let groups = self.participation().and(self.forwarded);
        let private = self.private.best(0, groups, |_| true);
        let shared = self.shared.filter(|shared| groups.contains(shared.group()));
        private.into_iter().chain(shared).min()
    }

    /// The interrupt that is being signalled.
    pub(crate) fn signalled(&self) -> Option<Candidate> {
        self.best().filter(|interrupt| self.interface.may_signal(*interrupt))
    }

    /// What the PE sees.
    pub(crate) fn lines(&self) -> Lines {
        let group = self.signalled().map(Candidate::group);
        Lines { irq: group == Some(Group::One), fiq: group == Some(Group::Zero) }
    }
}

/// SGIs are enabled from the start, as in KVM's vGIC, and always edge-triggered; PPIs are
/// level-sensitive.
const fn new_private() -> Bank {
    Bank::new(SGIS, SGIS)
}
