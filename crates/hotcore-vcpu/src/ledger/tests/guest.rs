//! What the guest may do, asked or not.

use super::*;

#[test]
fn b006_cpu_on_of_a_disabled_cpu_is_denied() {
    let mut ledger = ledger(&[ABSENT]);
    let answer = ledger.cpu_on(Mpidr::of(cpu(1)), ENTRY, ms(0));
    assert_eq!(answer, Err(PowerError::Denied));
    assert_eq!(drain(&mut ledger), []);
}

#[test]
fn b008_cpu_on_outside_the_possible_cpus_finds_nothing() {
    let mut ledger = ledger(&[ABSENT]);
    for bits in [2, 0x10, 0x1_0000] {
        let target = Mpidr::from_bits(bits).unwrap();
        assert_eq!(ledger.cpu_on(target, ENTRY, ms(0)), Err(PowerError::NoSuchCpu));
    }
}

#[test]
fn b009_cpu_on_of_a_running_or_starting_cpu_says_so() {
    let mut ledger = ledger(&[REMOVABLE]);
    let target = Mpidr::of(cpu(1));
    assert_eq!(ledger.cpu_on(Mpidr::of(cpu(0)), ENTRY, ms(0)), Err(PowerError::AlreadyOn));
    ledger.cpu_on(target, ENTRY, ms(0)).unwrap();
    assert_eq!(ledger.cpu_on(target, ENTRY, ms(0)), Err(PowerError::OnPending));
    ledger.vcpu_started(cpu(1), ms(1));
    assert_eq!(ledger.cpu_on(target, ENTRY, ms(2)), Err(PowerError::AlreadyOn));
}

#[test]
fn b010_cpu_on_starts_the_vcpu_at_its_entry() {
    let mut ledger = ledger(&[REMOVABLE]);
    ledger.cpu_on(Mpidr::of(cpu(1)), ENTRY, ms(0)).unwrap();
    assert_eq!(drain(&mut ledger), [Output::StartVcpu { cpu: cpu(1), entry: ENTRY }]);
    assert_eq!(ledger.affinity_info(Mpidr::of(cpu(1))), Some(Power::OnPending));
}

#[test]
fn b011_a_disabled_cpu_is_off() {
    let ledger = ledger(&[ABSENT]);
    assert_eq!(ledger.affinity_info(Mpidr::of(cpu(1))), Some(Power::Off));
    assert_eq!(ledger.affinity_info(Mpidr::of(cpu(2))), None);
}

#[test]
fn a_vcpu_that_could_not_be_started_is_off_again() {
    let mut ledger = ledger(&[REMOVABLE]);
    ledger.cpu_on(Mpidr::of(cpu(1)), ENTRY, ms(0)).unwrap();
    ledger.vcpu_start_failed(cpu(1));
    assert_eq!(ledger.affinity_info(Mpidr::of(cpu(1))), Some(Power::Off));
}

#[test]
fn b026_a_cpu_is_never_both_started_and_disabled() {
    let mut started_first = ledger(&[REMOVABLE]);
    started_first.cpu_on(Mpidr::of(cpu(1)), ENTRY, ms(0)).unwrap();
    started_first.eject(cpu(1), ms(0));
    assert!(started_first.cpu(cpu(1)).unwrap().enabled);

    let mut ejected_first = ledger(&[REMOVABLE]);
    ejected_first.eject(cpu(1), ms(0));
    let answer = ejected_first.cpu_on(Mpidr::of(cpu(1)), ENTRY, ms(0));
    assert_eq!(answer, Err(PowerError::Denied));
}

#[test]
fn b052_eject_of_the_boot_cpu_is_ignored() {
    let mut ledger = ledger(&[]);
    ledger.eject(cpu(0), ms(0));
    assert!(ledger.cpu(cpu(0)).unwrap().enabled);
    assert_eq!(drain(&mut ledger), [Output::Notice(Notice::EjectIgnored { cpu: cpu(0) })]);
}

#[test]
fn b053_eject_of_a_running_cpu_is_refused() {
    let mut ledger = ledger(&[REMOVABLE]);
    guest_onlines(&mut ledger, 1, ms(0));
    ledger.eject(cpu(1), ms(1));
    assert!(ledger.cpu(cpu(1)).unwrap().enabled);
}

#[test]
fn b054_eject_of_an_off_cpu_disables_it_at_once() {
    let mut ledger = ledger(&[REMOVABLE]);
    ledger.eject(cpu(1), ms(0));
    assert!(!ledger.read_flags(cpu(1)).unwrap().enabled);
}

#[test]
fn an_eject_that_the_host_did_not_ask_for_is_accepted_and_told() {
    let mut ledger = ledger(&[REMOVABLE]);
    ledger.ost(cpu(1), 3, 0x84, ms(0));
    ledger.eject(cpu(1), ms(1));
    ledger.ost(cpu(1), 0x103, 0, ms(2));
    let told = drain(&mut ledger);
    assert!(told.contains(&Output::Notice(Notice::Ejected { cpu: cpu(1), asked: false })));
    assert!(ledger.plug(cpu(1), PATIENCE, ms(3)).is_ok());
}

#[test]
fn a_fixed_cpu_stays_whatever_the_guest_writes() {
    let mut ledger = ledger(&[FIXED]);
    ledger.eject(cpu(1), ms(0));
    assert!(ledger.cpu(cpu(1)).unwrap().enabled);
}

#[test]
fn a_refused_unplug_keeps_the_cpu_and_reports_the_guests_words() {
    let mut ledger = ledger(&[REMOVABLE]);
    let id = ledger.unplug(cpu(1), PATIENCE, ms(0)).unwrap();
    ledger.read_flags(cpu(1)).unwrap();
    ledger.take_remove(cpu(1), ms(1));
    ledger.ost(cpu(1), 3, 0x84, ms(1));
    ledger.ost(cpu(1), 3, 0x82, ms(2));
    let refused = Outcome::Refused { source: 3, status: 0x82 };
    assert_eq!(outcomes(&mut ledger), [(id, refused)]);
    assert!(ledger.cpu(cpu(1)).unwrap().enabled);
    assert!(ledger.unplug(cpu(1), PATIENCE, ms(3)).is_ok());
}

#[test]
fn a_refused_plug_disables_the_cpu_again() {
    let mut ledger = ledger(&[ABSENT]);
    let id = ledger.plug(cpu(1), PATIENCE, ms(0)).unwrap();
    ledger.read_flags(cpu(1)).unwrap();
    ledger.take_insert(cpu(1), ms(1));
    ledger.ost(cpu(1), 1, 0x81, ms(1));
    let refused = Outcome::Refused { source: 1, status: 0x81 };
    assert_eq!(outcomes(&mut ledger), [(id, refused)]);
    assert!(ledger.plug(cpu(1), PATIENCE, ms(2)).is_ok());
}

#[test]
fn success_without_an_eject_is_told_as_the_refusal_it_is() {
    let mut ledger = ledger(&[REMOVABLE]);
    let id = ledger.unplug(cpu(1), PATIENCE, ms(0)).unwrap();
    ledger.read_flags(cpu(1)).unwrap();
    ledger.take_remove(cpu(1), ms(1));
    ledger.ost(cpu(1), 3, 0, ms(2));
    let refused = Outcome::Refused { source: 3, status: 0 };
    assert_eq!(outcomes(&mut ledger), [(id, refused)]);
}

#[test]
fn b043_b044_b045_scanning_starts_at_the_selector_and_wraps() {
    let mut ledger = ledger(&[ABSENT; 5]);
    assert_eq!(ledger.next_event(cpu(3)), None);
    ledger.plug(cpu(2), PATIENCE, ms(0)).unwrap();
    ledger.plug(cpu(5), PATIENCE, ms(0)).unwrap();
    assert_eq!(ledger.next_event(cpu(0)), Some(cpu(2)));
    ledger.take_insert(cpu(2), ms(1));
    assert_eq!(ledger.next_event(cpu(0)), Some(cpu(5)));
    ledger.take_insert(cpu(5), ms(1));
    ledger.plug(cpu(1), PATIENCE, ms(2)).unwrap();
    assert_eq!(ledger.next_event(cpu(2)), Some(cpu(1)));
}
