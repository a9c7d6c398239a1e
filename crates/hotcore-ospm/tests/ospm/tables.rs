//! Tables: Hotcore's own, and broken ones.

use hotcore_acpi::{
    Cpu as TableCpu, CpuAtBoot, CpuStart, Device, Gic, Mailboxes, Platform, build_tables,
};
use hotcore_ospm::mailbox::Mailbox;
use hotcore_ospm::tables::{Fadt, Gicc, Sdt, Stao, TableError, Tables, efi};
use hotcore_ospm::{
    Conduit, Cpu, CpuRecord, DeviceTreeCpu, DeviceTreeMethod, EnableMethod, Mpidr, Ospm, Psci,
    Registry, Report,
};
use hotcore_vcpu::Topology;

use crate::aml::Script;
use crate::os::{TestOs, mask};

const BASE: u64 = 0x4021_0000;

fn mpidr(n: u64) -> Mpidr {
    Mpidr::new(n).unwrap()
}

fn platform(cpus: u32, cpu_start: CpuStart) -> Platform {
    let cpu = |n: u32| TableCpu {
        mpidr: hotcore_vcpu::Mpidr::from_bits(u64::from(n / 16) << 8 | u64::from(n % 16)).unwrap(),
        boot: if n == 0 { CpuAtBoot::Enabled } else { CpuAtBoot::OnlineCapable },
        removable: n != 0,
        node: 0,
    };
    Platform {
        memory: 0x4000_0000..0x6000_0000,
        gic: Gic { distributor: 0x800_0000, redistributors: 0x1000_0000 },
        uart: Device { base: 0x900_0000, size: 0x1000, gsiv: 33 },
        rtc: Device { base: 0x901_0000, size: 0x1000, gsiv: 34 },
        hotplug: 0x90c_0000,
        ged: Device { base: 0x908_0000, size: 4, gsiv: 41 },
        pmu_gsiv: None,
        cpus: (0..cpus).map(cpu).collect(),
        cpu_start,
        topology: Topology::flat(cpus.try_into().unwrap()).unwrap(),
        nodes: vec![],
        deviation: None,
    }
}

/// Hotcore's tables in memory.
pub(crate) fn loaded(cpus: u32, cpu_start: CpuStart) -> TestOs {
    let tables = build_tables(&platform(cpus, cpu_start), BASE).unwrap();
    let mut os = TestOs::new();
    os.load(BASE, &tables.bytes);
    os
}

#[allow(clippy::needless_pass_by_value, reason = "what a reporter is")]
fn no_report(report: Report) {
    panic!("{report}");
}

/// A table with a header; its checksum is right.
pub(crate) fn sdt(signature: [u8; 4], revision: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; 36];
    bytes[..4].copy_from_slice(&signature);
    bytes[4..8].copy_from_slice(&(36 + body.len() as u32).to_le_bytes());
    bytes[8] = revision;
    bytes.extend_from_slice(body);
    mend(&mut bytes);
    bytes
}

fn mend(table: &mut [u8]) {
    table[9] = 0;
    table[9] = table.iter().fold(0u8, |sum, &byte| sum.wrapping_sub(byte));
}

/// A GICC of 82 bytes: UID, flags, MPIDR; interface number and UID are one.
fn gicc(uid: u32, flags: u8, mpidr: u64) -> Vec<u8> {
    let mut bytes = vec![0; 82];
    (bytes[0], bytes[1], bytes[12]) = (0x0b, 82, flags);
    bytes[4..8].copy_from_slice(&uid.to_le_bytes());
    bytes[8..12].copy_from_slice(&uid.to_le_bytes());
    bytes[68..76].copy_from_slice(&mpidr.to_le_bytes());
    bytes
}

/// Hotcore's tables of one CPU, with this MADT and this table more, and what came of them.
fn with(madt: &[Vec<u8>], more: Option<&[u8]>, limit: usize) -> (Tables, Registry, Vec<Report>) {
    let mut os = loaded(1, CpuStart::Psci);
    let mut table = sdt(*b"APIC", 6, &[vec![0; 8], madt.concat()].concat());
    mend(&mut table);
    os.load(0x7000_0000, &table);
    let mut list = Vec::from(0x7000_0000u64.to_le_bytes());
    let fadt = os.peek(BASE + 0x18, 8) + 36;
    list.extend(os.peek(fadt, 8).to_le_bytes());
    if let Some(more) = more {
        os.load(0x7100_0000, more);
        list.extend(0x7100_0000u64.to_le_bytes());
    }
    os.load(0x7200_0000, &sdt(*b"XSDT", 1, &list));
    let mut rsdp: Vec<u8> = (0..36).map(|i| os.memory[&(BASE + i)]).collect();
    rsdp[24..32].copy_from_slice(&0x7200_0000u64.to_le_bytes());
    rsdp[32] = 0;
    rsdp[32] = rsdp.iter().fold(0u8, |sum, &byte| sum.wrapping_sub(byte));
    os.load(BASE, &rsdp);
    let mut reports = Vec::new();
    let tables = Tables::read(&mut os, BASE, &mut |report| reports.push(report)).unwrap();
    let registry =
        Registry::from_acpi(&tables, mpidr(0), limit, &mut |report| reports.push(report));
    (tables, registry, reports)
}

fn uids(registry: &Registry) -> Vec<u32> {
    registry.iter().map(|(_, record)| record.uid.unwrap()).collect()
}

#[test]
fn hotcores_own_tables() {
    let mut os = loaded(20, CpuStart::Psci);
    let tables = Tables::read(&mut os, BASE, &mut no_report).unwrap();
    assert_eq!(tables.fadt.psci, Some(Conduit::Hvc));
    assert_eq!(tables.spcr.unwrap().base, 0x900_0000);
    assert_eq!(tables.spcr.unwrap().gsiv, 33);
    assert_eq!(tables.madt.distributor.unwrap().base, 0x800_0000);
    assert_eq!(tables.madt.redistributors[0].length, 20 * 0x2_0000);
    assert_eq!(tables.definition_blocks[0].signature(), *b"DSDT");
    let registry = Registry::from_acpi(&tables, mpidr(0), 512, &mut no_report);
    assert_eq!(registry.possible(), 20);
    assert_eq!(registry.by_mpidr(mpidr(0x103)), Some(Cpu(19)));
    let psci = EnableMethod::Psci(Psci::new(Conduit::Hvc));
    assert!(registry.iter().all(|(_, record)| record.method == Some(psci) && record.redistributor));
}

#[test]
fn b086_psci_wins_over_the_parking_protocol() {
    let reserved = 0x3000_0000..0x3001_0000;
    let mailboxes = Mailboxes { base: 0x3000_0000, reserved };
    let mut os = loaded(2, CpuStart::Parking(mailboxes));
    let mut tables = Tables::read(&mut os, BASE, &mut no_report).unwrap();
    let methods = |tables: &Tables| {
        let registry = Registry::from_acpi(tables, mpidr(0), 512, &mut |_| {});
        registry.get(Cpu(1)).unwrap().method
    };
    let page = 0x3000_1000;
    let parking = EnableMethod::Mailbox(Mailbox::ParkingV2 { page, interface: 1 });
    assert_eq!(methods(&tables), Some(parking));

    tables.madt.cpus[1].parking_version = 1;
    let parking = EnableMethod::Mailbox(Mailbox::ParkingV1 { page, interface: 1 });
    assert_eq!(methods(&tables), Some(parking));

    tables.fadt.psci = Some(Conduit::Smc);
    assert_eq!(methods(&tables), Some(EnableMethod::Psci(Psci::new(Conduit::Smc))));

    tables.fadt.psci = None;
    for (version, address) in [(0, page), (1, 0), (0, 0), (1, page + 4)] {
        tables.madt.cpus[1].parking_version = version;
        tables.madt.cpus[1].parked_address = address;
        assert_eq!(methods(&tables), None);
    }
}

#[test]
fn b110_b111_stao_ignores_processors_from_revision_2_on() {
    let list = [b"\x01\\_SB.PACK\0\0".as_slice(), &[0; 0]].concat();
    let mut body = list;
    body.resize((36 + body.len()).next_multiple_of(4) - 36, 0);
    body.extend(2u32.to_le_bytes());
    let madt = [gicc(0, 1, 0), gicc(1, 8, 1), gicc(2, 8, 2)];

    let (tables, registry, reports) = with(&madt, Some(&sdt(*b"STAO", 2, &body)), 8);
    assert_eq!((uids(&registry), reports), (vec![0, 1], vec![]));
    let stao = tables.stao.unwrap();
    assert!(stao.uart);

    // Objects, too: by UID, and by name with all that is below.
    let mut os = TestOs::new();
    let mut aml = Script::new(&os.log);
    let package = aml.device("\\_SB.PACK", None, "ACPI0010");
    for (parent, uid) in [(None, 0), (None, 2), (Some(package), 1)] {
        aml.processor(parent, uid, 0xf);
    }
    let mut ospm = Ospm::new(registry, Some(stao));
    ospm.enumerate(&mut aml, &mut os).unwrap();
    assert_eq!(mask(ospm.registry(), CpuRecord::enabled), "1-");

    let (tables, registry, _) = with(&madt, Some(&sdt(*b"STAO", 1, &body)), 8);
    assert_eq!(uids(&registry), [0, 1, 2]);
    assert!(tables.stao.unwrap().processors.is_empty());
}

#[test]
fn stao_names_with_and_without_padding_are_one() {
    for (listed, spelled) in
        [("\\_SB_.P1__.C001", "\\_SB.P1.C001"), ("\\_SB.P1.C001", "\\_SB_.P1__.C001")]
    {
        let body = [b"\x01", listed.as_bytes(), b"\0\0"].concat();
        let stao = Stao::parse(&Sdt::new(sdt(*b"STAO", 1, &body)).unwrap());
        let (_, registry, _) = with(&[gicc(0, 1, 0), gicc(1, 8, 1)], None, 8);
        let mut os = TestOs::new();
        let mut aml = Script::new(&os.log);
        aml.processor(None, 0, 0xf);
        let ignored = aml.processor(None, 1, 0xf);
        aml.get(ignored).path = spelled.to_owned();
        let mut ospm = Ospm::new(registry, Some(stao));
        ospm.enumerate(&mut aml, &mut os).unwrap();
        assert_eq!(mask(ospm.registry(), CpuRecord::enabled), "1-", "{listed}, {spelled}");
    }
}

#[test]
fn a_madt_of_nothing_but_mistakes_is_reported_in_a_few_lines() {
    let mistakes = vec![vec![0x0b, 2]; 10_000];
    let (.., reports) = with(&[&[gicc(0, 1, 0)][..], &mistakes].concat(), None, 8);
    assert_eq!(reports.len(), 17);
    assert_eq!(reports[0], Report::MadtEntry { kind: 0x0b, offset: 44 + 82, length: 2 });
    assert_eq!(reports[16], Report::MoreMadtEntries(9_984));
}

#[test]
fn b159_only_enabled_and_online_capable_ciccs_are_possible() {
    let madt = [gicc(0, 1, 0), gicc(1, 0, 1), gicc(2, 8, 2), gicc(3, 9, 3), gicc(4, 6, 4)];
    let (_, registry, _) = with(&madt, None, 8);
    assert_eq!(uids(&registry), [0, 2, 3]);
}

#[test]
fn the_boot_cpu_is_0_wherever_it_is_listed() {
    let (_, registry, _) = with(&[gicc(5, 1, 0x100), gicc(7, 1, 0), gicc(1, 1, 1)], None, 8);
    assert_eq!(uids(&registry), [7, 5, 1]);
}

#[test]
fn broken_mpidrs_are_reported_and_skipped() {
    let madt =
        [gicc(0, 1, 0), gicc(1, 1, 0x8000_0001), gicc(2, 8, 2), gicc(3, 8, 2), gicc(4, 1, 0)];
    let (_, registry, reports) = with(&madt, None, 8);
    assert_eq!(uids(&registry), [0, 2]);
    let expected = [
        Report::InvalidMpidr(0x8000_0001),
        Report::DuplicateMpidr(mpidr(2)),
        Report::DuplicateMpidr(mpidr(0)),
    ];
    assert_eq!(reports, expected);
}

#[test]
fn without_the_boot_cpu_there_are_no_others() {
    let (_, registry, reports) = with(&[gicc(1, 1, 1), gicc(2, 1, 2)], None, 8);
    assert_eq!((registry.possible(), reports), (1, vec![Report::MissingBootCpu]));
}

#[test]
fn ten_thousand_giccs_are_clipped() {
    let madt: Vec<_> = (0..10_000u32).map(|n| gicc(n, 8, u64::from(n))).collect();
    let (_, registry, reports) = with(&madt, None, 512);
    assert_eq!((registry.possible(), reports), (512, vec![Report::TooManyCpus(9488)]));
}

#[test]
fn lying_lengths_of_structures() {
    let mut short = gicc(1, 8, 1);
    short[1] = 75;
    short.truncate(75);
    let (_, registry, reports) = with(&[gicc(0, 1, 0), short, gicc(2, 8, 2)], None, 8);
    assert_eq!(uids(&registry), [0, 2]);
    assert_eq!(reports, [Report::MadtEntry { kind: 0x0b, offset: 126, length: 75 }]);

    for length in [0, 1] {
        let endless = vec![0x0c, length, 0, 0];
        let (_, registry, reports) = with(&[gicc(0, 1, 0), endless, gicc(2, 8, 2)], None, 8);
        assert_eq!(uids(&registry), [0]);
        assert_eq!(reports, [Report::MadtEntry { kind: 0x0c, offset: 126, length }]);
    }

    let mut beyond = gicc(1, 8, 1);
    beyond[1] = 200;
    let (_, registry, reports) = with(&[gicc(0, 1, 0), beyond], None, 8);
    assert_eq!(uids(&registry), [0]);
    assert_eq!(reports, [Report::MadtEntry { kind: 0x0b, offset: 126, length: 200 }]);
}

#[test]
fn the_layout_of_a_gicc_76_80_and_82_bytes_long() {
    for length in [76, 80, 82] {
        let mut bytes = gicc(3, 8, 0x1_0002_0304);
        bytes[1] = length;
        bytes.truncate(length.into());
        bytes[60..68].copy_from_slice(&0x0102_0304_0506u64.to_le_bytes());
        let gicc = Gicc::parse(&bytes).unwrap();
        assert_eq!(
            (gicc.uid, gicc.mpidr, gicc.redistributor),
            (3, 0x1_0002_0304, 0x0102_0304_0506)
        );
        assert!(gicc.usable() && !gicc.enabled());
    }
}

#[test]
fn b141_redistributors_of_giccs_alone_are_there_only_if_enabled() {
    let with_redistributor = |uid: u32, flags| {
        let mut bytes = gicc(uid, flags, u64::from(uid));
        bytes[60..68].copy_from_slice(&0x80a_0000u64.to_le_bytes());
        bytes
    };
    let (mut tables, registry, reports) =
        with(&[with_redistributor(0, 1), with_redistributor(1, 8), gicc(2, 1, 2)], None, 8);
    let inaccessible =
        [Report::RedistributorInaccessible(Cpu(1)), Report::RedistributorInaccessible(Cpu(2))];
    assert_eq!(reports, inaccessible);
    assert_eq!(mask(&registry, |record| record.redistributor), "1--");
    // One GICR makes them meaningless.
    tables
        .madt
        .redistributors
        .push(hotcore_ospm::tables::Gicr { base: 0x80a_0000, length: 0x6_0000 });
    let registry = Registry::from_acpi(&tables, mpidr(0), 8, &mut no_report);
    assert_eq!(mask(&registry, |record| record.redistributor), "111");
}

#[test]
fn shared_mailboxes_belong_to_the_first() {
    let shared = |uid: u32| {
        let mut bytes = gicc(uid, 1, uid.into());
        bytes[16] = 2;
        bytes[24..32].copy_from_slice(&0x5000_0000u64.to_le_bytes());
        bytes
    };
    let (mut tables, ..) = with(&[gicc(0, 1, 0), shared(1), shared(2)], None, 8);
    tables.fadt.psci = None;
    let registry = Registry::from_acpi(&tables, mpidr(0), 8, &mut |_| {});
    assert_eq!(mask(&registry, CpuRecord::present), "11-");
}

#[test]
fn lying_headers() {
    let good = sdt(*b"APIC", 6, &[0; 8]);
    assert!(Sdt::new(good.clone()).is_ok());
    let mut bad = good.clone();
    bad[40] ^= 1;
    assert_eq!(Sdt::new(bad), Err(TableError::Checksum));
    for length in [0u32, 35, 45, u32::MAX] {
        let mut bad = good.clone();
        bad[4..8].copy_from_slice(&length.to_le_bytes());
        assert_eq!(Sdt::new(bad.clone()), Err(TableError::Length(length.into())));
        let mut os = TestOs::new();
        os.load(0x1000, &bad);
        assert!(Sdt::read(&mut os, 0x1000).is_err());
    }
    let mut os = TestOs::new();
    os.load(0x1000, &good);
    assert_eq!(Sdt::read(&mut os, 0x1000).unwrap().bytes(), good);
    assert!(Sdt::read(&mut os, u64::MAX - 8).is_err());
}

#[test]
fn acpi_before_5_1_and_with_fixed_hardware_is_refused() {
    let fadt = |major: u8, minor: u8, flags: u32| {
        let mut body = vec![0; 240];
        body[131 - 36] = minor;
        body[112 - 36..116 - 36].copy_from_slice(&flags.to_le_bytes());
        Fadt::parse(&Sdt::new(sdt(*b"FACP", major, &body)).unwrap())
    };
    assert_eq!(fadt(5, 0, 1 << 20), Err(TableError::FadtRevision(5, 0)));
    assert_eq!(fadt(6, 3, 0), Err(TableError::NotHardwareReduced));
    assert_eq!(fadt(5, 1, 1 << 20), Ok(Fadt { dsdt: 0, psci: None }));
}

#[test]
fn stao_without_an_end() {
    let stao = Stao::parse(&Sdt::new(sdt(*b"STAO", 2, b"\0abc")).unwrap());
    assert!(stao.names.contains("abc") && stao.processors.is_empty());
    let stao = Stao::parse(&Sdt::new(sdt(*b"STAO", 2, b"")).unwrap());
    assert_eq!(stao, Stao::default());
}

#[test]
fn an_efi_hand_off() {
    let mut os = TestOs::new();
    os.load(0x1000, &[0; 120]);
    assert_eq!(efi::rsdp(&mut os, 0x1000), Err(TableError::Signature));
    os.poke(0x1000, 8, 0x5453_5953_2049_4249);
    os.poke(0x1000 + 104, 8, 2);
    os.poke(0x1000 + 112, 8, 0x2000);
    os.load(0x2000, &[0; 48]);
    assert_eq!(efi::rsdp(&mut os, 0x1000), Err(TableError::NoAcpi));
    os.poke(0x2018, 8, 0x11d3_e4f1_8868_e871);
    os.poke(0x2020, 8, 0x8188_3cc7_8000_22bc);
    os.poke(0x2028, 8, BASE);
    assert_eq!(efi::rsdp(&mut os, 0x1000), Ok(BASE));
    os.poke(0x1000 + 104, 8, u64::MAX);
    assert_eq!(efi::rsdp(&mut os, 0x1000), Err(TableError::Length(u64::MAX)));

    os.load(0x3000, &[0; 96]);
    os.poke(0x3030, 4, 7);
    os.poke(0x3038, 8, 0x4000_0000);
    os.poke(0x3048, 8, 16);
    let mut map =
        efi::MemoryMap { start: 0x3000, size: 96, descriptor_size: 48, descriptor_version: 1 };
    let regions = map.read(&mut os).unwrap();
    assert_eq!((regions.len(), regions[1].kind, regions[1].pages), (2, 7, 16));
    map.descriptor_size = 0;
    assert!(map.read(&mut os).is_err());
    map = efi::MemoryMap { descriptor_size: 40, size: u64::MAX, ..map };
    assert!(map.read(&mut os).is_err());
}

#[test]
fn a_device_trees_cpus() {
    let node = |n: u64, enable_method, release| DeviceTreeCpu {
        mpidr: mpidr(n),
        enable_method,
        release,
        return_mailbox: release.map(|address: u64| address - 8),
    };
    let spin = Some(DeviceTreeMethod::SpinTable);
    let cpus = [
        node(1, spin, Some(0x5000_0008)),
        node(0, None, None),
        node(2, Some(DeviceTreeMethod::Psci), None),
        node(3, spin, None),
        node(4, spin, Some(0x5000_100c)),
    ];
    let mut reports = Vec::new();
    let registry =
        Registry::from_device_tree(&cpus, None, mpidr(0), 8, &mut |report| reports.push(report));
    assert_eq!(mask(&registry, CpuRecord::present), "11---");
    assert_eq!(mask(&registry, CpuRecord::enabled), "11---");
    let why = [
        "enable-method psci without a node /psci",
        "missing or invalid cpu-release-addr property",
        "its mailbox is not aligned",
    ];
    let expected = [2, 3, 4]
        .map(Cpu)
        .into_iter()
        .zip(why)
        .map(|(cpu, why)| Report::NoEnableMethod { cpu, why });
    assert_eq!(reports, expected.collect::<Vec<_>>());
}
