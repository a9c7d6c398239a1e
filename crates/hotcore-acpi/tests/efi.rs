//! The EFI hand-off, followed from X0 as a kernel follows it.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

mod support;

use std::collections::BTreeMap;

use hotcore_acpi::efi::{AREA_SIZE, Handoff, build_handoff};
use hotcore_acpi::{AcpiError, BootParameters};
use support::read::{u16_at, u32_at, u64_at};
use support::tree::{self, Tree};
use support::{BASE, SEEDS, boot, deviating, machine, tables, two_nodes};

const AREA: std::ops::Range<u64> = BASE..BASE + AREA_SIZE;

/// Guest memory as the pieces leave it.
struct Memory(BTreeMap<u64, Vec<u8>>);

impl Memory {
    fn of(handoff: &Handoff) -> Self {
        let mut end = 0;
        let mut memory = BTreeMap::new();
        for (address, bytes) in handoff.pieces() {
            assert!(address >= end, "the piece at {address:#x} overlaps one that ends at {end:#x}");
            end = address + bytes.len() as u64;
            memory.insert(address, bytes.to_vec());
        }
        assert!(end <= AREA.end);
        Self(memory)
    }

    /// What is at an address, to the end of its piece.
    fn at(&self, address: u64) -> &[u8] {
        let (base, piece) = self.0.range(..=address).next_back().unwrap();
        &piece[(address - base) as usize..]
    }

    fn tree(&self, handoff: &Handoff) -> Tree {
        tree::read(self.at(handoff.dtb))
    }
}

fn handoff(max: u16) -> Handoff {
    build_handoff(&machine(max, 1), &AREA, &boot("")).unwrap()
}

#[test]
fn the_tree_has_chosen_only_so_that_the_kernel_uses_acpi() {
    let handoff = handoff(4);
    let tree = Memory::of(&handoff).tree(&handoff);
    assert_eq!(tree::nodes(&tree), ["", "/chosen"]);
    assert_eq!(handoff.dtb % 8, 0);
}

#[test]
fn the_tree_has_all_six_efi_parameters() {
    let handoff = handoff(4);
    let tree = Memory::of(&handoff).tree(&handoff);
    assert_eq!(tree::cells(&tree, "/chosen:linux,uefi-mmap-desc-size"), [48]);
    assert_eq!(tree::cells(&tree, "/chosen:linux,uefi-mmap-desc-ver"), [1]);
    assert_eq!(tree::cells(&tree, "/chosen:linux,uefi-mmap-size"), [2 * 48]);
    assert_eq!(tree::cells(&tree, "/chosen:linux,uefi-secure-boot"), [2]);
    for pointer in ["linux,uefi-system-table", "linux,uefi-mmap-start"] {
        assert!(AREA.contains(&tree::numbers(&tree, &format!("/chosen:{pointer}"))[0]));
    }
}

#[test]
fn the_tree_carries_what_the_loader_says() {
    let initrd = 0x4800_0000..0x4812_3456;
    let boot = BootParameters { initrd: Some(&initrd), ..boot("quiet maxcpus=2") };
    let handoff = build_handoff(&machine(4, 1), &AREA, &boot).unwrap();
    let tree = Memory::of(&handoff).tree(&handoff);
    assert_eq!(tree::strings(&tree, "/chosen:bootargs"), ["quiet maxcpus=2"]);
    assert_eq!(tree::numbers(&tree, "/chosen:linux,initrd-start"), [initrd.start]);
    assert_eq!(tree::numbers(&tree, "/chosen:linux,initrd-end"), [initrd.end]);
    assert_eq!(tree::numbers(&tree, "/chosen:kaslr-seed"), [SEEDS.kaslr]);
    assert_eq!(tree["/chosen:rng-seed"], SEEDS.rng);
}

#[test]
fn the_system_table_leads_to_acpi_and_denies_runtime_services() {
    let handoff = handoff(4);
    let memory = Memory::of(&handoff);
    let tree = memory.tree(&handoff);
    let system = memory.at(tree::numbers(&tree, "/chosen:linux,uefi-system-table")[0]);
    assert_eq!((&system[..8], u32_at(system, 12)), (&b"IBI SYST"[..], 120));
    assert_eq!((u64_at(system, 88), u64_at(system, 96)), (0, 0), "neither runtime nor boot");
    let vendor = memory.at(u64_at(system, 24)).chunks(2).map(|unit| u16_at(unit, 0));
    let vendor: Vec<u16> = vendor.take_while(|unit| *unit != 0).collect();
    assert_eq!(String::from_utf16(&vendor).unwrap(), "Hotcore");

    let tables = memory.at(u64_at(system, 112)).chunks(24).take(u64_at(system, 104) as usize);
    let tables: BTreeMap<u32, u64> = tables.map(|t| (u32_at(t, 0), u64_at(t, 16))).collect();
    assert_eq!(tables.len(), 3);
    let (acpi, properties, reserve) =
        (tables[&0x8868_e871], tables[&0xeb66_918a], tables[&0x888e_b0c6]);
    assert_eq!((acpi, &memory.at(acpi)[..8]), (handoff.tables.rsdp, &b"RSD PTR "[..]));
    let properties = memory.at(properties);
    assert_eq!((u16_at(properties, 0), u16_at(properties, 2), u32_at(properties, 4)), (1, 8, 0));
    assert_eq!(&memory.at(reserve)[..16], &[0; 16]);
}

/// Type, start and end of each descriptor.
fn memory_map(handoff: &Handoff) -> Vec<(u32, u64, u64)> {
    let memory = Memory::of(handoff);
    let tree = memory.tree(handoff);
    let map = memory.at(tree::numbers(&tree, "/chosen:linux,uefi-mmap-start")[0]);
    let size = tree::cells(&tree, "/chosen:linux,uefi-mmap-size")[0] as usize;
    map[..size]
        .chunks(48)
        .map(|region| {
            assert_eq!((u64_at(region, 16), u64_at(region, 32)), (0, 0xf));
            let start = u64_at(region, 8);
            (u32_at(region, 0), start, start + u64_at(region, 24) * 0x1000)
        })
        .collect()
}

#[test]
fn the_memory_map_has_all_of_ram_and_reclaims_what_the_handoff_uses() {
    for max in [1, 64, 512] {
        let handoff = handoff(max);
        let map = memory_map(&handoff);
        let [(9, BASE, end), (7, start, top)] = map[..] else { panic!("{map:x?}") };
        assert_eq!((end, top), (start, machine(1, 1).memory.end));
        assert_eq!(end % 0x1_0000, 0);
        for (address, bytes) in handoff.pieces() {
            assert!(address >= BASE && address + bytes.len() as u64 <= end);
        }
    }
}

#[test]
fn an_area_in_the_middle_of_ram_leaves_memory_on_both_sides() {
    let area = BASE + 0x20_0000..BASE + 0x40_0000;
    let handoff = build_handoff(&machine(4, 1), &area, &boot("")).unwrap();
    let map = memory_map_of(&handoff);
    assert_eq!(map, [7, 9, 7]);
}

/// The types alone, for areas other than [`AREA`].
fn memory_map_of(handoff: &Handoff) -> Vec<u32> {
    let (_, map) = handoff.pieces().nth(2).unwrap();
    map.chunks(48).map(|region| u32_at(region, 0)).collect()
}

#[test]
fn the_largest_machine_fits_with_the_longest_command_line() {
    let mut platform = two_nodes(machine(512, 512));
    platform.topology = hotcore_vcpu::Topology::new(2, 64, 2, 2).unwrap();
    for cpu in platform.cpus.iter_mut().skip(1) {
        cpu.boot = hotcore_acpi::CpuAtBoot::OnlineCapable;
        cpu.removable = true;
    }
    let platform = deviating(platform, hotcore_acpi::Deviation::StaNotPresentAfterEject);
    // COMMAND_LINE_SIZE of arm64 Linux.
    let command_line = "x".repeat(2048);
    let handoff = build_handoff(&platform, &AREA, &boot(&command_line)).unwrap();
    let end = handoff.pieces().map(|(address, bytes)| address + bytes.len() as u64).max().unwrap();
    assert!(end - BASE < AREA_SIZE / 4, "{:#x} bytes", end - BASE);
}

#[test]
fn b075_a_rebuilt_handoff_is_byte_identical() {
    assert_eq!(handoff(64), handoff(64));
    assert_eq!(handoff(64).tables, tables(&machine(64, 1)));
}

#[test]
fn bad_areas_are_refused_with_a_reason() {
    let refuse =
        |area: std::ops::Range<u64>| build_handoff(&machine(512, 1), &area, &boot("")).unwrap_err();
    assert!(matches!(refuse(BASE..BASE + 0x1_0000), AcpiError::NoRoom { .. }));
    assert!(matches!(refuse(BASE + 0x1000..BASE + 0x20_0000), AcpiError::Range { .. }));
    assert!(matches!(refuse(0..0x20_0000), AcpiError::Range { .. }));
    assert!(matches!(refuse(BASE..BASE), AcpiError::Range { .. }));
    let nul = build_handoff(&machine(1, 1), &AREA, &boot("a\0b")).unwrap_err();
    assert!(matches!(nul, AcpiError::DeviceTree(_)), "{nul}");
}
