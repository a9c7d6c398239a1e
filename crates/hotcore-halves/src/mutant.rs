//! Rules, each broken by one mutant. They stand between the halves, whose code knows nothing of them.

use hotcore_ospm::Report;
use hotcore_vcpu::Outcome::{AcceptedNotOnlined, TimedOut};

use crate::Violation::{self as V, Complaint, EndedBadly};
use crate::{CPUS, Firmware};

/// A rule that is broken on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mutant {
    /// The VMM raises an event once and never again.
    NoRepeat,
    /// The VMM pulses the interrupt without setting the GED's selector.
    NoSelector,
    /// Clearing one event clears both.
    ClearsBothEvents,
    /// An event is cleared when its notification has been handled, not before.
    ClearsAfterNotify,
    /// A plug does not wait for the end of an eject.
    PlugsDuringEject,
    /// The VMM does not start a CPU that it said it would.
    LosesStart,
    /// The firmware starts a CPU that is not enabled.
    IgnoresPolicy,
    /// The VMM tells of a CPU before it enables it.
    EventBeforePolicy,
    /// The VMM disables a CPU without waiting for the guest.
    DisablesWithoutEject,
    /// The VMM carries out an eject of a CPU that executes.
    EjectsRunning,
    /// `_STA` says enabled until the guest's last `_OST`.
    StaLate,
    /// The firmware calls a CPU off, or parked, before it has stopped.
    OffEarly,
    /// A mailbox says parked, and answers TEST, before the CPU has left the OS.
    ParkedEarly,
    /// A mailbox's generation stays as it is.
    SameGeneration,
    /// A mailbox does not answer TEST.
    SilentTest,
    /// A mailbox keeps the jump address when the CPU has left.
    KeepsJump,
    /// A reset leaves the mailboxes as they are.
    ResetKeepsMailboxes,
    /// A reset leaves the firmware's idea of which CPUs are on.
    ResetKeepsPower,
    /// The OS ejects a CPU without having taken it offline.
    OsEjectsOnline,
    /// The OS says nothing by `_OST`.
    OsForgetsOst,
    /// The OS drops eject requests.
    OsForgetsEjects,
    /// The OS writes cpu_id before the jump address.
    OsWakesEarly,
    /// A CPU that is parked finds the release address of its last start, and starts again.
    StartsAgain,
    /// A release address that was written while the CPU was away starts it when it is parked.
    RemembersStrays,
    /// The OS writes a CPU's release address for its first start only.
    OsWritesAddressOnce,
    /// The OS writes the release address of another CPU.
    OsReleasesAnother,
    /// The OS hands the machine on to the next one without having taken CPUs offline.
    OsKeepsCpusAtKexec,
    /// The OS hands the machine on although a CPU is stuck.
    OsForgetsStuckCpus,
}

impl Mutant {
    /// All of them.
    pub const ALL: [Self; 28] = [
        Self::NoRepeat,
        Self::NoSelector,
        Self::ClearsBothEvents,
        Self::ClearsAfterNotify,
        Self::PlugsDuringEject,
        Self::LosesStart,
        Self::IgnoresPolicy,
        Self::EventBeforePolicy,
        Self::DisablesWithoutEject,
        Self::EjectsRunning,
        Self::StaLate,
        Self::OffEarly,
        Self::ParkedEarly,
        Self::SameGeneration,
        Self::SilentTest,
        Self::KeepsJump,
        Self::ResetKeepsMailboxes,
        Self::ResetKeepsPower,
        Self::OsEjectsOnline,
        Self::OsForgetsOst,
        Self::OsForgetsEjects,
        Self::OsWakesEarly,
        Self::StartsAgain,
        Self::RemembersStrays,
        Self::OsWritesAddressOnce,
        Self::OsReleasesAnother,
        Self::OsKeepsCpusAtKexec,
        Self::OsForgetsStuckCpus,
    ];

    /// The machines on which it is looked for: where the rule is any machine's, the smallest that has it.
    pub fn machines(self) -> &'static [Firmware] {
        match self {
            Self::OffEarly | Self::LosesStart | Self::ResetKeepsPower => {
                &[Firmware::Psci, Firmware::Parking, Firmware::SpinTable]
            }
            Self::IgnoresPolicy => &[Firmware::Psci, Firmware::Parking, Firmware::DenyingSpinTable],
            Self::ParkedEarly
            | Self::SameGeneration
            | Self::SilentTest
            | Self::KeepsJump
            | Self::ResetKeepsMailboxes => &[Firmware::Parking, Firmware::SpinTable],
            Self::OsWakesEarly => &[Firmware::Parking],
            Self::StartsAgain
            | Self::RemembersStrays
            | Self::OsWritesAddressOnce
            | Self::OsReleasesAnother
            | Self::OsKeepsCpusAtKexec
            | Self::OsForgetsStuckCpus => &[Firmware::SpinTable],
            _ => &[Firmware::Psci],
        }
    }

    /// Whether this violation is what comes of it; another one is of the model's own making.
    pub fn shows(self, violation: &V) -> bool {
        let incomplete = matches!(violation, Complaint(Report::EjectIncomplete { .. }));
        match self {
            // The event is repeated for ever, and the OS never hears of it.
            Self::NoRepeat | Self::NoSelector => matches!(violation, V::Endless),
            Self::ClearsBothEvents
            | Self::ClearsAfterNotify
            | Self::OsForgetsOst
            | Self::OsForgetsEjects => matches!(violation, EndedBadly(TimedOut)),
            Self::PlugsDuringEject => incomplete,
            Self::EventBeforePolicy => matches!(violation, EndedBadly(AcceptedNotOnlined)),
            Self::IgnoresPolicy => matches!(violation, V::ExecutesDisabled(_)),
            Self::DisablesWithoutEject => {
                matches!(violation, V::DisabledBehindTheOs(_) | V::DisabledWithoutEject(_))
            }
            Self::StaLate => incomplete || matches!(violation, V::DisabledBehindTheOs(_)),
            Self::EjectsRunning => matches!(violation, V::DisabledWithoutEject(_)),
            Self::OffEarly => {
                matches!(violation, V::OffButExecutes(_) | V::ParkedButExecutes(_))
            }
            // What still executes is ejected, or left to the next OS.
            Self::ParkedEarly => {
                incomplete || matches!(violation, V::OfflineButExecutes(_) | V::HandedOnEarly(_))
            }
            Self::OsEjectsOnline => incomplete || matches!(violation, V::OfflineButExecutes(_)),
            Self::OsReleasesAnother => matches!(violation, V::OfflineButExecutes(_)),
            // The CPU does not come; the mailbox does not say what it should; the address stays away.
            Self::LosesStart
            | Self::SameGeneration
            | Self::SilentTest
            | Self::StartsAgain
            | Self::RemembersStrays
            | Self::OsWritesAddressOnce => matches!(violation, V::WaitsInVain),
            Self::KeepsJump => matches!(violation, Complaint(Report::JumpAddressLeft(_))),
            Self::ResetKeepsMailboxes => matches!(violation, V::NotArmed(_) | V::NotOnline(_)),
            Self::ResetKeepsPower => {
                matches!(violation, Complaint(Report::CpuOnFailed { .. }) | V::NotOnline(_))
            }
            Self::OsWakesEarly => matches!(violation, V::NotArmed(_)),
            Self::OsKeepsCpusAtKexec | Self::OsForgetsStuckCpus => {
                matches!(violation, V::HandedOnEarly(_))
            }
        }
    }
}

/// What mutants have to remember of a machine.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Memory {
    /// The CPU that the hotplug block has selected.
    pub(crate) selected: u16,
    /// The OS has had this CPU leave.
    pub(crate) sent_off: [bool; CPUS],
    /// This CPU was ejected, and the OS has not said that it is done.
    pub(crate) ejected: [bool; CPUS],
    /// The ledger was told of this CPU's end too early.
    pub(crate) off_early: [bool; CPUS],
    /// How often this CPU has left.
    pub(crate) generation: [u64; CPUS],
    /// Events that are yet to be cleared: insert, remove.
    pub(crate) uncleared: [(bool, bool); CPUS],
    /// This CPU's release address was written.
    pub(crate) released: [bool; CPUS],
    /// This CPU's release address was written while it was away.
    pub(crate) stray: [bool; CPUS],
    /// A jump address that is held back.
    pub(crate) jump: Option<Vec<u8>>,
}

impl Memory {
    /// A CPU has left.
    pub(crate) fn left(&mut self, cpu: usize) {
        self.sent_off[cpu] = false;
        self.off_early[cpu] = false;
        self.generation[cpu] += 1;
    }
}
