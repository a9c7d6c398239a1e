//! What the ledger knows of one CPU.

use core::time::Duration;

use super::Operation;

/// PSCI's view of a CPU (DEN0022, AFFINITY_INFO).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Power {
    /// Not executing.
    Off,
    /// CPU_ON was accepted; the engine has not started it yet.
    OnPending,
    /// Executing.
    On,
}

/// How a possible CPU starts its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CpuPolicy {
    /// May be brought up from the start.
    pub enabled: bool,
    /// May be removed. Not for the boot CPU, nor for a CPU that the MADT calls Enabled.
    pub removable: bool,
}

/// A CPU as a client sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CpuView {
    /// Policy: may be brought up.
    pub enabled: bool,
    /// May be removed.
    pub removable: bool,
    /// Whether it executes.
    pub power: Power,
    /// An insert event waits for the guest.
    pub inserting: bool,
    /// A remove event waits for the guest.
    pub removing: bool,
    /// The last `_OST` of the guest for this CPU: source event and status.
    pub ost: Option<(u32, u32)>,
    /// The host's operation under way.
    pub operation: Option<Operation>,
}

/// What the guest's read of the flags register shows (register block, offset 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventFlags {
    /// Bit 0.
    pub enabled: bool,
    /// Bit 1.
    pub inserting: bool,
    /// Bit 2.
    pub removing: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Cpu {
    pub(super) enabled: bool,
    pub(super) removable: bool,
    pub(super) power: Power,
    pub(super) inserting: bool,
    pub(super) removing: bool,
    /// The guest has read `enabled` since it was set: taking it back would be a surprise removal.
    pub(super) enable_seen: bool,
    /// The guest has read `removing` since it was set: it may eject at any time.
    pub(super) remove_seen: bool,
    /// Ejected, but the guest has yet to say that its side is done; until then (or this time)
    /// `_STA` has to stay 0xD, or the guest would find its eject incomplete.
    pub(super) settling: Option<Duration>,
    pub(super) ost: Option<(u32, u32)>,
    pub(super) operation: Option<Operation>,
}

impl Cpu {
    pub(super) fn new(policy: CpuPolicy) -> Self {
        Self {
            enabled: policy.enabled,
            removable: policy.removable,
            power: Power::Off,
            inserting: false,
            removing: false,
            enable_seen: false,
            remove_seen: false,
            settling: None,
            ost: None,
            operation: None,
        }
    }

    /// Disables the CPU and forgets everything that was on its way to the guest.
    pub(super) fn disable(&mut self) {
        self.enabled = false;
        self.inserting = false;
        self.enable_seen = false;
        self.withdraw_removal();
    }

    pub(super) fn withdraw_removal(&mut self) {
        self.removing = false;
        self.remove_seen = false;
    }

    pub(super) fn has_event(&self) -> bool {
        self.inserting || self.removing
    }

    pub(super) fn view(&self) -> CpuView {
        CpuView {
            enabled: self.enabled,
            removable: self.removable,
            power: self.power,
            inserting: self.inserting,
            removing: self.removing,
            ost: self.ost,
            operation: self.operation,
        }
    }
}
