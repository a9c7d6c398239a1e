//! CPUs that come and go through mailboxes.

use std::time::Duration;

use hotcore_ospm::mailbox::{Mailbox, MailboxError, Started};
use hotcore_ospm::{
    Cpu, EnableMethod, Handled, Leave, Mpidr, OfflineError, OnlineError, Report, Signal, State,
    Transition,
};

use crate::os::{ENTRY, Event, RETURN, registry};
use crate::processor::Machine;

const PAGE: u64 = 0x5000_1000;
const ONE: Cpu = Cpu(1);
const LEAVE: Leave = Leave::Return { mailbox: PAGE, entry: RETURN };

fn one() -> Mpidr {
    Mpidr::new(1).unwrap()
}

/// CPU 1 waits in a page at [`PAGE`]; all is enabled.
fn machine(method: fn(u64, u32) -> Mailbox) -> Machine {
    let page = |n: u32| 0x5000_0000 + u64::from(n) * 0x1000;
    let mut machine = Machine::over(registry(2, |n| EnableMethod::Mailbox(method(page(n), n))));
    machine.os.park(PAGE, 1).spin_table = matches!(method(0, 0), Mailbox::SpinTable { .. });
    machine
}

fn v1(page: u64, interface: u32) -> Mailbox {
    Mailbox::ParkingV1 { page, interface }
}

fn v2(page: u64, interface: u32) -> Mailbox {
    Mailbox::ParkingV2 { page, interface }
}

fn spin_table(page: u64, _: u32) -> Mailbox {
    Mailbox::SpinTable { release: page + 8, page: Some(page) }
}

fn plain_spin_table(page: u64, _: u32) -> Mailbox {
    Mailbox::SpinTable { release: page + 8, page: None }
}

fn start(mailbox: Mailbox, machine: &mut Machine, entry: u64) -> Started {
    let ready = mailbox.judge(&mut machine.os, one()).unwrap();
    ready.start(&mut machine.os, entry).unwrap()
}

fn online(machine: &mut Machine) -> Result<(), OnlineError> {
    machine.ospm.online(ONE, &mut machine.os)
}

fn offline(machine: &mut Machine) -> Result<(), OfflineError> {
    machine.ospm.offline(ONE, &mut machine.os)
}

fn state(machine: &Machine) -> State {
    machine.ospm.registry().get(ONE).unwrap().state()
}

/// Jump address, then cpu_id, then the signals: version 1 wants an SGI and no SEV.
fn parking_start(signals: &[Signal]) -> Vec<Event> {
    let before = [Event::Prepare(ONE), Event::Write(PAGE + 8, ENTRY), Event::Write(PAGE, 1)];
    let after = [Event::Transition(ONE, Transition::Online)];
    before.into_iter().chain(signals.iter().copied().map(Event::Signal)).chain(after).collect()
}

#[test]
fn b087_a_firmware_that_does_not_listen_is_left_alone() {
    for method in [v1, v2] {
        let mut machine = machine(method);
        machine.os.poke(PAGE, 4, 1);
        let error = MailboxError::NotListening(1);
        assert_eq!(online(&mut machine), Err(OnlineError::Mailbox(error)));
        assert_eq!(machine.os.taken(), []);
        assert_eq!(state(&machine), State::Offline);
    }
}

#[test]
fn b088_cpu_interface_numbers_may_all_be_zero() {
    for interface in [0, 0x1234_5678] {
        let mut machine = machine(v1);
        let method = Mailbox::ParkingV1 { page: PAGE, interface };
        machine.os.pages[0].interface = interface;
        start(method, &mut machine, ENTRY);
        assert_eq!(machine.os.peek(PAGE, 4), u64::from(interface));
        assert_eq!(machine.os.peek(PAGE + 8, 8), 0, "the CPU has started");
    }
}

#[test]
fn b094_words_are_little_endian() {
    let mut machine = machine(v1);
    machine.os.pages.clear();
    start(v1(PAGE, 1), &mut machine, 0x1122_3344);
    let bytes: Vec<u8> = (8..16).map(|i| machine.os.memory[&(PAGE + i)]).collect();
    assert_eq!(bytes, [0x44, 0x33, 0x22, 0x11, 0, 0, 0, 0]);
}

#[test]
fn b099_version_1_on_the_firmware_of_version_2() {
    let mut machine = machine(v1);
    assert_eq!(online(&mut machine), Ok(()));
    assert_eq!(machine.os.taken(), parking_start(&[Signal::Sgi(one())]));
    let error = OfflineError::Mailbox(MailboxError::NoWayBack);
    assert_eq!(offline(&mut machine), Err(error));
    assert_eq!(state(&machine), State::Online);
    assert!(!machine.ospm.registry().kexec_allowed());
}

#[test]
fn b100_everything_is_written_anew_fifty_times() {
    for method in [v2, spin_table] {
        let mut machine = machine(method);
        for generation in 1..=50 {
            machine.os.taken();
            assert_eq!(online(&mut machine), Ok(()));
            assert!(machine.os.taken().contains(&Event::Write(PAGE + 8, ENTRY)));
            assert_eq!(offline(&mut machine), Ok(()));
            assert_eq!(machine.os.peek(PAGE + 0x28, 8), generation);
        }
        assert!(machine.ospm.registry().kexec_allowed());
    }
}

#[test]
fn a_hand_over_in_its_order() {
    let mut machine = machine(v2);
    online(&mut machine).unwrap();
    let both = [Signal::Event, Signal::Sgi(one())];
    assert_eq!(machine.os.taken(), parking_start(&both));
    assert_eq!(offline(&mut machine), Ok(()));
    let expected = [
        Event::Offline(ONE, LEAVE),
        Event::Write(PAGE + 0x18, 2),
        Event::Signal(Signal::Event),
        Event::Signal(Signal::Sgi(one())),
        Event::Transition(ONE, Transition::Offline),
    ];
    assert_eq!(machine.os.taken(), expected);
}

#[test]
fn b091_a_cpu_that_does_not_return_is_stuck_after_a_second() {
    let mut machine = machine(v2);
    online(&mut machine).unwrap();
    machine.os.pages[0].takes_back = false;
    machine.os.time = Duration::ZERO;
    assert_eq!(offline(&mut machine), Err(OfflineError::NotHandedOver));
    assert_eq!(machine.os.time, Duration::from_secs(1));
    assert_eq!(machine.os.reports(), [Report::NotHandedOver(ONE)]);
    assert_eq!(online(&mut machine), Err(OnlineError::Stuck));
    // It may still execute what is the OS's: the firmware must not take it.
    let eject = machine.notify(machine.nodes[1], 3);
    assert_eq!(eject, Handled::Done { status: 0x82 });
}

#[test]
fn b091_a_firmware_that_does_not_answer_test_has_not_got_the_cpu() {
    for method in [v2, spin_table] {
        let mut machine = machine(method);
        online(&mut machine).unwrap();
        machine.os.pages[0].answers_test = false;
        assert_eq!(offline(&mut machine), Err(OfflineError::NotHandedOver));
        assert_eq!(state(&machine), State::Stuck);
    }
}

#[test]
fn b095_kexec_needs_every_cpu_back() {
    let mut machine = machine(v2);
    assert!(machine.ospm.registry().kexec_allowed());
    online(&mut machine).unwrap();
    offline(&mut machine).unwrap();
    assert!(machine.ospm.registry().kexec_allowed());
    online(&mut machine).unwrap();
    machine.os.pages[0].takes_back = false;
    offline(&mut machine).unwrap_err();
    assert!(!machine.ospm.registry().kexec_allowed());
}

#[test]
fn b096_a_crash_hands_nothing_back() {
    let mut machine = machine(v2);
    online(&mut machine).unwrap();
    machine.os.taken();
    machine.ospm.crash(&mut machine.os, Cpu::BOOT).unwrap();
    assert_eq!(machine.os.taken(), [Event::Offline(ONE, Leave::Halt)]);
    assert!(!machine.ospm.registry().kexec_allowed());
}

#[test]
fn b098_a_firmware_that_does_not_know_test_has_not_got_the_cpu() {
    let mut machine = machine(v2);
    online(&mut machine).unwrap();
    machine.os.pages[0].takes_back = false;
    let ticket = v2(PAGE, 1).ticket(&mut machine.os, one()).unwrap();
    machine.os.pages.clear();
    machine.os.poke(PAGE + 0x14, 4, 1);
    machine.os.poke(PAGE + 0x28, 8, 1);
    machine.os.poke(PAGE + 0x1c, 4, 1);
    assert_eq!(ticket.hand_over(&mut machine.os), Ok(false));
}

#[test]
fn b102_a_denied_start_is_silent_and_may_be_repeated() {
    for method in [v2, spin_table] {
        let mut machine = machine(method);
        machine.os.pages[0].denies = true;
        machine.os.arrives = false;
        assert_eq!(online(&mut machine), Err(OnlineError::Denied));
        assert!(machine.os.reports().is_empty());
        assert_eq!(machine.os.time, Duration::ZERO);
        machine.os.pages[0].denies = false;
        assert_eq!(online(&mut machine), Ok(()));
    }
}

#[test]
fn b102_the_denial_of_an_earlier_start_is_no_answer() {
    let mut machine = machine(spin_table);
    machine.os.pages.clear();
    machine.os.poke(PAGE + 0x1c, 4, 2);
    let started = start(spin_table(PAGE, 1), &mut machine, ENTRY);
    assert_eq!(started.denied(&mut machine.os), Ok(false), "the address is not taken yet");
    machine.os.poke(PAGE + 8, 8, 0);
    assert_eq!(started.denied(&mut machine.os), Ok(true));
    machine.os.poke(PAGE + 0x14, 4, 0);
    assert_eq!(started.denied(&mut machine.os), Ok(false), "the CPU has left");
}

#[test]
fn a_jump_address_that_is_left_is_reported() {
    let mut machine = machine(v1);
    machine.os.pages[0].takes_jump = false;
    assert_eq!(online(&mut machine), Ok(()));
    assert_eq!(machine.os.reports(), [Report::JumpAddressLeft(ONE)]);
}

#[test]
fn a_plain_spin_table_keeps_its_word_and_its_cpus() {
    let mut machine = machine(plain_spin_table);
    machine.os.pages[0].takes_jump = false;
    assert_eq!(online(&mut machine), Ok(()));
    let start = [
        Event::Prepare(ONE),
        Event::Write(PAGE + 8, ENTRY),
        Event::Signal(Signal::Event),
        Event::Transition(ONE, Transition::Online),
    ];
    assert_eq!(machine.os.taken(), start);
    assert_eq!(offline(&mut machine), Err(OfflineError::Mailbox(MailboxError::NoWayBack)));
}

#[test]
fn a_mailbox_is_judged_before_anything_is_written_or_prepared() {
    for state in [0, 7] {
        let mut machine = machine(v2);
        machine.os.poke(PAGE + 0x14, 4, state);
        let error = MailboxError::NotParked(state as u32);
        assert_eq!(online(&mut machine), Err(OnlineError::Mailbox(error)));
        assert_eq!(machine.os.taken(), [], "it may run: its stack is not touched");
    }
    for (offset, value, error) in
        [(0x10, 0, MailboxError::BadMagic(0)), (0x30, 2, MailboxError::Owner(2))]
    {
        let mut machine = machine(v2);
        machine.os.poke(PAGE + offset, 4, value);
        assert!(machine.ospm.registry().kexec_allowed(), "it is in the firmware still");
        assert_eq!(online(&mut machine), Ok(()), "there is no way back, but one out");
        assert!(!machine.ospm.registry().kexec_allowed(), "whatever its version says");
        assert_eq!(offline(&mut machine), Err(OfflineError::Mailbox(error)));
    }
    for entry in [0, 0x4000_0002] {
        let mut machine = machine(v2);
        online(&mut machine).unwrap();
        machine.os.poke(PAGE + 0x20, 8, entry);
        machine.os.taken();
        let error = MailboxError::BadReturnEntry(entry);
        assert_eq!(offline(&mut machine), Err(OfflineError::Mailbox(error)));
        assert_eq!(machine.os.taken(), []);
        assert_eq!(state(&machine), State::Online);
    }
}

#[test]
fn a_cpu_that_may_have_left_is_not_taken_for_one_in_the_firmware() {
    for method in [v1, v2, spin_table, plain_spin_table] {
        for budget in 0..20 {
            let mut machine = machine(method);
            machine.os.budget = budget;
            let ended = online(&mut machine);
            machine.os.budget = u64::MAX;
            let left = machine.os.arrived.contains(&ONE);
            assert!(!left || state(&machine) != State::Offline, "{budget}: {ended:?}");
            let Err(OnlineError::Fault(_)) = ended else { continue };
            machine.os.taken();
            if left && state(&machine) == State::Stuck {
                assert_eq!(online(&mut machine), Err(OnlineError::Stuck));
                assert_eq!(machine.os.taken(), [], "its stack is not touched");
                assert!(!machine.ospm.registry().kexec_allowed());
            }
        }
    }
}
