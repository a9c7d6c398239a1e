//! A CPU returns to the firmware: version 2, with either way to wake.

use super::*;

const BOTH: [Protocol; 2] = [Protocol::Parking, Protocol::SpinTable];

/// CPU 1 in the OS.
fn running(protocol: Protocol) -> Machine {
    let mut machine = Machine::new(protocol);
    wake(&mut machine, 0x4020_0040);
    machine
}

fn wake(machine: &mut Machine, address: u64) {
    machine.jump(1, address);
    machine.word(1, CPU_ID, 1);
    assert_eq!(machine.started(), [(1, entry(address))]);
}

#[test]
fn b089_a_cpu_that_returns_is_parked_one_generation_on() {
    for protocol in BOTH {
        let mut machine = running(protocol);
        assert_eq!((machine.read(1, STATE), machine.read(1, GENERATION)), (0, 0));
        machine.hand_back(1);
        assert!(machine.is_armed(1));
        assert_eq!(machine.read(1, GENERATION), 1);
        assert_eq!(machine.power(1), Power::Off);
    }
}

#[test]
fn b090_a_test_of_a_parked_cpu_is_answered_with_success() {
    for protocol in BOTH {
        let mut machine = running(protocol);
        machine.hand_back(1);
        machine.word(1, COMMAND, TEST);
        assert_eq!((machine.read(1, COMMAND), machine.read(1, STATUS)), (0, 0));
        assert!(machine.is_armed(1));
    }
}

#[test]
fn b091_a_test_of_a_cpu_in_the_os_waits_until_it_is_true() {
    for protocol in BOTH {
        let mut machine = running(protocol);
        machine.word(1, COMMAND, TEST);
        assert_eq!(machine.read(1, COMMAND), TEST.into());
        machine.word(0, COMMAND, TEST);
        assert_eq!(machine.read(0, COMMAND), TEST.into(), "the boot CPU is in the OS, too");
        machine.hand_back(1);
        assert_eq!((machine.read(1, COMMAND), machine.read(1, STATUS)), (0, 0));
    }
}

#[test]
fn b091_a_cpu_is_not_parked_before_the_engine_has_it() {
    let mut machine = running(Protocol::Parking);
    let index = VcpuIndex::new(1).unwrap();
    let mailbox = machine.mailboxes.address(index);
    let call = Call { function: HAND_BACK, args: [mailbox, 0, 0], big_endian: false };
    assert_eq!(machine.mailboxes.call(&mut machine.ledger, index, &call, NOW), Reply::CpuOff);
    machine.word(1, COMMAND, TEST);
    assert_eq!((machine.read(1, STATE), machine.read(1, COMMAND)), (0, TEST.into()));
    machine.mailboxes.park(&mut machine.ledger, index, NOW);
    assert_eq!((machine.read(1, STATE), machine.read(1, COMMAND)), (1, 0));
}

#[test]
fn b092_b093_b094_every_wake_is_as_the_first_however_often() {
    for protocol in BOTH {
        let mut machine = running(protocol);
        for generation in 1..=50 {
            machine.hand_back(1);
            machine.word(1, COMMAND, TEST);
            assert_eq!(machine.read(1, GENERATION), generation);
            // Of the same level and in little-endian, whatever the CPU was when it returned.
            wake(&mut machine, 0x4020_0000 + 0x1000 * generation);
        }
    }
}

#[test]
fn b097_the_next_kernel_finds_what_the_first_found() {
    for protocol in BOTH {
        let mut machine = running(protocol);
        let fresh = Machine::new(protocol);
        machine.store(1, 0x100, &[0xa5; 8]);
        machine.hand_back(1);
        let prefix = |machine: &Machine| {
            let mut bytes = [0; 0x28];
            machine.mailboxes.read(Machine::at(1, 0), &mut bytes);
            bytes
        };
        assert_eq!(prefix(&machine), prefix(&fresh), "all but the generation and the OS's memory");
    }
}

#[test]
fn b098_an_unknown_command_is_said_to_be_one() {
    for command in [3, 7, 0x100, 0xffff_ffff] {
        let mut machine = Machine::new(Protocol::Parking);
        machine.word(1, COMMAND, command);
        assert_eq!((machine.read(1, COMMAND), machine.read(1, STATUS)), (0, 1));
        machine.word(1, COMMAND, TEST);
        assert_eq!((machine.read(1, COMMAND), machine.read(1, STATUS)), (0, 0));
    }
}

#[test]
fn the_command_to_wake_up_is_another_way_to_write_the_number() {
    let mut machine = Machine::new(Protocol::Parking);
    machine.word(1, COMMAND, 1);
    assert_eq!((machine.read(1, COMMAND), machine.read(1, STATUS)), (0, 1), "no jump address");
    machine.jump(1, 0x4020_0040);
    machine.word(1, COMMAND, 1);
    assert_eq!(machine.started(), [(1, entry(0x4020_0040))]);
    assert_eq!((machine.read(1, COMMAND), machine.read(1, STATUS)), (0, 0));
    machine.jump(2, 0x4020_0040);
    machine.word(2, COMMAND, 1);
    assert_eq!((machine.read(2, COMMAND), machine.read(2, STATUS)), (0, 2), "disabled by policy");
}

#[test]
fn a_cpu_that_names_anothers_mailbox_is_not_parked() {
    let mut machine = running(Protocol::Parking);
    for mailbox in [BASE, BASE + 2 * MAILBOX_SIZE, BASE + MAILBOX_SIZE + 8, 0, u64::MAX] {
        let call = Call { function: HAND_BACK, args: [mailbox, 0, 0], big_endian: false };
        let cpu = VcpuIndex::new(1).unwrap();
        let reply = machine.mailboxes.call(&mut machine.ledger, cpu, &call, NOW);
        assert_eq!(reply, Reply::Return((-2i64).cast_unsigned()));
    }
    assert_eq!((machine.read(1, STATE), machine.power(1)), (0, Power::On));
}

#[test]
fn a_returned_cpu_can_be_ejected_and_then_stays_parked() {
    let mut machine = running(Protocol::Parking);
    let cpu = VcpuIndex::new(1).unwrap();
    machine.ledger.eject(cpu, NOW);
    assert!(machine.ledger.cpu(cpu).unwrap().enabled, "it is in the OS");
    machine.hand_back(1);
    machine.ledger.eject(cpu, NOW);
    assert!(!machine.ledger.cpu(cpu).unwrap().enabled);
    machine.jump(1, 0x4020_0040);
    machine.word(1, CPU_ID, 1);
    assert_eq!(machine.started(), []);
    assert_eq!(machine.read(1, STATUS), 2);
}
