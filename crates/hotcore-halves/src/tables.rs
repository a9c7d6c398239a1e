//! The machine's ACPI tables, made by the VMM half and read by the OS half. If that fails, nothing can be tested.

#![allow(clippy::panic, reason = "the machine is always the same; a test that panics says why")]

use core::time::Duration;

use hotcore_acpi::{
    AcpiTables, CpuAtBoot, CpuStart, Device, Gic, Mailboxes, Platform, REDISTRIBUTOR_SIZE,
    build_tables,
};
use hotcore_ospm::aml::{Interpreter, Node, Surroundings};
use hotcore_ospm::tables::{Sdt, Tables};
use hotcore_ospm::{Bus, Fault, Mpidr, Ospm, Registry, Width};
use hotcore_vcpu::{Topology, VcpuIndex};

use crate::CPUS;
use crate::firmware::HOTPLUGGABLE;
use crate::guest::Guest;
use crate::half::{Acpi, Half};

/// The hotplug register block.
pub(crate) const HOTPLUG: u64 = 0x090c_0000;
/// The GED's selector.
pub(crate) const GED: u64 = 0x0908_0000;
/// The GED's interrupt.
pub(crate) const GED_INTERRUPT: u32 = 41;
/// The first mailbox.
pub(crate) const MAILBOXES: u64 = 0x0e00_0000;
/// Where CPUs go that leave the OS.
pub(crate) const RETURN_ENTRY: u64 = 0x0e20_0000;
/// Where CPUs begin in the OS.
pub(crate) const ENTRY: u64 = 0x4020_0000;
const RAM: u64 = 0x4000_0000;

/// The OS that finds itself on the machine.
pub(crate) fn guest(cpu_start: CpuStart) -> Guest {
    let tables = tables(cpu_start);
    let mut memory = Memory(&tables);
    let mut reports = Vec::new();
    let mut report = |it| reports.push(it);
    let found = Tables::read(&mut memory, tables.rsdp, &mut report);
    let found = found.unwrap_or_else(|error| panic!("the OS half refuses our tables: {error}"));
    let registry = Registry::from_acpi(&found, Mpidr::from_register(0), CPUS, &mut report);
    assert!(reports.is_empty(), "{reports:?}");
    assert_eq!(registry.possible(), CPUS);
    let blocks: Vec<&[u8]> = found.definition_blocks.iter().map(Sdt::bytes).collect();
    let aml = Interpreter::new(&blocks, &mut memory);
    let aml = aml.unwrap_or_else(|error| panic!("the OS half refuses our DSDT: {error}"));
    let ospm = Ospm::new(registry, found.stao);
    Guest::new(Half::Acpi(Box::new(Acpi { ospm, aml })))
}

/// Where the mailboxes are.
pub(crate) fn mailboxes() -> Mailboxes {
    Mailboxes { base: MAILBOXES, reserved: MAILBOXES..RETURN_ENTRY + 0x1_0000 }
}

fn tables(cpu_start: CpuStart) -> AcpiTables {
    let cpus =
        VcpuIndex::first(CPUS as u16).zip(HOTPLUGGABLE).map(|(index, policy)| hotcore_acpi::Cpu {
            mpidr: hotcore_vcpu::Mpidr::of(index),
            boot: if policy.removable { CpuAtBoot::OnlineCapable } else { CpuAtBoot::Enabled },
            removable: policy.removable,
            node: 0,
        });
    let platform = Platform {
        memory: RAM..RAM + 0x1000_0000,
        gic: Gic { distributor: 0x0800_0000, redistributors: RAM - 512 * REDISTRIBUTOR_SIZE },
        uart: Device { base: 0x0900_0000, size: 0x1000, gsiv: 33 },
        rtc: Device { base: 0x0901_0000, size: 0x1000, gsiv: 34 },
        hotplug: HOTPLUG,
        ged: Device { base: GED, size: 4, gsiv: GED_INTERRUPT },
        pmu_gsiv: None,
        cpus: cpus.collect(),
        cpu_start,
        topology: Topology::flat(CPUS as u16).unwrap_or_else(|error| panic!("{error:?}")),
        nodes: vec![],
        deviation: None,
    };
    build_tables(&platform, RAM).unwrap_or_else(|error| panic!("{error}"))
}

/// The tables in memory, and nothing else.
struct Memory<'t>(&'t AcpiTables);

impl Bus for Memory<'_> {
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault> {
        let fault = Fault { address };
        let start = usize::try_from(address.checked_sub(self.0.base).ok_or(fault)?);
        let start = start.map_err(|_| fault)?;
        let bytes = self.0.bytes.get(start..start + width.bytes() as usize).ok_or(fault)?;
        Ok(bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }

    fn write(&mut self, address: u64, _: Width, _: u64) -> Result<(), Fault> {
        Err(Fault { address })
    }
}

impl Surroundings for Memory<'_> {
    fn notify(&mut self, _: Node, _: u64) {}
    fn wait(&mut self, _: Duration) {}
}
