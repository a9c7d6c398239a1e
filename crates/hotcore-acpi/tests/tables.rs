//! The tables without AML, read by a reader that knows only the specification.

mod support;

use hotcore_acpi::{CpuAtBoot, Deviation, REDISTRIBUTOR_SIZE, build_tables};
use hotcore_vcpu::{Mpidr, Topology, VcpuIndex};
use support::read::{giccs, structures, sum, u16_at, u32_at, u64_at};
use support::{
    BASE, DEVIATIONS, REDISTRIBUTORS, acpica, deviating, machine, table, tables, two_nodes,
};

/// Machines of the sizes that matter, and machines that deviate.
fn many_machines() -> Vec<hotcore_acpi::Platform> {
    let sizes = [(1, 1), (4, 1), (4, 4), (64, 2), (512, 1)];
    let mut machines: Vec<_> = sizes.map(|(max, boot)| machine(max, boot)).into();
    machines.push(two_nodes(machine(64, 8)));
    machines.extend(DEVIATIONS.map(|deviation| deviating(machine(4, 2), deviation)));
    machines
}

#[test]
fn b001_four_possible_one_enabled_is_four_giccs_with_flags_1_8_8_8() {
    let flags: Vec<u32> = giccs(&table(&machine(4, 1), *b"APIC")).iter().map(|g| g.flags).collect();
    assert_eq!(flags, [1, 8, 8, 8]);
}

#[test]
fn b002_no_gicc_is_both_enabled_and_online_capable() {
    for platform in many_machines() {
        for gicc in giccs(&table(&platform, *b"APIC")) {
            assert!(gicc.flags == 1 || gicc.flags == 8, "{gicc:?}");
        }
    }
}

/// What an operating system sees that knows nothing of Online Capable: it takes a GICC with the
/// Enabled bit, and leaves any other alone (ACPI 6.5 table 5-37), so it never calls CPU_ON for
/// what it could only be denied.
#[test]
fn b159_an_os_without_online_capable_finds_the_fixed_cpus_alone() {
    let madt = table(&machine(4, 2), *b"APIC");
    let usable = giccs(&madt).iter().filter(|gicc| gicc.flags & 1 != 0).count();
    assert_eq!(usable, 2);
    for platform in many_machines() {
        let giccs = giccs(&table(&platform, *b"APIC"));
        for (gicc, cpu) in giccs.iter().zip(&platform.cpus) {
            assert_eq!(gicc.flags & 1 != 0, cpu.boot == CpuAtBoot::Enabled);
            assert!(!(gicc.flags & 1 != 0 && cpu.removable), "what it finds cannot go");
        }
    }
}

#[test]
fn b003_giccs_are_82_bytes_with_unique_mpidrs_boot_cpu_first() {
    for platform in many_machines() {
        let madt = table(&platform, *b"APIC");
        assert_eq!((sum(&madt), madt[8]), (0, 6));
        let giccs = giccs(&madt);
        assert_eq!(giccs.len(), platform.cpus.len());
        assert_eq!(giccs[0].mpidr, Mpidr::of(VcpuIndex::BOOT).bits());
        let mut mpidrs: Vec<u64> = giccs.iter().map(|gicc| gicc.mpidr).collect();
        mpidrs.sort_unstable();
        mpidrs.dedup();
        assert_eq!(mpidrs.len(), giccs.len());
        for (index, gicc) in (0u32..).zip(&giccs) {
            assert_eq!((gicc.length, gicc.interface, gicc.uid), (82, index, index));
        }
    }
}

#[test]
fn b004_redistributors_are_described_once_by_gicr() {
    for platform in [machine(1, 1), machine(4, 1), machine(512, 3)] {
        let madt = table(&platform, *b"APIC");
        assert_eq!(structures(&madt, 44, 0x0e).len(), 1);
        assert!(giccs(&madt).iter().all(|gicc| gicc.redistributor == 0));
    }
}

#[test]
fn b005_gicr_holds_a_redistributor_of_every_possible_cpu() {
    for max in [1, 4, 64, 512] {
        let madt = table(&machine(max, 1), *b"APIC");
        let gicr = structures(&madt, 44, 0x0e)[0];
        assert_eq!((gicr.len(), gicr[2]), (16, 0));
        assert_eq!(u64_at(gicr, 4), REDISTRIBUTORS);
        assert_eq!(u32_at(gicr, 12), u32::from(max) * 0x2_0000);
    }
}

#[test]
fn the_distributor_is_a_gicv3() {
    let madt = table(&machine(4, 1), *b"APIC");
    let gicd = structures(&madt, 44, 0x0c);
    assert_eq!(gicd.len(), 1);
    assert_eq!((gicd[0].len(), u64_at(gicd[0], 8), gicd[0][20]), (24, 0x0800_0000, 3));
}

#[test]
fn b035_giccs_have_the_mpidr_of_their_vcpu_and_nothing_but_affinity() {
    let giccs = giccs(&table(&machine(512, 1), *b"APIC"));
    for (cpu, gicc) in VcpuIndex::first(512).zip(&giccs) {
        assert_eq!(gicc.mpidr, Mpidr::of(cpu).bits());
        assert_eq!(gicc.mpidr & !0xff_00ff_ffff, 0);
    }
}

#[test]
fn b060_every_gicc_has_the_pmu_interrupt_or_none_has() {
    let mut platform = machine(64, 2);
    for (pmu, gsiv) in [(Some(23), 23), (None, 0)] {
        platform.pmu_gsiv = pmu;
        let giccs = giccs(&table(&platform, *b"APIC"));
        assert!(giccs.iter().all(|gicc| gicc.performance_gsiv == gsiv));
    }
}

#[test]
fn b061_timers_have_the_interrupts_of_the_base_system_architecture() {
    let gtdt = table(&machine(4, 1), *b"GTDT");
    assert_eq!((gtdt.len(), gtdt[8], sum(&gtdt)), (104, 3, 0));
    assert_eq!([48, 56, 64, 72, 96].map(|at| u32_at(&gtdt, at)), [29, 30, 27, 26, 0]);
    assert_eq!([36, 80].map(|at| u64_at(&gtdt, at)), [u64::MAX; 2]);
}

#[test]
fn b070_srat_has_every_possible_cpu_enabled_on_its_node() {
    let platform = two_nodes(machine(6, 2));
    let srat = table(&platform, *b"SRAT");
    assert_eq!((srat[8], u32_at(&srat, 36), u64_at(&srat, 40)), (3, 1, 0));
    let cpus: Vec<_> = structures(&srat, 48, 3)
        .iter()
        .map(|gicc| (gicc.len(), u32_at(gicc, 2), u32_at(gicc, 6), u32_at(gicc, 10)))
        .collect();
    let expected: Vec<_> = (0..6).map(|uid| (18, uid % 2, uid, 1)).collect();
    assert_eq!(cpus, expected);

    let memory: Vec<_> = structures(&srat, 48, 1)
        .iter()
        .map(|range| (u32_at(range, 2), u64_at(range, 8), u64_at(range, 16), u32_at(range, 28)))
        .collect();
    assert_eq!(memory, [(0, BASE, 0x1000_0000, 1), (1, BASE + 0x1000_0000, 0x1000_0000, 1)]);

    let slit = table(&platform, *b"SLIT");
    assert_eq!((u64_at(&slit, 36), &slit[44..]), (2, &[10, 20, 25, 10][..]));
}

#[test]
fn machines_without_nodes_have_neither_srat_nor_slit() {
    let tables = tables(&machine(4, 1));
    assert_eq!((tables.table(*b"SRAT"), tables.table(*b"SLIT")), (None, None));
}

/// Flags, parent, id and offset of each PPTT node.
fn pptt_nodes(topology: Topology) -> Vec<(u32, u32, u32, u32)> {
    let mut platform = machine(topology.cpus(), 1);
    platform.topology = topology;
    let pptt = table(&platform, *b"PPTT");
    assert_eq!((pptt[8], sum(&pptt)), (2, 0));
    let mut offset = 36;
    structures(&pptt, 36, 0)
        .iter()
        .map(|node| {
            let at = offset;
            offset += node.len() as u32;
            (u32_at(node, 4), u32_at(node, 8), u32_at(node, 12), at)
        })
        .collect()
}

#[test]
fn b072_pptt_has_every_possible_cpu_below_its_socket() {
    let nodes = pptt_nodes(Topology::new(2, 1, 2, 1).unwrap());
    let socket = |at| (0x11, 0, at / 60, at);
    let expected = [
        socket(36),
        (0xa, 36, 0, 56),
        (0xa, 36, 1, 76),
        (0x11, 0, 1, 96),
        (0xa, 96, 2, 116),
        (0xa, 96, 3, 136),
    ];
    assert_eq!(nodes, expected);
}

#[test]
fn b072_pptt_agrees_with_the_topology_at_every_level() {
    let topology = Topology::new(2, 3, 4, 2).unwrap();
    let nodes = pptt_nodes(topology);
    assert_eq!(nodes.len(), 2 + 2 * 3 + 2 * 3 * 4 + 48);
    let parent_of = |node: &(u32, u32, u32, u32)| {
        *nodes.iter().find(|candidate| candidate.3 == node.1).unwrap()
    };
    let leaves: Vec<_> = nodes.iter().filter(|node| node.0 & 8 != 0).collect();
    for (cpu, thread) in VcpuIndex::first(48).zip(leaves) {
        let core = parent_of(thread);
        let cluster = parent_of(&core);
        let socket = parent_of(&cluster);
        assert_eq!((thread.0, thread.2), (0xe, u32::from(cpu.get())));
        assert_eq!((core.0, cluster.0, socket.0, socket.1), (0, 0, 0x11, 0));
        let place = topology.place(cpu);
        let expected = [place.core, place.cluster, place.socket].map(u32::from);
        assert_eq!([core.2, cluster.2, socket.2], expected);
    }
}

#[test]
fn b075_rebuilt_tables_are_byte_identical() {
    for platform in many_machines() {
        assert_eq!(tables(&platform), tables(&platform.clone()));
    }
}

#[test]
fn b141_deviating_giccs_name_their_redistributors() {
    let platform = deviating(machine(4, 2), Deviation::GiccRedistributors);
    let madt = table(&platform, *b"APIC");
    assert!(structures(&madt, 44, 0x0e).is_empty());
    for (index, gicc) in (0..).zip(giccs(&madt)) {
        assert_eq!(gicc.redistributor, REDISTRIBUTORS + index * REDISTRIBUTOR_SIZE);
    }
}

#[test]
fn a_cpu_that_may_leave_is_online_capable_even_when_it_starts_enabled() {
    let mut platform = machine(2, 1);
    platform.cpus[1].boot = CpuAtBoot::OnlineCapable;
    platform.cpus[1].removable = true;
    assert_eq!(giccs(&table(&platform, *b"APIC"))[1].flags, 8);
}

#[test]
fn the_fadt_says_hardware_reduced_and_psci_by_hvc() {
    let tables = tables(&machine(4, 1));
    let fadt = tables.table(*b"FACP").unwrap();
    assert_eq!((fadt.len(), fadt[8], fadt[131]), (276, 6, 5));
    assert_eq!(u32_at(fadt, 112) & 1 << 20, 1 << 20);
    assert_eq!(u16_at(fadt, 129), 3);
    let dsdt = (u64_at(fadt, 140) - BASE) as usize;
    assert_eq!(&tables.bytes[dsdt..dsdt + 4], *b"DSDT");
}

#[test]
fn the_console_is_in_spcr_and_dbg2() {
    let platform = machine(4, 1);
    let spcr = table(&platform, *b"SPCR");
    assert_eq!((spcr.len(), spcr[8], spcr[36], spcr[52]), (80, 2, 3, 8));
    assert_eq!((&spcr[40..44], u64_at(&spcr, 44)), (&[0, 32, 0, 3][..], 0x0900_0000));
    assert_eq!((u32_at(&spcr, 54), spcr[58], spcr[60]), (33, 3, 1));
    assert_eq!((u16_at(&spcr, 64), u16_at(&spcr, 66)), (0xffff, 0xffff));

    let dbg2 = table(&platform, *b"DBG2");
    assert_eq!((u32_at(&dbg2, 36), u32_at(&dbg2, 40)), (44, 1));
    let device = &dbg2[44..];
    assert_eq!((usize::from(u16_at(device, 1)), device[3]), (device.len(), 1));
    assert_eq!((u16_at(device, 12), u16_at(device, 14)), (0x8000, 3));
    let [address, size] = [18, 20].map(|at| usize::from(u16_at(device, at)));
    assert_eq!((u64_at(device, address + 4), u32_at(device, size)), (0x0900_0000, 0x1000));
    let path = usize::from(u16_at(device, 6));
    assert_eq!(&device[path..path + usize::from(u16_at(device, 4))], b"\\_SB.COM0\0");
}

#[test]
fn the_rsdp_leads_to_every_table() {
    for platform in many_machines() {
        let tables = tables(&platform);
        let rsdp = &tables.bytes[(tables.rsdp - tables.base) as usize..][..36];
        assert_eq!((&rsdp[..8], rsdp[15]), (&b"RSD PTR "[..], 2));
        assert_eq!((sum(&rsdp[..20]), sum(rsdp)), (0, 0));
        let xsdt = &tables.bytes[(u64_at(rsdp, 24) - BASE) as usize..];
        let xsdt = &xsdt[..u32_at(xsdt, 4) as usize];
        let mut found = vec![*b"RSD ", *b"XSDT", *b"DSDT"];
        for entry in xsdt[36..].chunks(8) {
            let at = (u64_at(entry, 0) - BASE) as usize;
            let length = u32_at(&tables.bytes, at + 4) as usize;
            assert_eq!(sum(&tables.bytes[at..at + length]), 0);
            found.push(tables.bytes[at..at + 4].try_into().unwrap());
        }
        assert_eq!(found[3], *b"FACP");
        let mut places: Vec<_> = tables.tables.iter().map(|place| place.signature).collect();
        places.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, places);
    }
}

#[test]
fn iasl_reads_every_table() {
    for platform in many_machines() {
        let tables = tables(&platform);
        for place in tables.tables.iter().filter(|place| place.signature != *b"RSD ") {
            if acpica::disassemble(&tables.bytes[place.range.clone()]).is_none() {
                return;
            }
        }
    }
}

#[test]
fn tables_start_at_a_multiple_of_16() {
    assert!(build_tables(&machine(1, 1), BASE + 8).is_err());
    for place in tables(&machine(3, 1)).tables {
        assert_eq!(place.range.start % 16, 0);
    }
}
