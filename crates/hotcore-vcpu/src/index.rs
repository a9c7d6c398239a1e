//! Which vCPU: its index, fixed for the life of a machine.

use core::fmt;

/// The most vCPUs a machine can have: what one GICv3 redistributor region of this machine
/// holds, and what stock Linux kernels for arm64 are built for (`CONFIG_NR_CPUS=512`).
pub const MAX_VCPUS: u16 = 512;

/// Index of a vCPU: 0 is the boot vCPU, which can never be removed.
///
/// It is also the KVM vCPU id, the number of its redistributor frame, its ACPI Processor UID and
/// its CPU Interface Number, so that no table has to translate. Range: `0..MAX_VCPUS`.
///
/// ```
/// use hotcore_vcpu::{MAX_VCPUS, VcpuIndex};
/// assert_eq!(VcpuIndex::new(17).map(VcpuIndex::get), Some(17));
/// assert_eq!(VcpuIndex::new(MAX_VCPUS), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VcpuIndex(u16);

impl VcpuIndex {
    /// The boot vCPU.
    pub const BOOT: Self = Self(0);

    /// The vCPU with this index, or `None` at and above [`MAX_VCPUS`].
    pub const fn new(index: u16) -> Option<Self> {
        if index < MAX_VCPUS { Some(Self(index)) } else { None }
    }

    /// The index as a number.
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The index, for looking into slices that hold one entry per vCPU.
    pub const fn to_usize(self) -> usize {
        self.0 as usize
    }

    /// Whether this is the boot vCPU.
    pub const fn is_boot(self) -> bool {
        self.0 == 0
    }

    /// The first `count` vCPUs, in order; at most [`MAX_VCPUS`].
    pub fn first(count: u16) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + Clone {
        (0..count.min(MAX_VCPUS)).map(Self)
    }
}

impl fmt::Display for VcpuIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
