//! What holds for every machine that can be, and which machines cannot.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

mod support;

use std::collections::BTreeSet;

use hotcore_acpi::{
    AcpiError, CpuAtBoot, CpuStart, Deviation, Mailboxes, NumaNode, Platform, REDISTRIBUTOR_SIZE,
    build_tables,
};
use hotcore_vcpu::Topology;
use proptest::prelude::*;
use support::read::{giccs, structures, sum, u32_at};
use support::{BASE, DEVIATIONS, acpica, machine, mailboxes, two_nodes};

/// A random machine with up to 512 CPUs, any policy, any topology, up to four nodes, with PSCI or with
/// mailboxes.
fn any_machine() -> impl Strategy<Value = Platform> {
    let shape = (1u16..=4, 1u16..=4, 1u16..=16, 1u16..=2);
    let policy = prop::collection::vec((any::<bool>(), any::<bool>()), 512);
    let deviation = prop::option::of(prop::sample::select(DEVIATIONS.to_vec()));
    let parking = any::<bool>();
    (shape, policy, 0u64..=4, prop::option::of(16u32..32), deviation, parking).prop_map(
        |((sockets, clusters, cores, threads), policy, nodes, pmu_gsiv, deviation, parking)| {
            let topology = Topology::new(sockets, clusters, cores, threads).unwrap();
            let mut platform = machine(topology.cpus(), 1);
            platform.topology = topology;
            platform.pmu_gsiv = pmu_gsiv;
            if parking {
                platform.cpu_start = CpuStart::Parking(mailboxes());
            }
            platform.deviation =
                deviation.filter(|d| *d != Deviation::DuplicateUid || topology.cpus() > 2);
            for (cpu, (fixed, removable)) in platform.cpus.iter_mut().zip(policy).skip(1) {
                cpu.boot = if fixed { CpuAtBoot::Enabled } else { CpuAtBoot::OnlineCapable };
                cpu.removable = removable && !fixed;
            }
            with_nodes(platform, nodes)
        },
    )
}

fn with_nodes(mut platform: Platform, nodes: u64) -> Platform {
    let end = platform.memory.end;
    for node in 0..nodes {
        let start = BASE + node * 0x200_0000;
        let distances = (0..nodes).map(|other| if other == node { 10 } else { 20 }).collect();
        let memory = start..if node == nodes - 1 { end } else { start + 0x200_0000 };
        platform.nodes.push(NumaNode { memory, distances });
    }
    for (index, cpu) in platform.cpus.iter_mut().enumerate() {
        cpu.node = (index as u64 % nodes.max(1)) as u32;
    }
    platform
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn tables_are_whole_and_apart(platform in any_machine()) {
        let tables = build_tables(&platform, BASE).unwrap();
        let mut end = 0;
        for place in &tables.tables {
            prop_assert!(place.range.start >= end);
            end = place.range.end;
            let bytes = &tables.bytes[place.range.clone()];
            prop_assert_eq!(sum(bytes), 0);
            if place.signature != *b"RSD " {
                prop_assert_eq!(&bytes[..4], &place.signature);
                prop_assert_eq!(u32_at(bytes, 4) as usize, bytes.len());
            }
        }
        prop_assert_eq!(end, tables.bytes.len());
    }

    #[test]
    fn cpus_agree_in_every_table(platform in any_machine()) {
        let tables = build_tables(&platform, BASE).unwrap();
        let giccs = giccs(tables.table(*b"APIC").unwrap());
        prop_assert_eq!(giccs.len(), platform.cpus.len());
        let mpidrs: BTreeSet<u64> = giccs.iter().map(|gicc| gicc.mpidr).collect();
        prop_assert_eq!(mpidrs.len(), giccs.len());
        for (gicc, cpu) in giccs.iter().zip(&platform.cpus) {
            let flags = if cpu.boot == CpuAtBoot::Enabled { 1 } else { 8 };
            prop_assert_eq!(gicc.flags, flags);
            let beside = matches!(platform.deviation, Some(Deviation::MailboxesBesidePsci(_)));
            let parks = platform.cpu_start != CpuStart::Psci || beside;
            prop_assert_eq!((gicc.parking_version != 0, gicc.parked_address != 0), (parks, parks));
        }
        let uids: BTreeSet<u32> = giccs.iter().map(|gicc| gicc.uid).collect();
        let leaves: BTreeSet<u32> = structures(tables.table(*b"PPTT").unwrap(), 36, 0)
            .into_iter()
            .filter(|node| u32_at(node, 4) & 8 != 0)
            .map(|node| u32_at(node, 12))
            .collect();
        prop_assert_eq!(&leaves, &uids);
        if let Some(srat) = tables.table(*b"SRAT") {
            let listed: BTreeSet<u32> =
                structures(srat, 48, 3).into_iter().map(|gicc| u32_at(gicc, 6)).collect();
            prop_assert_eq!(&listed, &uids);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn the_dsdt_compiles_back_and_loads(platform in any_machine()) {
        let tables = build_tables(&platform, BASE).unwrap();
        let dsdt = tables.table(*b"DSDT").unwrap();
        if let Some(again) = acpica::disassemble(dsdt).and_then(|source| acpica::compile(&source)) {
            prop_assert_eq!(&again[36..], &dsdt[36..]);
        }
        acpica::evaluate(&[dsdt], 0xff, &["\\_SB.GED._EVT 41"]);
    }
}

/// The complaint about a machine that was good until `change`.
fn complaint(change: impl FnOnce(&mut Platform)) -> AcpiError {
    let mut platform = two_nodes(machine(4, 2));
    assert_eq!(platform.validate(), Ok(()));
    change(&mut platform);
    build_tables(&platform, BASE).unwrap_err()
}

#[test]
fn impossible_cpus_are_refused() {
    use AcpiError as E;
    assert!(matches!(complaint(|p| p.cpus.clear()), E::CpuCount { asked: 0 }));
    assert!(matches!(
        complaint(|p| {
            p.cpus.pop();
        }),
        E::TopologyMismatch { topology: 4, cpus: 3 }
    ));
    assert!(matches!(complaint(|p| p.cpus[0].boot = CpuAtBoot::OnlineCapable), E::BootCpuNotFixed));
    assert!(matches!(complaint(|p| p.cpus[1].removable = true), E::EnabledAndRemovable { cpu: 1 }));
    assert!(matches!(
        complaint(|p| p.cpus[3].mpidr = p.cpus[1].mpidr),
        E::DuplicateMpidr { first: 1, second: 3, mpidr: 1 }
    ));
    assert!(matches!(
        complaint(|p| p.cpus[2].node = 2),
        E::UnknownNode { cpu: 2, node: 2, nodes: 2 }
    ));
    let mut pair = machine(2, 1);
    pair.deviation = Some(Deviation::DuplicateUid);
    assert!(matches!(pair.validate(), Err(E::DeviationNeedsCpus { needed: 3, cpus: 2 })));
}

#[test]
fn impossible_addresses_are_refused() {
    use AcpiError as E;
    let ranges: [fn(&mut Platform); 9] = [
        |p| p.memory.end = p.memory.start,
        |p| p.memory.end -= 1,
        |p| p.memory = u64::MAX - 0xfff..u64::MAX,
        |p| p.gic.distributor += 0x1000,
        |p| p.gic.redistributors = 0u64.wrapping_sub(REDISTRIBUTOR_SIZE),
        |p| p.uart.size = 0,
        |p| p.hotplug = 0xffff_fff8,
        |p| p.hotplug += 2,
        |p| p.ged.size = 3,
    ];
    for change in ranges {
        let complaint = complaint(change);
        assert!(matches!(complaint, E::Range { .. }), "{complaint}");
    }
    let overlap = complaint(|p| p.rtc.base = p.uart.base + 0x800);
    assert_eq!(
        overlap.to_string(),
        "the UART and the clock overlap at 0x9000800: place them apart"
    );
    assert!(matches!(complaint(|p| p.gic.redistributors = BASE), E::Overlap { .. }));
}

#[test]
fn impossible_mailboxes_are_refused() {
    let placed = |base, reserved| {
        let mailboxes = Mailboxes { base, reserved };
        complaint(move |platform| platform.cpu_start = CpuStart::Parking(mailboxes))
    };
    for (base, reserved) in [
        (0x0e00_0800, 0x0e00_0000..0x0e01_0000),
        (0x0e00_0000, 0x0e01_0000..0x0e02_0000),
        (0x0e00_d000, 0x0e00_0000..0x0e01_0000),
        (0x0e00_0000, 0x0e00_0000..0x0e00_8000),
        (0x0e00_8000, 0x0e00_8000..0x0e01_8000),
        (!0xfff, 0..u64::MAX),
        (0x10_0000_0000_0000, 0x10_0000_0000_0000..0x10_0000_0001_0000),
    ] {
        let complaint = placed(base, reserved);
        assert!(matches!(complaint, AcpiError::Range { .. }), "{base:#x}: {complaint}");
    }
    let in_ram = placed(BASE, BASE..BASE + 0x1_0000);
    assert!(matches!(in_ram, AcpiError::Overlap { .. }), "{in_ram}");
}

#[test]
fn impossible_interrupts_are_refused() {
    let interrupts: [fn(&mut Platform); 4] = [
        |p| p.uart.gsiv = 31,
        |p| p.ged.gsiv = 1020,
        |p| p.ged.gsiv = p.uart.gsiv,
        |p| p.pmu_gsiv = Some(33),
    ];
    for change in interrupts {
        let complaint = complaint(change);
        assert!(matches!(complaint, AcpiError::Interrupt { .. }), "{complaint}");
    }
}

#[test]
fn impossible_nodes_are_refused() {
    let nodes: [fn(&mut Platform); 6] = [
        |p| p.nodes[0].distances[0] = 11,
        |p| p.nodes[0].distances[1] = 10,
        |p| p.nodes[1].distances.push(20),
        |p| p.nodes[1].memory.end -= 0x1000,
        |p| p.nodes[1].memory.start += 0x1000,
        |p| p.nodes[0].memory.end -= 1,
    ];
    for change in nodes {
        let complaint = complaint(change);
        assert!(matches!(complaint, AcpiError::Numa { .. }), "{complaint}");
    }
}
