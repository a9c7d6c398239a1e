//! Which CPU has an affinity: for IROUTER, for SGIs, and for GICR_TYPER.

use hotcore_vcpu::{Mpidr, VcpuIndex};

use crate::GicError;

/// The affinities of all CPUs.
#[derive(Debug)]
pub(crate) struct Affinities {
    of_cpu: Vec<Mpidr>,
    /// Sorted by affinity.
    by_affinity: Vec<(u32, VcpuIndex)>,
}

impl Affinities {
    pub(crate) fn new(of_cpu: Vec<Mpidr>) -> Result<Self, GicError> {
        let mut by_affinity = Vec::with_capacity(of_cpu.len());
        for (index, mpidr) in of_cpu.iter().enumerate() {
            let cpu = u16::try_from(index).ok().and_then(VcpuIndex::new);
            by_affinity.push((mpidr.packed(), cpu.ok_or(GicError::Cpus(of_cpu.len()))?));
        }
        if by_affinity.is_empty() {
            return Err(GicError::Cpus(0));
        }
        by_affinity.sort_unstable();
        for pair in by_affinity.windows(2) {
            if let [(one, first), (other, second)] = pair
                && one == other
            {
                return Err(GicError::SameAffinity(*first, *second));
            }
        }
        Ok(Self { of_cpu, by_affinity })
    }

    pub(crate) fn cpus(&self) -> u16 {
        self.of_cpu.len() as u16
    }

    pub(crate) fn of(&self, cpu: VcpuIndex) -> Option<Mpidr> {
        self.of_cpu.get(cpu.to_usize()).copied()
    }

    /// The CPU with this affinity, Aff3 to Aff0 packed into 32 bits.
    pub(crate) fn find(&self, packed: u32) -> Option<VcpuIndex> {
        let at = self.by_affinity.binary_search_by_key(&packed, |(affinity, _)| *affinity).ok()?;
        self.by_affinity.get(at).map(|(_, cpu)| *cpu)
    }
}
