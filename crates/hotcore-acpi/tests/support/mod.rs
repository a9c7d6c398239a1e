//! Machines to describe, and judges of the result that do not share the builder's code.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "only tests use it")]

pub(crate) mod acpica;
pub(crate) mod read;
pub(crate) mod tree;

use hotcore_acpi::{
    AcpiTables, BootParameters, Cpu, CpuAtBoot, CpuStart, Deviation, Device, Gic, Mailboxes,
    NumaNode, Platform, REDISTRIBUTOR_SIZE, Seeds, build_tables,
};
use hotcore_vcpu::{Mpidr, Topology, VcpuIndex};

/// Where tests put tables: the start of RAM.
pub(crate) const BASE: u64 = 0x4000_0000;
/// Base of the hotplug register block.
pub(crate) const HOTPLUG: u64 = 0x090c_0000;
/// Base of the redistributors of up to 512 CPUs.
pub(crate) const REDISTRIBUTORS: u64 = BASE - 512 * REDISTRIBUTOR_SIZE;

/// Every deviation that changes tables.
pub(crate) const DEVIATIONS: [Deviation; 6] = [
    Deviation::StaNotPresentAfterEject,
    Deviation::GiccRedistributors,
    Deviation::NoBootCpuDevice,
    Deviation::DuplicateUid,
    Deviation::NestedContainers,
    Deviation::MailboxesBesidePsci(0x0e00_0000),
];

/// A machine whose first `enabled` CPUs are fixed; the others can come and go.
pub(crate) fn machine(possible: u16, enabled: u16) -> Platform {
    let cpus = VcpuIndex::first(possible)
        .map(|index| {
            let fixed = index.get() < enabled;
            Cpu {
                mpidr: Mpidr::of(index),
                boot: if fixed { CpuAtBoot::Enabled } else { CpuAtBoot::OnlineCapable },
                removable: !fixed,
                node: 0,
            }
        })
        .collect();
    Platform {
        memory: BASE..BASE + 0x2000_0000,
        gic: Gic { distributor: 0x0800_0000, redistributors: REDISTRIBUTORS },
        uart: Device { base: 0x0900_0000, size: 0x1000, gsiv: 33 },
        rtc: Device { base: 0x0901_0000, size: 0x1000, gsiv: 34 },
        hotplug: HOTPLUG,
        ged: Device { base: 0x0908_0000, size: 4, gsiv: 41 },
        pmu_gsiv: None,
        cpus,
        cpu_start: CpuStart::Psci,
        topology: Topology::flat(possible).unwrap(),
        nodes: vec![],
        deviation: None,
    }
}

/// The machine with its RAM split over two nodes and its CPUs dealt out to them.
pub(crate) fn two_nodes(mut platform: Platform) -> Platform {
    let middle = platform.memory.start + 0x1000_0000;
    platform.nodes = vec![
        NumaNode { memory: platform.memory.start..middle, distances: vec![10, 20] },
        NumaNode { memory: middle..platform.memory.end, distances: vec![25, 10] },
    ];
    for (index, cpu) in platform.cpus.iter_mut().enumerate() {
        cpu.node = index as u32 % 2;
    }
    platform
}

/// The mailboxes of up to 512 CPUs, with what else is the firmware's.
pub(crate) fn mailboxes() -> Mailboxes {
    Mailboxes { base: 0x0e00_0000, reserved: 0x0e00_0000..0x0e21_0000 }
}

/// The machine with this way to start CPUs.
pub(crate) fn starting(mut platform: Platform, cpu_start: CpuStart) -> Platform {
    platform.cpu_start = cpu_start;
    platform
}

/// The machine, breaking the contract.
pub(crate) fn deviating(mut platform: Platform, deviation: Deviation) -> Platform {
    platform.deviation = Some(deviation);
    platform
}

pub(crate) fn tables(platform: &Platform) -> AcpiTables {
    build_tables(platform, BASE).unwrap()
}

/// The bytes of one table of a machine.
pub(crate) fn table(platform: &Platform, signature: [u8; 4]) -> Vec<u8> {
    tables(platform).table(signature).unwrap().to_vec()
}

pub(crate) const SEEDS: Seeds = Seeds { kaslr: 0x0123_4567_89ab_cdef, rng: [0x5a; 64] };

/// What a loader says when it has only a command line.
pub(crate) fn boot(command_line: &str) -> BootParameters<'_> {
    BootParameters { command_line, initrd: None, seeds: &SEEDS }
}
