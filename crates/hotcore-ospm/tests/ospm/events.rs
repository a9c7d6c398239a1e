//! Event devices: their interrupts, and what their methods notify.

use hotcore_ospm::aml::{NameSeg, Node, Value};
use hotcore_ospm::{Cpu, EventInterrupt, Handled, Notification, Report};

use crate::aml::string;
use crate::os::Event;
use crate::processor::Machine;

/// `_CRS`: an Extended Interrupt Descriptor, edge-triggered.
const INTERRUPT_41: [u8; 11] = [0x89, 6, 0, 0b0011, 1, 41, 0, 0, 0, 0x79, 0];

#[test]
fn events_wait_until_everything_is_enumerated_and_none_is_lost() {
    let mut machine = Machine::new(&[0xf, 0xd, 0xd]);
    let ged = machine.aml.device("\\_SB.GED", None, "ACPI0013");
    let [one, two] = [machine.nodes[1], machine.nodes[2]];
    let device = machine.aml.get(ged);
    device.event = vec![(one, 1), (two, 1), (one, 3), (one, 1)];
    device.values.insert(NameSeg(*b"_CRS"), Value::Buffer(INTERRUPT_41.to_vec()));
    machine.ospm.handle_interrupt(41, &mut machine.aml, &mut machine.os).unwrap();
    assert_eq!(machine.ospm.next_notification(), None);

    machine.enumerate();
    let interrupts: Vec<_> = machine.ospm.interrupts().collect();
    assert_eq!(interrupts, [EventInterrupt { gsiv: 41, edge: true }]);
    let pending: Vec<_> = std::iter::from_fn(|| machine.ospm.next_notification()).collect();
    let expected = [(one, 1), (two, 1), (one, 3), (one, 1)];
    assert_eq!(pending, expected.map(|(device, value)| Notification { device, value }));
    assert_eq!(machine.notify(ged, 0x80), Handled::NotOurs);
}

#[test]
fn an_event_method_of_its_own_comes_first() {
    let mut machine = Machine::new(&[0xf]);
    let ged = machine.aml.device("\\_SB.GED", None, "ACPI0013");
    let device = machine.aml.get(ged);
    device.event = vec![(Node(0), 0)];
    device.values.insert(NameSeg(*b"_CRS"), Value::Buffer(INTERRUPT_41.to_vec()));
    device.values.insert(NameSeg(*b"_E29"), string("method"));
    machine.enumerate();
    machine.os.taken();
    machine.ospm.handle_interrupt(41, &mut machine.aml, &mut machine.os).unwrap();
    assert_eq!(machine.os.taken(), [Event::Method("\\_SB.GED._E29".into(), vec![])]);
}

#[test]
fn the_same_notification_twice_in_a_row_is_one() {
    let mut machine = Machine::new(&[0xf, 0xd]);
    let ged = machine.aml.device("\\_SB.GED", None, "ACPI0013");
    machine.aml.get(ged).event = vec![(machine.nodes[1], 1); 100_000];
    machine.aml.get(ged).values.insert(NameSeg(*b"_CRS"), Value::Buffer(INTERRUPT_41.to_vec()));
    machine.enumerate();
    machine.ospm.handle_interrupt(41, &mut machine.aml, &mut machine.os).unwrap();
    assert_eq!(std::iter::from_fn(|| machine.ospm.next_notification()).count(), 1);
}

#[test]
fn an_event_device_that_is_not_there_has_no_interrupts() {
    let mut machine = Machine::new(&[0xf]);
    let package = machine.aml.device("\\_SB.PACK", None, "ACPI0004");
    machine.aml.get(package).status = Some(0);
    for parent in [None, Some(package)] {
        let ged = machine.aml.device("\\_SB.GED", parent, "ACPI0013");
        let device = machine.aml.get(ged);
        device.status = parent.is_none().then_some(0);
        device.event = vec![(Node(0), 0)];
        device.values.insert(NameSeg(*b"_CRS"), Value::Buffer(INTERRUPT_41.to_vec()));
    }
    machine.enumerate();
    assert_eq!(machine.ospm.interrupts().count(), 0);
    assert_eq!(machine.os.reports(), [Report::HotAdded(Cpu(0))]);
}

#[test]
fn an_early_interrupt_that_a_fault_ends_is_taken_again() {
    for again in [true, false] {
        let mut machine = Machine::new(&[0xf, 0xd]);
        for (gsiv, cpu) in [(41, 0), (42, 1)] {
            let ged = machine.aml.device("\\_SB.GED", None, "ACPI0013");
            let mut interrupt = INTERRUPT_41;
            interrupt[5] = gsiv;
            let device = machine.aml.get(ged);
            device.event = vec![(machine.nodes[cpu], 1)];
            device.event_reads = true;
            device.values.insert(NameSeg(*b"_CRS"), Value::Buffer(interrupt.to_vec()));
            machine.ospm.handle_interrupt(gsiv.into(), &mut machine.aml, &mut machine.os).unwrap();
        }
        machine.os.load(0, &[0]);
        machine.os.budget = 0;
        machine.ospm.enumerate(&mut machine.aml, &mut machine.os).unwrap_err();
        machine.os.budget = u64::MAX;
        if again {
            machine.enumerate();
        } else {
            machine.ospm.handle_interrupt(43, &mut machine.aml, &mut machine.os).unwrap();
        }
        let devices = std::iter::from_fn(|| machine.ospm.next_notification());
        let devices: Vec<_> = devices.map(|notification| notification.device).collect();
        assert_eq!(devices, machine.nodes);
    }
}
