//! Hotcore's own DSDT, interpreted: the register block is memory that reads the same for every CPU.

use hotcore_acpi::CpuStart;
use hotcore_ospm::aml::Interpreter;
use hotcore_ospm::tables::{Sdt, Tables};
use hotcore_ospm::{CpuRecord, EventInterrupt, Handled, Mpidr, Ospm, Registry, Report};

use crate::os::{Event, TestOs, mask};
use crate::tables::loaded;

const BLOCK: u64 = 0x90c_0000;
const GED: u64 = 0x908_0000;

/// A machine of these many CPUs whose flags byte is `flags`.
fn booted(cpus: u32, flags: u8) -> (TestOs, Ospm, Interpreter) {
    let mut os = loaded(cpus, CpuStart::Psci);
    os.load(BLOCK, &[0, 0, 0, 0, flags, 0, 0, 0, 0, 0, 0, 0]);
    os.load(GED, &[0; 4]);
    let mut report = |report: Report| panic!("{report}");
    let tables = Tables::read(&mut os, 0x4021_0000, &mut report).unwrap();
    let boot = Mpidr::from_register(0);
    let registry = Registry::from_acpi(&tables, boot, 512, &mut report);
    let mut ospm = Ospm::new(registry, tables.stao);
    let blocks: Vec<&[u8]> = tables.definition_blocks.iter().map(Sdt::bytes).collect();
    let mut aml = Interpreter::new(&blocks, &mut ospm.surroundings(&mut os)).unwrap();
    ospm.enumerate(&mut aml, &mut os).unwrap();
    (os, ospm, aml)
}

#[test]
fn every_cpu_has_its_object() {
    for (flags, enabled) in [(0, 1), (1, 300)] {
        let (os, ospm, _) = booted(300, flags);
        assert_eq!(ospm.registry().iter().filter(|(_, record)| record.enabled()).count(), enabled);
        assert_eq!(
            ospm.interrupts().collect::<Vec<_>>(),
            [EventInterrupt { gsiv: 41, edge: true }]
        );
        let added = |report: &Report| matches!(report, Report::HotAdded(_));
        assert!(os.reports().iter().all(added), "nothing else to report");
    }
}

#[test]
fn b041_an_insert_event_adds_the_cpu() {
    let (mut os, mut ospm, mut aml) = booted(2, 0);
    // The block's data register gives CPU 1, whose flags say enabled and insert event.
    os.load(BLOCK, &[0, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0]);
    os.load(GED, &[8, 0, 0, 0]);
    os.taken();
    ospm.handle_interrupt(41, &mut aml, &mut os).unwrap();
    assert!(os.taken().contains(&Event::Write(BLOCK + 4, 2)), "the insert event is cleared");
    let notification = ospm.next_notification().unwrap();
    assert_eq!(notification.value, 1);
    os.load(BLOCK + 4, &[1]);
    let handled = ospm.handle(notification, &mut aml, &mut os);
    assert_eq!(handled, Ok(Handled::Done { status: 0 }));
    assert_eq!(mask(ospm.registry(), CpuRecord::enabled), "11");
    // _OST: the event into the data register after command 1, the status after command 2.
    let writes: Vec<_> =
        os.taken().into_iter().filter(|event| matches!(event, Event::Write(..))).collect();
    let expected = [(BLOCK, 1), (BLOCK + 5, 1), (BLOCK + 8, 1), (BLOCK + 5, 2), (BLOCK + 8, 0)];
    assert!(writes.ends_with(&expected.map(|(address, value)| Event::Write(address, value))));
    assert_eq!(ospm.next_notification(), None);
}
