//! How the possible vCPUs are grouped: sockets, clusters, cores, threads.
//!
//! Topology is told to the guest by the PPTT alone. MPIDR does not carry it: KVM assigns
//! affinities for the sake of SGIs and sets MT to 0 on purpose.

use core::fmt;

use crate::VcpuIndex;

/// The shape of a machine. Its product is the number of possible vCPUs.
///
/// ```
/// use hotcore_vcpu::{Topology, VcpuIndex};
/// let topology = Topology::new(2, 1, 2, 1)?;
/// let place = topology.place(VcpuIndex::new(3).ok_or("out of range")?);
/// assert_eq!((place.socket, place.core), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topology {
    sockets: u16,
    clusters: u16,
    cores: u16,
    threads: u16,
}

/// Where one vCPU sits. Each id counts within its parent, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Socket (physical package) within the machine.
    pub socket: u16,
    /// Cluster within its socket.
    pub cluster: u16,
    /// Core within its cluster.
    pub core: u16,
    /// Thread within its core.
    pub thread: u16,
}

/// Why a topology cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidTopology {
    /// Sockets, clusters per socket, cores per cluster, threads per core: as asked.
    pub asked: [u16; 4],
}

impl fmt::Display for InvalidTopology {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [sockets, clusters, cores, threads] = self.asked;
        write!(
            f,
            "a topology of {sockets} sockets, {clusters} clusters, {cores} cores and {threads} threads \
             has to describe between 1 and {} CPUs",
            crate::MAX_VCPUS
        )
    }
}

impl core::error::Error for InvalidTopology {}

impl Topology {
    /// A topology of `sockets` × `clusters` per socket × `cores` per cluster × `threads` per core.
    pub fn new(
        sockets: u16,
        clusters: u16,
        cores: u16,
        threads: u16,
    ) -> Result<Self, InvalidTopology> {
        let asked = [sockets, clusters, cores, threads];
        let product = asked.iter().try_fold(1u16, |product, &n| product.checked_mul(n));
        match product {
            Some(1..=crate::MAX_VCPUS) => Ok(Self { sockets, clusters, cores, threads }),
            _ => Err(InvalidTopology { asked }),
        }
    }

    /// One socket, one cluster, one thread per core: what a machine gets when nobody asks.
    pub fn flat(cpus: u16) -> Result<Self, InvalidTopology> {
        Self::new(1, 1, cpus, 1)
    }

    /// The number of possible vCPUs.
    pub const fn cpus(&self) -> u16 {
        self.sockets * self.clusters * self.cores * self.threads
    }

    /// Sockets in the machine.
    pub const fn sockets(&self) -> u16 {
        self.sockets
    }

    /// Clusters in a socket.
    pub const fn clusters(&self) -> u16 {
        self.clusters
    }

    /// Cores in a cluster.
    pub const fn cores(&self) -> u16 {
        self.cores
    }

    /// Threads in a core.
    pub const fn threads(&self) -> u16 {
        self.threads
    }

    /// Where a vCPU sits; threads vary fastest, sockets slowest.
    pub const fn place(&self, cpu: VcpuIndex) -> Place {
        let index = cpu.get();
        let core = index / self.threads;
        let cluster = core / self.cores;
        Place {
            thread: index % self.threads,
            core: core % self.cores,
            cluster: cluster % self.clusters,
            socket: cluster / self.clusters,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;

    #[test]
    fn places_count_threads_fastest() {
        let topology = Topology::new(2, 2, 2, 2).unwrap();
        let places: Vec<_> = VcpuIndex::first(topology.cpus())
            .map(|cpu| topology.place(cpu))
            .map(|p| (p.socket, p.cluster, p.core, p.thread))
            .collect();
        assert_eq!(places[0], (0, 0, 0, 0));
        assert_eq!(places[1], (0, 0, 0, 1));
        assert_eq!(places[2], (0, 0, 1, 0));
        assert_eq!(places[4], (0, 1, 0, 0));
        assert_eq!(places[15], (1, 1, 1, 1));
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        assert!(Topology::flat(0).is_err());
        assert!(Topology::flat(513).is_err());
        assert!(Topology::new(u16::MAX, u16::MAX, u16::MAX, u16::MAX).is_err());
        assert!(Topology::new(2, 4, 32, 2).is_ok());
    }
}
