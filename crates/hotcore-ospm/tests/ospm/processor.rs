//! The processor driver: enumeration, checks, ejects, and what the firmware hears of them.

use hotcore_ospm::aml::{DeviceKind, NameSeg, Node, Value};
use hotcore_ospm::{
    Cpu, CpuRecord, EjectError, Handled, Leave, Notification, OnlineError, Ospm, Registry, Report,
    Transition,
};

use crate::aml::Script;
use crate::os::{Event, TestOs, mask, psci_registry};

/// Four possible CPUs in an ACPI0010 container; their `_STA` as given.
pub(crate) struct Machine {
    pub(crate) os: TestOs,
    pub(crate) aml: Script,
    pub(crate) ospm: Ospm,
    pub(crate) nodes: Vec<Node>,
}

impl Machine {
    pub(crate) fn new(statuses: &[u64]) -> Self {
        let os = TestOs::new();
        let mut aml = Script::new(&os.log);
        let cpus = aml.device("\\_SB.CPUS", None, "ACPI0010");
        let node = |(uid, &status): (u64, &u64)| aml.processor(Some(cpus), uid, status);
        let nodes: Vec<Node> = (0u64..).zip(statuses).map(node).collect();
        aml.get(nodes[0]).ejected = None;
        let ospm = Ospm::new(psci_registry(statuses.len() as u32), None);
        Self { os, aml, ospm, nodes }
    }

    /// As new, but with these CPUs, all enabled.
    pub(crate) fn over(registry: Registry) -> Self {
        let mut machine = Self::new(&vec![0xf; registry.possible()]);
        machine.ospm = Ospm::new(registry, None);
        machine.enumerate();
        machine.os.taken();
        machine
    }

    pub(crate) fn enumerated(statuses: &[u64]) -> Self {
        let mut machine = Self::new(statuses);
        machine.enumerate();
        machine.os.taken();
        machine
    }

    pub(crate) fn enumerate(&mut self) {
        self.ospm.enumerate(&mut self.aml, &mut self.os).unwrap();
    }

    pub(crate) fn notify(&mut self, device: Node, value: u64) -> Handled {
        let notification = Notification { device, value };
        self.ospm.handle(notification, &mut self.aml, &mut self.os).unwrap()
    }

    pub(crate) fn set_status(&mut self, cpu: usize, status: u64) {
        let node = self.nodes[cpu];
        self.aml.get(node).status = Some(status);
    }

    fn online(&mut self, cpu: u32) -> Result<(), OnlineError> {
        self.ospm.online(Cpu(cpu), &mut self.os)
    }

    pub(crate) fn masks(&self) -> [String; 3] {
        let registry = self.ospm.registry();
        [CpuRecord::present, CpuRecord::enabled, CpuRecord::online].map(|of| mask(registry, of))
    }
}

fn method(name: &str, arguments: &[u64]) -> Event {
    Event::Method(format!("\\_SB.CPUS.{name}"), arguments.to_vec())
}

const DONE: Handled = Handled::Done { status: 0 };

#[test]
fn b027_present_and_not_enabled() {
    let mut machine = Machine::new(&[0xf, 0xd]);
    machine.enumerate();
    assert_eq!(machine.masks(), ["11", "1-", "1-"]);
    assert_eq!(machine.online(1), Err(OnlineError::NotEnabled));
}

#[test]
fn b030_a_present_bit_that_drops_is_refused_and_said_once() {
    let mut machine = Machine::enumerated(&[0xf, 0xf, 0xf]);
    for cpu in [1, 2] {
        let node = machine.nodes[cpu];
        machine.aml.get(node).ejected = Some(0);
        assert_eq!(machine.notify(node, 3), DONE);
    }
    assert_eq!(machine.os.reports(), [Report::PresentBit]);
    assert_eq!(machine.masks(), ["111", "111", "1--"]);
}

#[test]
fn b134_a_device_check_adds_and_says_so() {
    let mut machine = Machine::enumerated(&[0xf, 0xd]);
    machine.set_status(1, 0xf);
    assert_eq!(machine.notify(machine.nodes[1], 1), DONE);
    let expected = [
        method("C001._STA", &[]),
        Event::Report(Report::HotAdded(Cpu(1))),
        Event::Transition(Cpu(1), Transition::Add),
        method("C001._OST", &[1, 0]),
    ];
    assert_eq!(machine.os.taken(), expected);
    assert_eq!(machine.online(1), Ok(()));
    assert_eq!(machine.masks(), ["11", "11", "11"]);
}

#[test]
fn b135_an_eject_in_its_order() {
    let mut machine = Machine::enumerated(&[0xf, 0xf]);
    machine.online(1).unwrap();
    machine.os.taken();
    assert_eq!(machine.notify(machine.nodes[1], 3), DONE);
    let leave = Leave::CpuOff { conduit: hotcore_ospm::Conduit::Hvc };
    let expected = [
        method("C001._OST", &[3, 0x84]),
        Event::Offline(Cpu(1), leave),
        Event::Call([0xc400_0004, 1, 0, 0]),
        Event::Transition(Cpu(1), Transition::Offline),
        method("C001._EJ0", &[1]),
        method("C001._STA", &[]),
        method("C001._STA", &[]),
        Event::Transition(Cpu(1), Transition::Remove),
        method("C001._OST", &[3, 0]),
    ];
    assert_eq!(machine.os.taken(), expected);
    assert_eq!(machine.masks(), ["11", "1-", "1-"]);
}

#[test]
fn b136_a_refused_eject_is_busy_and_evaluates_no_ej0() {
    let mut machine = Machine::enumerated(&[0xf, 0xf]);
    machine.online(1).unwrap();
    machine.os.refuses = true;
    machine.os.taken();
    assert_eq!(machine.notify(machine.nodes[1], 3), Handled::Done { status: 0x82 });
    let log = machine.os.taken();
    assert_eq!(log.first(), Some(&method("C001._OST", &[3, 0x84])));
    assert_eq!(log.last(), Some(&method("C001._OST", &[3, 0x82])));
    assert!(!log.contains(&method("C001._EJ0", &[1])));
    assert_eq!(machine.masks(), ["11", "11", "11"]);
    // b138: later it may succeed.
    machine.os.refuses = false;
    assert_eq!(machine.notify(machine.nodes[1], 3), DONE);
}

#[test]
fn b136_the_last_cpu_online_stays() {
    let mut machine = Machine::enumerated(&[0xf, 0xf]);
    assert_eq!(machine.notify(machine.nodes[0], 3), Handled::Done { status: 0x82 });
    assert_eq!(machine.masks(), ["11", "11", "1-"]);
}

#[test]
fn b137_an_eject_of_the_os_ends_with_its_own_event() {
    let mut machine = Machine::enumerated(&[0xf, 0xf]);
    machine.ospm.eject(Cpu(1), &mut machine.aml, &mut machine.os).unwrap();
    let log = machine.os.taken();
    assert_eq!(log.first(), Some(&method("C001._OST", &[3, 0x84])));
    assert_eq!(log.last(), Some(&method("C001._OST", &[0x103, 0])));
    let fixed = machine.ospm.eject(Cpu(0), &mut machine.aml, &mut machine.os);
    assert_eq!(fixed, Err(EjectError::NotEjectable));
}

#[test]
fn b139_an_eject_that_changes_nothing_is_incomplete() {
    let mut machine = Machine::enumerated(&[0xf, 0xf]);
    let node = machine.nodes[1];
    machine.aml.get(node).ejected = Some(0xf);
    assert_eq!(machine.notify(node, 3), DONE);
    assert_eq!(machine.os.reports(), [Report::EjectIncomplete { status: 0xf }]);
    assert_eq!(machine.masks(), ["11", "11", "1-"]);
}

#[test]
fn ejects_can_be_forbidden() {
    let mut machine = Machine::enumerated(&[0xf, 0xf]);
    machine.ospm.permit_ejects(false);
    assert_eq!(machine.notify(machine.nodes[1], 3), Handled::Done { status: 0x80 });
    let expected = [Event::Report(Report::EjectDisabled), method("C001._OST", &[3, 0x80])];
    assert_eq!(machine.os.taken(), expected);
}

#[test]
fn without_ej0_an_eject_fails_after_the_cpu_is_offline() {
    let mut machine = Machine::enumerated(&[0xf, 0xf]);
    machine.online(1).unwrap();
    assert_eq!(machine.notify(machine.nodes[0], 3), Handled::Done { status: 1 });
    assert_eq!(machine.masks(), ["11", "11", "-1"]);
}

#[test]
fn b143_of_duplicate_uids_none_is_registered() {
    let mut machine = Machine::new(&[0xf, 0xf, 0xf]);
    let twin = machine.nodes[2];
    machine.aml.get(twin).values.insert(NameSeg(*b"_UID"), Value::Integer(1));
    machine.enumerate();
    assert_eq!(machine.masks()[1], "1--");
    let duplicates = machine.os.reports();
    let duplicates =
        duplicates.iter().filter(|report| matches!(report, Report::DuplicateUid { uid: 1, .. }));
    assert_eq!(duplicates.count(), 2);
}

#[test]
fn b144_a_device_check_of_an_enabled_cpu_changes_nothing() {
    let mut machine = Machine::enumerated(&[0xf, 0xf]);
    assert_eq!(machine.notify(machine.nodes[1], 1), DONE);
    let expected = [method("C001._STA", &[]), method("C001._OST", &[1, 0])];
    assert_eq!(machine.os.taken(), expected);
}

#[test]
fn b145_a_device_check_of_a_disabled_cpu_is_a_success_that_adds_nothing() {
    let mut machine = Machine::enumerated(&[0xf, 0xd]);
    assert_eq!(machine.notify(machine.nodes[1], 1), DONE);
    assert_eq!(machine.os.taken().last(), Some(&method("C001._OST", &[1, 0])));
    assert_eq!(machine.masks()[1], "1-");
}

#[test]
fn b145_a_failed_add_is_a_success_too() {
    let mut machine = Machine::enumerated(&[0xf, 0xd]);
    let stranger = machine.aml.processor(None, 77, 0xf);
    let mut ospm = Ospm::new(psci_registry(2), None);
    ospm.enumerate(&mut machine.aml, &mut machine.os).unwrap();
    assert!(machine.os.reports().iter().any(|report| matches!(report, Report::Unmapped { .. })));
    machine.os.taken();
    let check = Notification { device: stranger, value: 1 };
    assert_eq!(ospm.handle(check, &mut machine.aml, &mut machine.os), Ok(DONE));
    assert_eq!(machine.os.taken().last(), Some(&method("C04D._OST", &[1, 0])));
}

#[test]
fn b147_containers_at_any_depth() {
    let mut machine = Machine::new(&[0xf]);
    let mut inner = Node(0);
    for depth in 0..20 {
        inner = machine.aml.device(&format!("\\_SB.P{depth:03}"), Some(inner), "ACPI0010");
    }
    machine.aml.processor(Some(inner), 1, 0xf);
    machine.ospm = Ospm::new(psci_registry(2), None);
    machine.enumerate();
    assert_eq!(machine.masks()[1], "11");
}

#[test]
fn a_container_that_is_not_there_hides_its_cpus() {
    let mut machine = Machine::new(&[0xf]);
    let package = machine.aml.device("\\_SB.PACK", None, "ACPI0010");
    machine.aml.get(package).status = Some(0);
    let cpu = machine.aml.processor(Some(package), 1, 0);
    machine.ospm = Ospm::new(psci_registry(2), None);
    machine.enumerate();
    assert_eq!(machine.masks()[1], "1-");
    machine.aml.get(package).status = Some(0xf);
    machine.aml.get(cpu).status = Some(0xf);
    assert_eq!(machine.notify(package, 0), DONE);
    assert_eq!(machine.masks()[1], "11");
}

#[test]
fn a_cpu_in_a_container_that_is_not_there_is_not_there_whatever_it_says() {
    let mut machine = Machine::new(&[0xf]);
    let [gone, real] = ["\\_SB.PKG0", "\\_SB.PKG1"].map(|path| {
        let package = machine.aml.device(path, None, "ACPI0010");
        let inner = machine.aml.device(&format!("{path}.CLU0"), Some(package), "ACPI0010");
        machine.aml.processor(Some(inner), 1, 0xf);
        package
    });
    machine.aml.get(gone).status = Some(0);
    machine.ospm = Ospm::new(psci_registry(2), None);
    machine.enumerate();
    assert_eq!(machine.os.reports(), [0, 1].map(|cpu| Report::HotAdded(Cpu(cpu))));
    assert_eq!(machine.masks()[1], "11");
    // It appears, with a CPU that is another's.
    machine.aml.get(gone).status = Some(0xf);
    machine.os.taken();
    assert_eq!(machine.notify(gone, 0), DONE);
    let path = "\\_SB.CPUS.C001".to_owned();
    assert_eq!(machine.os.reports(), [Report::WrongUid { path, uid: 1 }]);
    // The object that has the CPU keeps it.
    assert_eq!(machine.notify(real, 0), DONE);
    assert_eq!(machine.masks()[1], "11");
}

#[test]
fn mat_wins_over_the_madt() {
    let mut machine = Machine::new(&[0xf, 0xf, 0xd]);
    let mut gicc = vec![0u8; 82];
    (gicc[0], gicc[1], gicc[8], gicc[12], gicc[68]) = (0x0b, 82, 1, 8, 2);
    let node = machine.nodes[1];
    machine.aml.get(node).values.insert(NameSeg(*b"_MAT"), Value::Buffer(gicc));
    machine.enumerate();
    assert_eq!(machine.masks()[1], "1-1");
}

#[test]
fn a_legacy_processor_object_belongs_to_no_gicc() {
    let mut machine = Machine::new(&[0xf, 0xf]);
    let node = machine.nodes[1];
    machine.aml.get(node).kind = DeviceKind::Processor { id: 1 };
    machine.enumerate();
    assert_eq!(machine.masks()[1], "1-");
}

#[test]
fn an_unmentioned_cpu_and_an_online_one_that_is_not_enabled_are_reported() {
    let mut machine = Machine::new(&[0xd]);
    machine.ospm = Ospm::new(psci_registry(2), None);
    machine.enumerate();
    let expected = [
        Report::NotInDsdt { cpu: Cpu(1), uid: 1 },
        Report::InUseNotEnabled { cpu: Cpu(0), status: 0xd },
    ];
    assert_eq!(machine.os.reports(), expected);
    assert_eq!(machine.masks(), ["11", "--", "1-"]);
}

#[test]
fn a_surprise_is_reported_and_changes_nothing() {
    let mut machine = Machine::enumerated(&[0xf, 0xf]);
    machine.set_status(1, 0xd);
    assert_eq!(machine.notify(machine.nodes[1], 1), DONE);
    assert_eq!(machine.os.reports(), [Report::InUseNotEnabled { cpu: Cpu(1), status: 0xd }]);
    assert_eq!(machine.masks()[1], "11");
}

#[test]
fn b148_without_osc_ost_and_sta_everything_works() {
    let mut machine = Machine::new(&[0xf, 0xf]);
    for node in machine.nodes.clone() {
        machine.aml.get(node).ost = false;
        machine.aml.get(node).status = None;
    }
    machine.enumerate();
    assert_eq!(machine.masks()[1], "11");
}

#[test]
fn a_fault_ends_an_operation_anywhere() {
    for budget in 0..40 {
        let mut machine = Machine::enumerated(&[0xf, 0xf]);
        machine.os.budget = budget;
        let online = machine.online(1);
        let eject = machine.ospm.eject(Cpu(1), &mut machine.aml, &mut machine.os);
        let ended = matches!(online, Ok(()) | Err(OnlineError::Fault(_)))
            && matches!(eject, Ok(()) | Err(EjectError::Fault(_)));
        assert!(ended, "{budget}: {online:?}, {eject:?}");
    }
}

/// Objects with UIDs of their own, all of which say by `_MAT` that they are CPU 1.
#[test]
fn thousands_of_objects_for_one_cpu_are_refused_one_by_one() {
    let mut machine = Machine::new(&[0xf]);
    let package = machine.aml.device("\\_SB.PACK", None, "ACPI0010");
    for uid in 1..=1000u64 {
        let mut gicc = vec![0u8; 82];
        (gicc[0], gicc[1], gicc[12], gicc[68]) = (0x0b, 82, 8, 1);
        gicc[8..12].copy_from_slice(&(uid as u32).to_le_bytes());
        let node = machine.aml.processor(Some(package), uid, 0xf);
        machine.aml.get(node).values.insert(NameSeg(*b"_MAT"), Value::Buffer(gicc));
    }
    machine.ospm = Ospm::new(psci_registry(2), None);
    machine.enumerate();
    let wrong = |report: &&Report| matches!(report, Report::WrongUid { .. });
    assert_eq!(machine.os.reports().iter().filter(wrong).count(), 999);
    assert_eq!(machine.masks()[1], "11");
}
