//! The description of one machine, from which every table and both device trees are built.
//!
//! A VMM fills it from its own layout of addresses, once; nothing in it changes while the machine
//! runs. That is what makes tables rebuilt after a hotplug byte-identical (guest contract §1.3).

use core::ops::Range;

use hotcore_vcpu::{Mpidr, Topology};

/// Bytes of the CPU hotplug register block (guest contract §1.11).
pub const HOTPLUG_BLOCK_SIZE: u64 = 12;
/// Bytes of the GED event selector (guest contract §1.10).
pub const GED_SELECTOR_SIZE: u64 = 4;
/// Bytes of the GICv3 distributor (GIC architecture specification, "GICD register map").
pub const DISTRIBUTOR_SIZE: u64 = 0x1_0000;
/// Bytes of a mailbox page (guest contract §4.2).
pub const MAILBOX_SIZE: u64 = 0x1000;
/// Bytes of one GICv3 redistributor: its RD_base and SGI_base frames of 64 KiB each.
pub const REDISTRIBUTOR_SIZE: u64 = 0x2_0000;

/// Everything that tables and device trees tell a guest about its machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Platform {
    /// Guest RAM: one range, in whole 4 KiB pages.
    pub memory: Range<u64>,
    /// Where the interrupt controller is.
    pub gic: Gic,
    /// The PL011 console; its interrupt is level-triggered.
    pub uart: Device,
    /// The PL031 clock. Only the device tree shows it: there is no ACPI id that Linux binds its
    /// driver to.
    pub rtc: Device,
    /// Base of the CPU hotplug register block, [`HOTPLUG_BLOCK_SIZE`] bytes.
    pub hotplug: u64,
    /// The Generic Event Device: its selector ([`GED_SELECTOR_SIZE`] bytes) and its
    /// edge-triggered interrupt.
    pub ged: Device,
    /// PMU overflow interrupt (a PPI: 23 by Arm's BSA) where the engine has a vPMU.
    pub pmu_gsiv: Option<u32>,
    /// Every possible CPU in index order. A CPU's index is its ACPI Processor UID.
    pub cpus: Vec<Cpu>,
    /// How an operating system starts CPUs other than the first.
    pub cpu_start: CpuStart,
    /// How those CPUs are grouped; as many as there are in `cpus`.
    pub topology: Topology,
    /// NUMA nodes in order of their proximity domain. Empty: no SRAT, no SLIT, no `_PXM`.
    pub nodes: Vec<NumaNode>,
    /// A way in which this machine breaks the contract on purpose.
    pub deviation: Option<Deviation>,
}

/// Placement of the GICv3. Each CPU has a redistributor in one region, in index order, always on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gic {
    /// Base of the distributor, [`DISTRIBUTOR_SIZE`] bytes.
    pub distributor: u64,
    /// Base of the region, [`REDISTRIBUTOR_SIZE`] bytes per possible CPU.
    pub redistributors: u64,
}

/// A device with one block of registers and one interrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Base of the registers; below 4 GiB.
    pub base: u64,
    /// Bytes of registers.
    pub size: u64,
    /// Global system interrupt: the INTID of an SPI, `32..1020`.
    pub gsiv: u32,
}

/// How an operating system starts CPUs other than the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CpuStart {
    /// By PSCI calls, with HVC.
    Psci,
    /// By the ACPI parking protocol: through mailboxes, and with no PSCI. Not in a device tree.
    Parking(Mailboxes),
    /// By a device tree's spin-table: through mailboxes, and with no PSCI. Not in ACPI.
    SpinTable(Mailboxes),
}

/// Placement of the firmware's mailboxes (`docs/parking-protocol-v2.md`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailboxes {
    /// The page of CPU 0; each CPU's is [`MAILBOX_SIZE`] bytes above that of the CPU before it.
    pub base: u64,
    /// What is the firmware's alone, whole blocks of 64 KiB: the mailboxes and the code that a CPU which
    /// leaves the operating system goes to.
    pub reserved: Range<u64>,
}

impl CpuStart {
    /// The mailboxes, where there are any.
    pub(crate) fn mailboxes(&self) -> Option<&Mailboxes> {
        match self {
            Self::Psci => None,
            Self::Parking(mailboxes) | Self::SpinTable(mailboxes) => Some(mailboxes),
        }
    }
}

impl Mailboxes {
    /// The page of the CPU with this index.
    pub(crate) fn page(&self, index: u32) -> u64 {
        self.base + u64::from(index) * MAILBOX_SIZE
    }
}

/// One possible CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cpu {
    /// Its affinity, equal to its MPIDR_EL1.
    pub mpidr: Mpidr,
    /// What the MADT says of it, forever.
    pub boot: CpuAtBoot,
    /// Whether the guest can eject it: it has `_EJ0`. Only an [`CpuAtBoot::OnlineCapable`] CPU can.
    pub removable: bool,
    /// Its NUMA node; 0 where there are none.
    pub node: u32,
}

/// The GICC flags of a CPU (ACPI 6.5 table 5-37). Enabled and Online Capable exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CpuAtBoot {
    /// There from power-on until power-off: flags 0x1, `_STA` constant, no `_EJ0`.
    Enabled,
    /// May come and go: flags 0x8, and `_STA` asks the machine. It may be enabled at boot too:
    /// an OS without support for Online Capable does not see it then.
    OnlineCapable,
}

/// One NUMA node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumaNode {
    /// Its RAM; empty for a node of CPUs only. The nodes' ranges are in order and fill
    /// [`Platform::memory`].
    pub memory: Range<u64>,
    /// Distance to each node in order: 10 to itself, `11..=254` to others, 255 for unreachable.
    pub distances: Vec<u8>,
}

/// A way in which the machine breaks the contract on purpose, so that OS authors can see how a
/// guest copes. The numbers are the guest contract's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deviation {
    /// 140: `_STA` of an ejected CPU is 0 instead of 0xD, until it is plugged again. Linux says
    /// "Changing CPU present bit is not supported".
    StaNotPresentAfterEject,
    /// 141: no GICR structure; each GICC names its redistributor instead. Linux says of each
    /// Online Capable CPU that its "redistributor is inaccessible".
    GiccRedistributors,
    /// 142: the DSDT has no object for CPU 0. Linux never registers it.
    NoBootCpuDevice,
    /// 143: the last two CPUs have the same `_UID`. Linux registers neither of them
    /// ("Failed to get unique processor _UID"). Takes three CPUs, to leave the boot CPU alone.
    DuplicateUid,
    /// 147: processors sit in containers (ACPI0010) at two depths. Unusual but legal: a guest
    /// has to find them all.
    NestedContainers,
    /// 86: each GICC names a mailbox of the parking protocol, the first of which is here, and the FADT
    /// says that there is PSCI. Unusual but legal: a guest takes PSCI. There is no firmware at the
    /// mailboxes. Changes only a machine with [`CpuStart::Psci`].
    MailboxesBesidePsci(u64),
}
