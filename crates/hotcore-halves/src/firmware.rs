//! How CPUs are started, and which there are therefore.

use hotcore_firmware::Protocol;
use hotcore_vcpu::CpuPolicy;

use crate::CPUS;

/// How CPUs are started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Firmware {
    /// PSCI.
    Psci,
    /// The parking protocol, version 2.
    Parking,
    /// A device tree's spin-table, with a way back. There is no hotplug: all CPUs are there, and stay.
    SpinTable,
    /// The same, with a policy of which the tree cannot tell: CPU 2 may not run.
    DenyingSpinTable,
}

impl Firmware {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Psci, Self::Parking, Self::SpinTable, Self::DenyingSpinTable];

    /// Whether the host can add and remove CPUs, and the OS hears of it.
    pub fn has_hotplug(self) -> bool {
        matches!(self, Self::Psci | Self::Parking)
    }

    /// How its mailboxes are used, if it has any.
    pub(crate) fn protocol(self) -> Option<Protocol> {
        match self {
            Self::Psci => None,
            Self::Parking => Some(Protocol::Parking),
            Self::SpinTable | Self::DenyingSpinTable => Some(Protocol::SpinTable),
        }
    }

    /// Which CPUs there are.
    pub(crate) fn policies(self) -> [CpuPolicy; CPUS] {
        match self {
            Self::Psci | Self::Parking => HOTPLUGGABLE,
            Self::SpinTable => [FIXED; CPUS],
            Self::DenyingSpinTable => [FIXED, FIXED, CpuPolicy { enabled: false, removable: true }],
        }
    }
}

/// There at boot, and for ever.
const FIXED: CpuPolicy = CpuPolicy { enabled: true, removable: false };

/// CPU 0 is fixed; CPU 1 is enabled at boot, CPU 2 is not, and both can come and go.
pub(crate) const HOTPLUGGABLE: [CpuPolicy; CPUS] = [
    FIXED,
    CpuPolicy { enabled: true, removable: true },
    CpuPolicy { enabled: false, removable: true },
];
