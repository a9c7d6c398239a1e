//! A set of CPUs: a bit for each possible one.

use hotcore_vcpu::{MAX_VCPUS, VcpuIndex};

const WORDS: usize = MAX_VCPUS as usize / 64;

/// A set of CPUs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct CpuSet([u64; WORDS]);

impl CpuSet {
    pub(crate) fn first(count: u16) -> Self {
        let mut set = Self::default();
        VcpuIndex::first(count).for_each(|cpu| set.insert(cpu));
        set
    }

    pub(crate) fn insert(&mut self, cpu: VcpuIndex) {
        self.put(cpu, true);
    }

    /// Makes the CPU a member or not.
    pub(crate) fn put(&mut self, cpu: VcpuIndex, member: bool) {
        let bit = 1 << (cpu.get() % 64);
        let word = &mut self.0[cpu.to_usize() / 64];
        *word = if member { *word | bit } else { *word & !bit };
    }

    pub(crate) fn contains(&self, cpu: VcpuIndex) -> bool {
        self.0[cpu.to_usize() / 64] >> (cpu.get() % 64) & 1 != 0
    }

    /// The members, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = VcpuIndex> {
        self.0.into_iter().enumerate().flat_map(|(word, bits)| {
            ones(bits).filter_map(move |bit| VcpuIndex::new((word * 64) as u16 + bit as u16))
        })
    }
}

/// The positions of the ones in a word, from the least significant.
pub(crate) fn ones(bits: impl Into<u64>) -> impl Iterator<Item = u32> {
    let mut left: u64 = bits.into();
    core::iter::from_fn(move || {
        let bit = left.trailing_zeros();
        left &= left.wrapping_sub(1);
        (bit < 64).then_some(bit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_inserted_in_order() {
        let mut set = CpuSet::default();
        for cpu in [511, 0, 64, 63] {
            set.insert(VcpuIndex::new(cpu).unwrap());
        }
        set.put(VcpuIndex::new(64).unwrap(), false);
        assert_eq!(set.iter().map(VcpuIndex::get).collect::<Vec<_>>(), [0, 63, 511]);
        assert_eq!(CpuSet::first(512).iter().count(), 512);
    }

    #[test]
    fn ones_are_counted_from_the_least_significant_bit() {
        assert_eq!(ones(0x8000_0000_0000_0005_u64).collect::<Vec<_>>(), [0, 2, 63]);
        assert_eq!(ones(0_u32).count(), 0);
    }
}
