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
}

impl Firmware {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Psci, Self::Parking, Self::SpinTable];

    /// How its mailboxes are used, if it has any.
    pub(crate) fn protocol(self) -> Option<Protocol> {
        match self {
            Self::Psci => None,
            Self::Parking => Some(Protocol::Parking),
            Self::SpinTable => Some(Protocol::SpinTable),
        }
    }

    /// Which CPUs there are.
    pub(crate) fn policies(self) -> [CpuPolicy; CPUS] {
        match self {
            Self::Psci | Self::Parking => HOTPLUGGABLE,
            Self::SpinTable => [CpuPolicy { enabled: true, removable: false }; CPUS],
        }
    }
}

/// CPU 0 is fixed; CPU 1 is enabled at boot, CPU 2 is not, and both can come and go.
pub(crate) const HOTPLUGGABLE: [CpuPolicy; CPUS] = [
    CpuPolicy { enabled: true, removable: false },
    CpuPolicy { enabled: true, removable: true },
    CpuPolicy { enabled: false, removable: true },
];
