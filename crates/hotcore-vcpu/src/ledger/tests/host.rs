//! Requests of the host, their order and their ends.

use super::*;

#[test]
fn b038_plug_of_a_cpu_that_is_not_possible_changes_nothing() {
    let mut ledger = ledger(&[ABSENT]);
    let error = ledger.plug(cpu(2), PATIENCE, ms(0)).unwrap_err();
    assert_eq!(error, RequestError::NoSuchCpu { cpu: 2, possible: 2 });
    assert_eq!(drain(&mut ledger), []);
}

#[test]
fn b039_plug_of_an_enabled_cpu_is_an_error() {
    let mut ledger = ledger(&[FIXED]);
    let error = ledger.plug(cpu(1), PATIENCE, ms(0)).unwrap_err();
    assert_eq!(error, RequestError::AlreadyEnabled(cpu(1)));
    assert_eq!(drain(&mut ledger), []);
}

#[test]
fn b040_the_boot_cpu_cannot_be_unplugged() {
    let mut ledger = ledger(&[]);
    assert_eq!(ledger.unplug(cpu(0), PATIENCE, ms(0)), Err(RequestError::BootCpu));
    assert_eq!(drain(&mut ledger), []);
}

#[test]
fn b024_disabling_a_disabled_cpu_is_an_error_without_an_event() {
    let mut ledger = ledger(&[ABSENT]);
    let error = ledger.unplug(cpu(1), PATIENCE, ms(0)).unwrap_err();
    assert_eq!(error, RequestError::NotEnabled(cpu(1)));
    assert_eq!(drain(&mut ledger), []);
}

#[test]
fn fixed_cpus_cannot_be_unplugged() {
    let mut ledger = ledger(&[FIXED]);
    assert_eq!(ledger.unplug(cpu(1), PATIENCE, ms(0)), Err(RequestError::Fixed(cpu(1))));
}

#[test]
fn b041_plug_enables_sets_the_insert_event_and_raises_once() {
    let mut ledger = ledger(&[ABSENT]);
    ledger.plug(cpu(1), PATIENCE, ms(0)).unwrap();
    assert_eq!(flags(&ledger, 1), (true, true, false));
    let raised = drain(&mut ledger).iter().filter(|o| **o == Output::RaiseEvent).count();
    assert_eq!(raised, 1);
}

#[test]
fn a_whole_add_ends_online_with_its_timings() {
    let mut ledger = ledger(&[ABSENT]);
    let id = ledger.plug(cpu(1), PATIENCE, ms(1)).unwrap();
    guest_adds(&mut ledger, 1, ms(2));
    ledger.cpu_on(Mpidr::of(cpu(1)), ENTRY, ms(3)).unwrap();
    ledger.vcpu_started(cpu(1), ms(4));
    let ended = drain(&mut ledger).into_iter().find_map(|output| match output {
        Output::Notice(Notice::Operation(o)) if o.outcome.is_some() => Some(o),
        _ => None,
    });
    let ended = ended.unwrap();
    assert_eq!((ended.id, ended.outcome), (id, Some(Outcome::Online)));
    let timings = Timings {
        requested: ms(1),
        raised: Some(ms(1)),
        delivered: Some(ms(2)),
        accepted: Some(ms(2)),
        power: Some(ms(3)),
        ended: Some(ms(4)),
    };
    assert_eq!(ended.timings, timings);
}

#[test]
fn an_added_cpu_that_nobody_onlines_ends_as_just_that() {
    let mut ledger = ledger(&[ABSENT]);
    let id = ledger.plug(cpu(1), PATIENCE, ms(0)).unwrap();
    guest_adds(&mut ledger, 1, ms(1000));
    ledger.tick(ms(5999));
    assert_eq!(outcomes(&mut ledger), []);
    ledger.tick(ms(6000));
    assert_eq!(outcomes(&mut ledger), [(id, Outcome::AcceptedNotOnlined)]);
    assert!(ledger.cpu(cpu(1)).unwrap().enabled);
    guest_onlines(&mut ledger, 1, ms(7000));
}

#[test]
fn an_unanswered_plug_times_out_and_can_be_asked_again() {
    let mut ledger = ledger(&[ABSENT]);
    let id = ledger.plug(cpu(1), PATIENCE, ms(0)).unwrap();
    ledger.tick(ms(10_000));
    assert_eq!(outcomes(&mut ledger), [(id, Outcome::TimedOut)]);
    assert_eq!(flags(&ledger, 1), (false, false, false));
    let again = ledger.plug(cpu(1), PATIENCE, ms(11_000)).unwrap();
    guest_adds(&mut ledger, 1, ms(11_001));
    guest_onlines(&mut ledger, 1, ms(11_002));
    assert_eq!(outcomes(&mut ledger), [(again, Outcome::Online)]);
}

#[test]
fn b025_a_plug_that_the_guest_has_seen_is_not_taken_back_when_it_times_out() {
    let mut ledger = ledger(&[ABSENT]);
    let id = ledger.plug(cpu(1), PATIENCE, ms(0)).unwrap();
    ledger.read_flags(cpu(1)).unwrap();
    assert_eq!(ledger.cancel(id, ms(1)), Err(RequestError::TooLate(id)));
    ledger.tick(ms(10_000));
    assert_eq!(outcomes(&mut ledger), [(id, Outcome::TimedOut)]);
    assert_eq!(flags(&ledger, 1), (true, true, false), "the guest may still take the event");
}

#[test]
fn plug_of_an_off_cpu_whose_removal_is_withdrawn_asks_the_guest_again() {
    let mut ledger = ledger(&[REMOVABLE]);
    let unplug = ledger.unplug(cpu(1), PATIENCE, ms(1)).unwrap();
    let plug = ledger.plug(cpu(1), PATIENCE, ms(2)).unwrap();
    assert_eq!(outcomes(&mut ledger), [(unplug, Outcome::Cancelled)]);
    assert_eq!(flags(&ledger, 1), (true, true, false));
    guest_adds(&mut ledger, 1, ms(3));
    guest_onlines(&mut ledger, 1, ms(4));
    assert_eq!(outcomes(&mut ledger), [(plug, Outcome::Online)]);
}

#[test]
fn an_unanswered_unplug_times_out_and_leaves_the_cpu_usable() {
    let mut ledger = ledger(&[REMOVABLE]);
    let id = ledger.unplug(cpu(1), PATIENCE, ms(0)).unwrap();
    ledger.read_flags(cpu(1)).unwrap();
    ledger.take_remove(cpu(1), ms(1));
    ledger.tick(ms(10_000));
    assert_eq!(outcomes(&mut ledger), [(id, Outcome::TimedOut)]);
    assert_eq!(flags(&ledger, 1), (true, false, false));
    let again = ledger.unplug(cpu(1), PATIENCE, ms(11_000)).unwrap();
    guest_ejects(&mut ledger, 1, ms(12_000));
    assert_eq!(outcomes(&mut ledger), [(again, Outcome::Ejected)]);
}

#[test]
fn b058_unplug_of_an_unnoticed_plug_leaves_nothing_behind() {
    let mut ledger = ledger(&[ABSENT]);
    let plug = ledger.plug(cpu(1), PATIENCE, ms(0)).unwrap();
    let unplug = ledger.unplug(cpu(1), PATIENCE, ms(1)).unwrap();
    assert_eq!(outcomes(&mut ledger), [(plug, Outcome::Cancelled), (unplug, Outcome::Ejected)]);
    assert_eq!(flags(&ledger, 1), (false, false, false));
}

#[test]
fn b058_unplug_of_a_noticed_plug_goes_through_the_guest() {
    let mut ledger = ledger(&[ABSENT]);
    let plug = ledger.plug(cpu(1), PATIENCE, ms(0)).unwrap();
    ledger.read_flags(cpu(1)).unwrap();
    let unplug = ledger.unplug(cpu(1), PATIENCE, ms(1)).unwrap();
    assert_eq!(flags(&ledger, 1), (true, true, true));
    ledger.take_insert(cpu(1), ms(2));
    ledger.ost(cpu(1), 1, 0, ms(2));
    guest_ejects(&mut ledger, 1, ms(3));
    assert_eq!(outcomes(&mut ledger), [(plug, Outcome::Cancelled), (unplug, Outcome::Ejected)]);
    assert_eq!(flags(&ledger, 1), (false, false, false));
}

#[test]
fn plug_withdraws_an_unnoticed_unplug() {
    let mut ledger = ledger(&[REMOVABLE]);
    guest_onlines(&mut ledger, 1, ms(0));
    let unplug = ledger.unplug(cpu(1), PATIENCE, ms(1)).unwrap();
    let plug = ledger.plug(cpu(1), PATIENCE, ms(2)).unwrap();
    assert_eq!(outcomes(&mut ledger), [(unplug, Outcome::Cancelled), (plug, Outcome::Online)]);
    assert_eq!(flags(&ledger, 1), (true, false, false));
}

#[test]
fn plug_of_a_cpu_that_the_guest_is_ejecting_has_to_wait() {
    let mut ledger = ledger(&[REMOVABLE]);
    let id = ledger.unplug(cpu(1), PATIENCE, ms(0)).unwrap();
    ledger.read_flags(cpu(1)).unwrap();
    assert_eq!(ledger.plug(cpu(1), PATIENCE, ms(1)), Err(RequestError::Ejecting(cpu(1), id)));
}

#[test]
fn plug_right_after_an_eject_is_held_until_the_guest_is_done_with_it() {
    let mut ledger = ledger(&[REMOVABLE]);
    ledger.unplug(cpu(1), PATIENCE, ms(0)).unwrap();
    guest_ejects(&mut ledger, 1, ms(1));
    let id = ledger.plug(cpu(1), PATIENCE, ms(2)).unwrap();
    assert_eq!(flags(&ledger, 1), (false, false, false), "the guest re-reads _STA after _EJ0");
    ledger.ost(cpu(1), 3, 0, ms(3));
    assert_eq!(flags(&ledger, 1), (true, true, false));
    drain(&mut ledger);
    guest_adds(&mut ledger, 1, ms(4));
    guest_onlines(&mut ledger, 1, ms(5));
    assert_eq!(outcomes(&mut ledger), [(id, Outcome::Online)]);
}

#[test]
fn a_held_plug_goes_ahead_without_a_last_ost() {
    let mut ledger = ledger(&[REMOVABLE]);
    ledger.unplug(cpu(1), PATIENCE, ms(0)).unwrap();
    guest_ejects(&mut ledger, 1, ms(1));
    ledger.plug(cpu(1), PATIENCE, ms(2)).unwrap();
    let at = ledger.next_deadline().unwrap();
    ledger.tick(at);
    ledger.tick(at + ms(1000));
    assert_eq!(flags(&ledger, 1), (true, true, false));
}

#[test]
fn an_event_that_nobody_takes_is_raised_again_and_one_that_is_taken_is_not() {
    let mut ledger = ledger(&[ABSENT]);
    ledger.plug(cpu(1), PATIENCE, ms(0)).unwrap();
    drain(&mut ledger);
    ledger.tick(ms(100));
    assert_eq!(drain(&mut ledger), [Output::RaiseEvent]);
    ledger.tick(ms(150));
    assert_eq!(drain(&mut ledger), []);
    ledger.tick(ms(300));
    assert_eq!(drain(&mut ledger), [Output::RaiseEvent]);
    guest_adds(&mut ledger, 1, ms(310));
    drain(&mut ledger);
    ledger.tick(ms(5000));
    assert_eq!(drain(&mut ledger), []);
}

#[test]
fn reset_completes_what_was_asked() {
    let mut ledger = ledger(&[ABSENT, REMOVABLE, ABSENT]);
    let plug = ledger.plug(cpu(1), PATIENCE, ms(0)).unwrap();
    let unplug = ledger.unplug(cpu(2), PATIENCE, ms(0)).unwrap();
    drain(&mut ledger);
    ledger.reset(ms(1));
    let done = Outcome::CompletedByReset;
    assert_eq!(outcomes(&mut ledger), [(plug, done), (unplug, done)]);
    assert_eq!(flags(&ledger, 1), (true, false, false));
    assert_eq!(flags(&ledger, 2), (false, false, false));
    assert_eq!(ledger.next_deadline(), None);
    assert_eq!(ledger.cpu(cpu(0)).unwrap().power, Power::On);
}

#[test]
fn cancel_takes_back_what_the_guest_has_not_seen() {
    let mut ledger = ledger(&[ABSENT, REMOVABLE]);
    let plug = ledger.plug(cpu(1), PATIENCE, ms(0)).unwrap();
    let unplug = ledger.unplug(cpu(2), PATIENCE, ms(0)).unwrap();
    ledger.cancel(plug, ms(1)).unwrap();
    ledger.cancel(unplug, ms(1)).unwrap();
    let cancelled = Outcome::Cancelled;
    assert_eq!(outcomes(&mut ledger), [(plug, cancelled), (unplug, cancelled)]);
    assert_eq!(flags(&ledger, 1), (false, false, false));
    assert_eq!(flags(&ledger, 2), (true, false, false));
    assert_eq!(ledger.cancel(plug, ms(2)), Err(RequestError::NoSuchOperation(plug)));
}

#[test]
fn resize_is_idempotent_and_bounded() {
    let mut ledger = ledger(&[ABSENT, ABSENT, ABSENT]);
    for desired in [0, 5, u32::MAX] {
        let error = ledger.resize(desired, PATIENCE, ms(0)).unwrap_err();
        assert_eq!(error, ResizeError::OutOfRange { desired, possible: 4 });
    }
    assert_eq!(ledger.resize(1, PATIENCE, ms(0)).unwrap(), []);
    assert_eq!(ledger.resize(3, PATIENCE, ms(0)).unwrap().len(), 2);
    assert_eq!(ledger.resize(3, PATIENCE, ms(0)).unwrap(), []);
    assert_eq!(flags(&ledger, 1), (true, true, false));
    assert_eq!(flags(&ledger, 3), (false, false, false));
}

#[test]
fn resize_turns_around_what_the_guest_has_not_seen() {
    let mut ledger = ledger(&[ABSENT, ABSENT, ABSENT]);
    ledger.resize(4, PATIENCE, ms(0)).unwrap();
    guest_adds(&mut ledger, 1, ms(1));
    guest_onlines(&mut ledger, 1, ms(2));
    ledger.resize(1, PATIENCE, ms(3)).unwrap();
    assert_eq!(flags(&ledger, 1), (true, false, true));
    assert_eq!(flags(&ledger, 2), (false, false, false));
    assert_eq!(ledger.wanted(), 1);
    ledger.resize(2, PATIENCE, ms(4)).unwrap();
    assert_eq!(flags(&ledger, 1), (true, false, false), "withdrawing a removal comes first");
}

#[test]
fn resize_says_when_fixed_cpus_or_an_eject_stand_in_the_way() {
    let mut fixed = ledger(&[FIXED, ABSENT]);
    let error = fixed.resize(1, PATIENCE, ms(0)).unwrap_err();
    assert_eq!(error, ResizeError::TooFewRemovable { desired: 1, least: 2 });

    let mut busy = ledger(&[REMOVABLE]);
    busy.resize(1, PATIENCE, ms(0)).unwrap();
    busy.read_flags(cpu(1)).unwrap();
    let error = busy.resize(2, PATIENCE, ms(1)).unwrap_err();
    assert_eq!(error, ResizeError::Ejecting { cpu: cpu(1) });
    busy.tick(ms(10_000));
    assert_eq!(busy.resize(2, PATIENCE, ms(10_001)).unwrap(), [], "not after the deadline");
}

#[test]
fn b036_a_machine_needs_its_boot_cpu_and_no_more_than_512() {
    assert_eq!(Ledger::new(&[]).unwrap_err(), InvalidCpus::Count(0));
    assert_eq!(Ledger::new(&[FIXED; 513]).unwrap_err(), InvalidCpus::Count(513));
    assert_eq!(Ledger::new(&[ABSENT]).unwrap_err(), InvalidCpus::BootCpu);
    assert_eq!(Ledger::new(&[REMOVABLE]).unwrap_err(), InvalidCpus::BootCpu);
}
