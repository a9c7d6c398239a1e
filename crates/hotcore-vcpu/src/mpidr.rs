//! MPIDR_EL1 affinity of a vCPU, as KVM assigns it.

use core::fmt;

use crate::VcpuIndex;

/// The affinity fields of MPIDR_EL1, in the layout the MADT and PSCI use
/// (Arm ARM, MPIDR_EL1; ACPI 6.5 table 5-37 "MPIDR"; PSCI `target_cpu`).
///
/// ```text
///  63      40 39  32 31    24 23  16 15   8 7    0
/// +----------+------+--------+------+------+------+
/// |    0     | Aff3 |   0    | Aff2 | Aff1 | Aff0 |
/// +----------+------+--------+------+------+------+
/// ```
/// Bits 31 (RES1), 30 (U) and 24 (MT) of the register itself are not part of it.
///
/// KVM puts 16 vCPUs in one Aff1 group, because a GICv3 SGI addresses at most 16 CPUs with
/// one write (`reset_mpidr` in KVM):
///
/// ```
/// use hotcore_vcpu::{Mpidr, VcpuIndex};
/// let cpu = VcpuIndex::new(17).ok_or("out of range")?;
/// assert_eq!(Mpidr::of(cpu).bits(), 0x101);
/// assert_eq!(Mpidr::from_bits(0x101)?.index(), Some(cpu));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mpidr(u64);

/// Every bit that an affinity value may have.
const AFFINITY_BITS: u64 = 0xff_00ff_ffff;
/// vCPUs that share Aff1.
const CPUS_PER_AFF1: u64 = 16;

/// A value with bits outside Aff3..Aff0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidMpidr(pub u64);

impl fmt::Display for InvalidMpidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:#x} has bits outside the affinity fields of MPIDR_EL1 (mask {AFFINITY_BITS:#x})",
            self.0
        )
    }
}

impl core::error::Error for InvalidMpidr {}

impl Mpidr {
    /// The affinity of a vCPU.
    pub const fn of(cpu: VcpuIndex) -> Self {
        let index = cpu.get() as u64;
        let aff0 = index % CPUS_PER_AFF1;
        let aff1 = (index / CPUS_PER_AFF1) & 0xff;
        Self(aff1 << 8 | aff0)
    }

    /// Takes an affinity value as a guest passes it to PSCI.
    pub const fn from_bits(bits: u64) -> Result<Self, InvalidMpidr> {
        if bits & !AFFINITY_BITS == 0 { Ok(Self(bits)) } else { Err(InvalidMpidr(bits)) }
    }

    /// The affinity fields of a value read from MPIDR_EL1.
    pub const fn from_register(mpidr_el1: u64) -> Self {
        Self(mpidr_el1 & AFFINITY_BITS)
    }

    /// The affinity fields, everything else 0.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Aff3..Aff0 packed into 32 bits, as `GICR_TYPER[63:32]` has them (GICv3, GICR_TYPER).
    pub const fn packed(self) -> u32 {
        ((self.0 >> 8) as u32 & 0xff00_0000) | (self.0 as u32 & 0x00ff_ffff)
    }

    /// The vCPU that has this affinity, or `None` where no possible vCPU of any machine has it.
    pub const fn index(self) -> Option<VcpuIndex> {
        let aff0 = self.0 & 0xff;
        let above = self.0 >> 16;
        if aff0 >= CPUS_PER_AFF1 || above != 0 {
            return None;
        }
        let aff1 = (self.0 >> 8) & 0xff;
        VcpuIndex::new((aff1 * CPUS_PER_AFF1 + aff0) as u16)
    }
}

impl fmt::Display for Mpidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MAX_VCPUS;

    #[test]
    fn b034_vcpu_17_is_aff1_1_aff0_1() {
        let mpidr = Mpidr::of(VcpuIndex::new(17).unwrap());
        assert_eq!(mpidr.bits(), 0x101);
        assert_eq!(mpidr.bits() & (1 << 24), 0, "MT is clear");
    }

    #[test]
    fn b003_every_possible_vcpu_has_an_affinity_of_its_own_and_is_found_by_it() {
        for cpu in VcpuIndex::first(MAX_VCPUS) {
            assert_eq!(Mpidr::of(cpu).index(), Some(cpu));
        }
    }

    #[test]
    fn affinities_that_no_vcpu_has_find_none() {
        for bits in [0x10, 0xff, 0x2000, 0x1_0000, 0x1_0000_0000, 0xff_00ff_ffff] {
            assert_eq!(Mpidr::from_bits(bits).unwrap().index(), None, "{bits:#x}");
        }
        for bits in [1 << 24, 1 << 30, 1 << 31, 1 << 40, u64::MAX] {
            assert_eq!(Mpidr::from_bits(bits), Err(InvalidMpidr(bits)));
        }
    }

    #[test]
    fn aff3_is_packed_next_to_aff2() {
        assert_eq!(Mpidr::from_bits(0x12_0034_5678).unwrap().packed(), 0x1234_5678);
    }
}
