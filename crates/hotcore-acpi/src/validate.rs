//! Whether a description can be a machine at all.

use std::collections::BTreeMap;

use hotcore_vcpu::MAX_VCPUS;

use crate::AcpiError;
use crate::platform::{
    CpuAtBoot, DISTRIBUTOR_SIZE, Deviation, GED_SELECTOR_SIZE, HOTPLUG_BLOCK_SIZE, MAILBOX_SIZE,
    Mailboxes, Platform, REDISTRIBUTOR_SIZE,
};

/// RAM is described in pages of this size (UEFI memory map).
const PAGE: u64 = 0x1000;
/// First address that AML's 32-bit descriptors cannot name.
const FOUR_GIB: u64 = 1 << 32;
/// First address beyond the reach of any arm64 CPU.
const PHYSICAL_ADDRESSES: u64 = 1 << 52;
/// Bounds of a NUMA distance to another node (ACPI 6.5 §5.2.17).
const REMOTE_DISTANCES: core::ops::RangeInclusive<u8> = 11..=255;
/// Distance of a node to itself.
const LOCAL_DISTANCE: u8 = 10;

/// A named range of addresses.
struct Place {
    what: &'static str,
    base: u64,
    size: u64,
    alignment: u64,
    below: u64,
}

impl Platform {
    /// Checks everything that the builders rely on; they all call it first.
    pub fn validate(&self) -> Result<(), AcpiError> {
        self.validate_cpus()?;
        self.validate_addresses()?;
        self.validate_interrupts()?;
        self.validate_nodes()
    }

    fn validate_cpus(&self) -> Result<(), AcpiError> {
        let cpus = self.cpus.len();
        if cpus == 0 || cpus > usize::from(MAX_VCPUS) {
            return Err(AcpiError::CpuCount { asked: cpus });
        }
        if usize::from(self.topology.cpus()) != cpus {
            return Err(AcpiError::TopologyMismatch { topology: self.topology.cpus(), cpus });
        }
        let boot = &self.cpus[0];
        if boot.boot != CpuAtBoot::Enabled || boot.removable {
            return Err(AcpiError::BootCpuNotFixed);
        }
        let mut by_mpidr = BTreeMap::new();
        for (second, cpu) in self.cpus.iter().enumerate() {
            if cpu.boot == CpuAtBoot::Enabled && cpu.removable {
                return Err(AcpiError::EnabledAndRemovable { cpu: second });
            }
            if let Some(first) = by_mpidr.insert(cpu.mpidr, second) {
                let mpidr = cpu.mpidr.bits();
                return Err(AcpiError::DuplicateMpidr { first, second, mpidr });
            }
        }
        match self.deviation {
            Some(Deviation::DuplicateUid) if cpus < 3 => {
                Err(AcpiError::DeviationNeedsCpus { needed: 3, cpus })
            }
            _ => Ok(()),
        }
    }

    fn validate_addresses(&self) -> Result<(), AcpiError> {
        let memory = Place {
            what: "RAM",
            base: self.memory.start,
            size: self.memory.end.saturating_sub(self.memory.start),
            alignment: PAGE,
            below: PHYSICAL_ADDRESSES,
        };
        if !memory.size.is_multiple_of(PAGE) {
            return Err(memory.must("be whole pages of 4 KiB"));
        }
        let device = |what, base, size| Place { what, base, size, alignment: 4, below: FOUR_GIB };
        let gic = |what, base, size| Place {
            what,
            base,
            size,
            alignment: DISTRIBUTOR_SIZE,
            below: PHYSICAL_ADDRESSES,
        };
        let redistributors = self.cpus.len() as u64 * REDISTRIBUTOR_SIZE;
        let mut places = vec![
            memory,
            gic("the GIC distributor", self.gic.distributor, DISTRIBUTOR_SIZE),
            gic("the redistributor region", self.gic.redistributors, redistributors),
            device("the UART", self.uart.base, self.uart.size),
            device("the clock", self.rtc.base, self.rtc.size),
            device("the hotplug register block", self.hotplug, HOTPLUG_BLOCK_SIZE),
            device("the GED", self.ged.base, self.ged.size),
        ];
        if let Some(mailboxes) = self.cpu_start.mailboxes() {
            places.push(self.firmware(mailboxes)?);
        }
        for place in &places {
            place.validate()?;
        }
        if self.ged.size < GED_SELECTOR_SIZE {
            return Err(places[6].must("hold the 4-byte event selector"));
        }
        places.sort_by_key(|place| place.base);
        for pair in places.windows(2) {
            let [first, second] = pair else { continue };
            if first.base + first.size > second.base {
                let (first, at, second) = (first.what, second.base, second.what);
                return Err(AcpiError::Overlap { first, second, at });
            }
        }
        Ok(())
    }

    /// The place of what is the firmware's.
    fn firmware(&self, mailboxes: &Mailboxes) -> Result<Place, AcpiError> {
        let Mailboxes { base, reserved } = mailboxes;
        let size = self.cpus.len() as u64 * MAILBOX_SIZE;
        let pages = Place {
            what: "the region of mailboxes",
            base: *base,
            size,
            alignment: PAGE,
            below: PHYSICAL_ADDRESSES,
        };
        pages.validate()?;
        let length = reserved.end.saturating_sub(reserved.start);
        if !length.is_multiple_of(DISTRIBUTOR_SIZE) {
            return Err(pages.must("be in reserved blocks of 64 KiB"));
        }
        if *base < reserved.start || base + size > reserved.end {
            return Err(pages.must("be in what is reserved for the firmware"));
        }
        Ok(Place {
            what: "what is reserved for the firmware",
            base: reserved.start,
            size: length,
            alignment: DISTRIBUTOR_SIZE,
            below: PHYSICAL_ADDRESSES,
        })
    }

    fn validate_interrupts(&self) -> Result<(), AcpiError> {
        let spis = [("the UART", self.uart), ("the clock", self.rtc), ("the GED", self.ged)];
        for (index, (what, device)) in spis.iter().enumerate() {
            let gsiv = device.gsiv;
            if !(32..1020).contains(&gsiv) {
                return Err(AcpiError::Interrupt { what, gsiv, must: "an SPI, 32 to 1019" });
            }
            if spis[..index].iter().any(|(_, other)| other.gsiv == gsiv) {
                return Err(AcpiError::Interrupt { what, gsiv, must: "its own, not shared" });
            }
        }
        match self.pmu_gsiv {
            Some(gsiv) if !(16..32).contains(&gsiv) => {
                Err(AcpiError::Interrupt { what: "the PMU", gsiv, must: "a PPI, 16 to 31" })
            }
            _ => Ok(()),
        }
    }

    fn validate_nodes(&self) -> Result<(), AcpiError> {
        let nodes = self.nodes.len();
        for (index, cpu) in self.cpus.iter().enumerate() {
            if cpu.node as usize >= nodes.max(1) {
                return Err(AcpiError::UnknownNode { cpu: index, node: cpu.node, nodes });
            }
        }
        let mut filled = self.memory.start;
        for (index, node) in self.nodes.iter().enumerate() {
            let wrong = |problem| Err(AcpiError::Numa { node: index, problem });
            if node.distances.len() != nodes {
                return wrong("give it one distance to each node");
            }
            for (other, distance) in node.distances.iter().enumerate() {
                if other == index && *distance != LOCAL_DISTANCE {
                    return wrong("its distance to itself has to be 10");
                }
                if other != index && !REMOTE_DISTANCES.contains(distance) {
                    return wrong("distances to other nodes have to be above 10");
                }
            }
            if node.memory.is_empty() {
                continue;
            }
            if node.memory.start != filled || !node.memory.end.is_multiple_of(PAGE) {
                return wrong("its RAM has to begin where that of the nodes before it ended");
            }
            filled = node.memory.end;
        }
        if nodes > 0 && filled != self.memory.end {
            let problem = "the nodes' RAM has to fill the machine's";
            return Err(AcpiError::Numa { node: nodes - 1, problem });
        }
        Ok(())
    }
}

impl Place {
    fn validate(&self) -> Result<(), AcpiError> {
        if self.size == 0 {
            return Err(self.must("not be empty"));
        }
        match self.base.checked_add(self.size) {
            Some(end) if end <= self.below => {}
            _ if self.below == FOUR_GIB => return Err(self.must("end within the first 4 GiB")),
            _ => return Err(self.must("end within 52 bits of physical address")),
        }
        if !self.base.is_multiple_of(self.alignment) {
            return Err(self.must(
                "start at a multiple of 4 KiB (RAM, mailboxes), 64 KiB (the GIC, the firmware) or 4 bytes \
                 (devices)",
            ));
        }
        Ok(())
    }

    fn must(&self, must: &'static str) -> AcpiError {
        AcpiError::Range { what: self.what, base: self.base, size: self.size, must }
    }
}
