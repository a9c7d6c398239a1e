//! What can be wrong with a machine's description.

use thiserror::Error;

/// Why tables or device trees cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AcpiError {
    /// The number of CPUs is out of range.
    #[error("a machine has between 1 and {max} possible CPUs, not {asked}", max = hotcore_vcpu::MAX_VCPUS)]
    CpuCount {
        /// CPUs in the description.
        asked: usize,
    },
    /// The topology describes another number of CPUs.
    #[error("the topology describes {topology} CPUs but the machine has {cpus}: make them equal")]
    TopologyMismatch {
        /// CPUs by topology.
        topology: u16,
        /// CPUs in the description.
        cpus: usize,
    },
    /// CPU 0 may be taken away.
    #[error("CPU 0 boots the guest: describe it as Enabled and not removable")]
    BootCpuNotFixed,
    /// A CPU is Enabled in the MADT and ejectable.
    #[error(
        "CPU {cpu} cannot be both Enabled in the MADT and removable, because `_STA` of an Enabled \
         CPU must not change: describe it as OnlineCapable"
    )]
    EnabledAndRemovable {
        /// Index of the CPU.
        cpu: usize,
    },
    /// Two CPUs have one affinity.
    #[error("CPUs {first} and {second} have the same MPIDR {mpidr:#x}: each needs its own")]
    DuplicateMpidr {
        /// Index of one CPU.
        first: usize,
        /// Index of the other.
        second: usize,
        /// The affinity they share.
        mpidr: u64,
    },
    /// A CPU is on a node that does not exist.
    #[error("CPU {cpu} is on NUMA node {node}, but the machine has {nodes} nodes")]
    UnknownNode {
        /// Index of the CPU.
        cpu: usize,
        /// Its node.
        node: u32,
        /// Nodes in the description.
        nodes: usize,
    },
    /// A range of addresses is empty, overflows, is unaligned or out of reach.
    #[error("{what} at {base:#x} with {size:#x} bytes must {must}")]
    Range {
        /// What has this range.
        what: &'static str,
        /// Its base.
        base: u64,
        /// Its size.
        size: u64,
        /// What it has to be.
        must: &'static str,
    },
    /// Two ranges overlap.
    #[error("{first} and {second} overlap at {at:#x}: place them apart")]
    Overlap {
        /// One of them.
        first: &'static str,
        /// The other.
        second: &'static str,
        /// The first address that both have.
        at: u64,
    },
    /// An interrupt has a number that it cannot have.
    #[error("{what} cannot have interrupt {gsiv}: it must be {must}")]
    Interrupt {
        /// Whose interrupt.
        what: &'static str,
        /// Its number.
        gsiv: u32,
        /// What it has to be.
        must: &'static str,
    },
    /// The NUMA nodes do not describe the machine.
    #[error("NUMA node {node}: {problem}")]
    Numa {
        /// The node.
        node: usize,
        /// What is wrong and what to do.
        problem: &'static str,
    },
    /// There are too few CPUs for a deviation.
    #[error("this deviation takes at least {needed} CPUs, the machine has {cpus}")]
    DeviationNeedsCpus {
        /// CPUs that it takes.
        needed: usize,
        /// CPUs in the description.
        cpus: usize,
    },
    /// What the guest reads at boot does not fit its place.
    #[error("{what} needs {needed:#x} bytes but its place has {available:#x}: make it larger")]
    NoRoom {
        /// What was to be placed.
        what: &'static str,
        /// Bytes it takes.
        needed: u64,
        /// Bytes there are.
        available: u64,
    },
    /// A device tree cannot say what the description says.
    #[error("a device tree cannot describe {what}: boot with ACPI or leave it out")]
    NotInDeviceTree {
        /// What it cannot describe.
        what: &'static str,
    },
    /// ACPI cannot say what the description says.
    #[error("ACPI cannot describe {what}: boot with a device tree or leave it out")]
    NotInAcpi {
        /// What it cannot describe.
        what: &'static str,
    },
    /// The writer of device trees refused a property.
    #[error("the device tree cannot be written ({0}): does the command line contain a NUL?")]
    DeviceTree(String),
}

impl From<vm_fdt::Error> for AcpiError {
    fn from(error: vm_fdt::Error) -> Self {
        Self::DeviceTree(error.to_string())
    }
}
