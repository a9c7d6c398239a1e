//! Whatever is notified in whichever order, and whatever the firmware holds, the invariants hold.

use hotcore_ospm::{Cpu, Notification, State};
use proptest::prelude::*;

use crate::hostile;
use crate::os::Event;
use crate::processor::Machine;

/// Something that happens to a machine.
#[derive(Debug, Clone, Copy)]
enum Step {
    Status(usize, u64),
    Notify(usize, u64),
    Online(u32),
    Offline(u32),
    Eject(u32),
    EjectsTo(usize, Option<u64>),
    CpuOn(i64),
    Affinity(i64),
    Refuse(bool),
    Arrive(bool),
    PermitEjects(bool),
}

const CPUS: usize = 4;

fn step() -> impl Strategy<Value = Step> {
    let cpu = 0..CPUS;
    let status = prop_oneof![Just(0xf), Just(0xd), Just(0), 0u64..16];
    prop_oneof![
        3 => (cpu.clone(), status.clone()).prop_map(|(cpu, status)| Step::Status(cpu, status)),
        6 => (cpu.clone(), prop_oneof![Just(1u64), Just(3), 0u64..5])
            .prop_map(|(cpu, value)| Step::Notify(cpu, value)),
        4 => (0..CPUS as u32 + 1).prop_map(Step::Online),
        3 => (0..CPUS as u32 + 1).prop_map(Step::Offline),
        2 => (0..CPUS as u32 + 1).prop_map(Step::Eject),
        2 => (cpu, proptest::option::of(status)).prop_map(|(cpu, to)| Step::EjectsTo(cpu, to)),
        1 => (-10i64..2).prop_map(Step::CpuOn),
        1 => (-2i64..4).prop_map(Step::Affinity),
        1 => any::<bool>().prop_map(Step::Refuse),
        1 => any::<bool>().prop_map(Step::Arrive),
        1 => any::<bool>().prop_map(Step::PermitEjects),
    ]
}

fn carry_out(machine: &mut Machine, step: Step) {
    let os = &mut machine.os;
    match step {
        Step::Status(cpu, status) => machine.set_status(cpu, status),
        Step::Notify(cpu, value) => {
            let notification = Notification { device: machine.nodes[cpu], value };
            let _ = machine.ospm.handle(notification, &mut machine.aml, os);
        }
        Step::Online(cpu) => drop(machine.ospm.online(Cpu(cpu), os)),
        Step::Offline(cpu) => drop(machine.ospm.offline(Cpu(cpu), os)),
        Step::Eject(cpu) => drop(machine.ospm.eject(Cpu(cpu), &mut machine.aml, os)),
        Step::EjectsTo(cpu, to) => machine.aml.get(machine.nodes[cpu]).ejected = to,
        Step::CpuOn(answer) => os.cpu_on = answer,
        Step::Affinity(answer) => os.affinity = answer,
        Step::Refuse(refuses) => os.refuses = refuses,
        Step::Arrive(arrives) => os.arrives = arrives,
        Step::PermitEjects(permitted) => machine.ospm.permit_ejects(permitted),
    }
}

/// The masks before and after a step, with what was seen of it.
fn check(before: &[String; 3], machine: &Machine, events: &[Event]) {
    let after = machine.masks();
    assert_eq!(before[0], after[0], "present is constant");
    let registry = machine.ospm.registry();
    for (cpu, record) in registry.iter() {
        assert!(record.present() || !(record.enabled() || record.online()));
        let of = |event: &Event| match event {
            Event::Transition(of, transition) if *of == cpu => Some(format!("{transition:?}")),
            _ => None,
        };
        let seen: Vec<_> = events.iter().filter_map(of).collect();
        let n = cpu.0 as usize;
        let changed = |mask: usize| before[mask].as_bytes()[n] != after[mask].as_bytes()[n];
        let registered = seen.iter().filter(|seen| *seen == "Add" || *seen == "Remove").count();
        assert_eq!(registered % 2 == 1, changed(1), "{events:?}");
        let moved = seen.iter().filter(|seen| *seen == "Online" || *seen == "Offline").count();
        assert_eq!(moved % 2 == 1, changed(2), "{events:?}");
    }
    assert!(registry.online() >= 1, "somebody is always there");
    let stuck = registry.iter().any(|(_, record)| record.state() == State::Stuck);
    assert_eq!(registry.kexec_allowed(), !stuck);
}

/// A step that is cut off after so many accesses, and then done again.
fn cut_off(machine: &mut Machine, step: Step, after: u64) {
    machine.os.budget = after;
    let present = machine.masks()[0].clone();
    carry_out(machine, step);
    let cut = machine.os.budget == 0;
    machine.os.budget = u64::MAX;
    assert_eq!(present, machine.masks()[0], "present is constant");
    let registry = machine.ospm.registry();
    for (_, record) in registry.iter() {
        assert!(record.present() || !(record.enabled() || record.online()));
    }
    let stuck = registry.iter().any(|(_, record)| record.state() == State::Stuck);
    assert_eq!(registry.kexec_allowed(), !stuck);
    if cut {
        carry_out(machine, step);
    }
    machine.enumerate();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn b160_masks_after_every_step(steps in proptest::collection::vec(step(), 0..60)) {
        let mut machine = Machine::enumerated(&[0xf, 0xf, 0xd, 0]);
        for step in steps {
            let before = machine.masks();
            carry_out(&mut machine, step);
            let events = machine.os.taken();
            check(&before, &machine, &events);
        }
    }

    #[test]
    fn faults_anywhere_leave_the_invariants(
        steps in proptest::collection::vec((step(), 0u64..20), 0..40),
    ) {
        let mut machine = Machine::enumerated(&[0xf, 0xf, 0xd, 0]);
        for (step, after) in steps {
            cut_off(&mut machine, step, after);
        }
    }

    #[test]
    fn any_bytes_as_tables(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        hostile::tables::read(&bytes);
    }

    #[test]
    fn any_bytes_as_mailbox(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        hostile::mailbox::use_mailbox(&bytes);
    }
}
