//! How tables and device trees tell an operating system to start CPUs.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

mod support;

use hotcore_acpi::efi::{AREA_SIZE, build_handoff};
use hotcore_acpi::fdt::build_device_tree;
use hotcore_acpi::{AcpiError, CpuStart, Deviation, Platform, build_tables};
use support::read::{giccs, u16_at, u32_at, u64_at};
use support::tree::{self, Tree};
use support::{BASE, acpica, boot, deviating, machine, mailboxes, starting, table};

fn parking(max: u16, enabled: u16) -> Platform {
    starting(machine(max, enabled), CpuStart::Parking(mailboxes()))
}

fn spin_table(cpus: u16) -> Platform {
    starting(machine(cpus, cpus), CpuStart::SpinTable(mailboxes()))
}

fn blob(platform: &Platform) -> Vec<u8> {
    build_device_tree(platform, &boot("")).unwrap()
}

/// ARM_BOOT_ARCH of the FADT.
fn boot_arch(platform: &Platform) -> u16 {
    u16_at(&table(platform, *b"FACP"), 129)
}

#[test]
fn b079_each_cpu_has_a_release_address_of_its_own_in_reserved_memory() {
    let blob = blob(&spin_table(300));
    let tree: Tree = tree::read(&blob);
    assert_eq!(tree::reservations(&blob), [(0x0e00_0000, 0x21_0000)]);
    let cpus: Vec<_> = tree::nodes(&tree).into_iter().filter(|n| n.starts_with("/cpus/")).collect();
    assert_eq!(cpus.len(), 300);
    let mut pages = Vec::new();
    for cpu in cpus {
        assert_eq!(tree::strings(&tree, &format!("{cpu}:enable-method")), ["spin-table"]);
        let release = tree::numbers(&tree, &format!("{cpu}:cpu-release-addr"))[0];
        let page = tree::numbers(&tree, &format!("{cpu}:cpu-return-mailbox"))[0];
        assert_eq!((release, page % 0x1000), (page + 8, 0));
        assert!((0x0e00_0000..0x0e20_0000).contains(&page));
        pages.push(page);
    }
    pages.sort_unstable();
    pages.dedup();
    assert_eq!(pages.len(), 300);
    assert!(!tree.contains_key("/psci:"), "one way to start CPUs");
}

#[test]
fn a_machine_with_psci_reserves_nothing() {
    let blob = blob(&machine(2, 2));
    assert_eq!(tree::reservations(&blob), []);
    assert!(!tree::read(&blob).contains_key("/cpus/cpu@1:cpu-release-addr"));
}

#[test]
fn b082_each_gicc_has_version_2_and_a_page_of_its_own() {
    for (index, gicc) in (0u64..).zip(giccs(&table(&parking(512, 4), *b"APIC"))) {
        assert_eq!(gicc.parking_version, 2);
        assert_eq!(gicc.parked_address, 0x0e00_0000 + 0x1000 * index);
        // Linux takes 8 bits of it for the number in the mailbox.
        assert_eq!(u64::from(gicc.interface), index % 0x100);
        assert_eq!(u64::from(gicc.uid), index);
    }
    for gicc in giccs(&table(&machine(4, 1), *b"APIC")) {
        assert_eq!((gicc.parking_version, gicc.parked_address), (0, 0), "must be 0 with PSCI");
    }
}

#[test]
fn b082_the_mailboxes_are_reserved_in_the_memory_map_and_no_ram() {
    let area = BASE..BASE + AREA_SIZE;
    let descriptor = |platform: &Platform| {
        let handoff = build_handoff(platform, &area, &boot("")).unwrap();
        let (_, map) = handoff.pieces().nth(2).unwrap();
        let first = map[..48].to_vec();
        (u32_at(&first, 0), u64_at(&first, 8), u64_at(&first, 24), u64_at(&first, 32), map.len())
    };
    // Linux takes for RAM whatever has an attribute besides "uncached" (0x1).
    assert_eq!(descriptor(&parking(4, 1)), (0, 0x0e00_0000, 0x210, 0x1, 3 * 48));
    let (kind, start, ..) = descriptor(&machine(4, 1));
    assert_eq!((kind, start), (9, BASE), "nothing reserved with PSCI");
}

#[test]
fn b086_psci_and_mailboxes_are_described_together_only_on_purpose() {
    assert_eq!(boot_arch(&machine(4, 1)), 0b11);
    assert_eq!(boot_arch(&parking(4, 1)), 0);

    let both = deviating(machine(4, 1), Deviation::MailboxesBesidePsci(0x0e00_0000));
    assert_eq!(boot_arch(&both), 0b11);
    for (index, gicc) in (0u64..).zip(giccs(&table(&both, *b"APIC"))) {
        assert_eq!((gicc.parking_version, gicc.parked_address), (2, 0x0e00_0000 + index * 4096));
    }
}

#[test]
fn b075_rebuilt_tables_are_byte_identical() {
    let platform = parking(64, 1);
    assert_eq!(build_tables(&platform, BASE), build_tables(&platform, BASE));
}

#[test]
fn iasl_has_nothing_to_complain_of() {
    let platform = parking(8, 2);
    for signature in [*b"APIC", *b"FACP"] {
        let Some(source) = acpica::disassemble(&table(&platform, signature)) else { return };
        if signature == *b"APIC" {
            assert!(source.contains("Parking Protocol Version : 00000002"), "{source}");
            assert!(source.contains("Parked Address : 000000000E001000"), "{source}");
        } else {
            assert!(source.contains("PSCI Compliant : 0"), "{source}");
        }
    }
}

#[test]
fn each_way_has_the_firmware_that_can_describe_it() {
    let refused = build_tables(&spin_table(2), BASE).unwrap_err();
    assert_eq!(refused, AcpiError::NotInAcpi { what: "spin-table" });
    let refused = build_device_tree(&parking(2, 2), &boot("")).unwrap_err();
    assert_eq!(refused, AcpiError::NotInDeviceTree { what: "the parking protocol" });
}
