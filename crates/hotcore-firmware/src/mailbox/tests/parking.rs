//! The parking protocol as an OS uses it that knows version 1.

use super::*;

fn machine() -> Machine {
    Machine::new(Protocol::Parking)
}

#[test]
fn b082_a_parked_cpu_has_nobodys_number_and_no_jump_address() {
    let machine = machine();
    for cpu in [1, 2] {
        assert!(machine.is_armed(cpu));
        assert_eq!(machine.read(cpu, 4), 0);
    }
}

#[test]
fn b083_jump_then_the_own_number_starts_the_cpu_and_jump_reads_0_by_then() {
    let mut machine = machine();
    machine.jump(1, 0x4020_0040);
    assert_eq!(machine.started(), []);
    machine.word(1, CPU_ID, 1);
    assert_eq!(machine.read(1, JUMP), 0, "before the CPU executes anything");
    assert_eq!(machine.power(1), Power::OnPending);
    assert_eq!(machine.started(), [(1, entry(0x4020_0040))]);
    assert_eq!([machine.read(1, STATE), machine.read(1, CPU_ID)], [0, 1]);
}

#[test]
fn b084_another_cpus_number_leaves_it_parked() {
    let mut machine = machine();
    machine.jump(1, 0x4020_0040);
    for number in [0, 2, 3, 0x101, 0x1_0000, 0x7fff_ffff, 0xffff_fffe] {
        machine.word(1, CPU_ID, number);
        assert_eq!(machine.started(), [], "{number:#x}");
    }
    machine.word(1, CPU_ID, 1);
    assert_eq!(machine.started(), [(1, entry(0x4020_0040))], "it can still be woken");
}

#[test]
fn b085_without_a_jump_address_the_own_number_leaves_it_parked() {
    let mut machine = machine();
    machine.word(1, CPU_ID, 1);
    assert_eq!(machine.started(), []);
    machine.jump(1, 0x4020_0040);
    assert_eq!(machine.started(), [], "it is the number that wakes");
    machine.word(1, CPU_ID, 1);
    assert_eq!(machine.started(), [(1, entry(0x4020_0040))]);
}

#[test]
fn b087_a_cpu_in_the_os_does_not_look_like_one_that_can_be_woken() {
    let mut machine = machine();
    assert_ne!(machine.read(0, CPU_ID), NOBODY, "the boot CPU");
    machine.jump(1, 0x4020_0040);
    machine.word(1, CPU_ID, 1);
    assert_ne!(machine.read(1, CPU_ID), NOBODY);
}

#[test]
fn b088_numbers_are_compared_in_their_own_mailbox_only() {
    let boot = CpuPolicy { enabled: true, removable: false };
    let mut ledger = Ledger::new(&[boot; 300]).unwrap();
    let mut mailboxes = Mailboxes::new(Protocol::Parking, 300, BASE, RETURN);
    for cpu in [1u16, 257] {
        let page = u64::from(cpu) * MAILBOX_SIZE;
        mailboxes.write(&mut ledger, page + JUMP, &0x4020_0040u64.to_le_bytes(), NOW);
        mailboxes.write(&mut ledger, page, &1u32.to_le_bytes(), NOW);
        let output = ledger.next_output();
        assert!(
            matches!(output, Some(Output::StartVcpu { cpu: started, .. }) if started.get() == cpu)
        );
        assert_eq!(ledger.next_output(), None);
    }
}

#[test]
fn b099_the_first_16_bytes_are_version_1s_whatever_version_2_says() {
    let mut machine = machine();
    let prefix = |machine: &Machine| {
        let mut bytes = [0; 16];
        machine.mailboxes.read(Machine::at(1, 0), &mut bytes);
        bytes
    };
    let parked: Vec<u8> = [&[0xff; 4][..], &[0; 12]].concat();
    assert_eq!(prefix(&machine)[..], parked);
    machine.word(1, COMMAND, TEST);
    machine.word(1, COMMAND, 7);
    assert_eq!(prefix(&machine)[..], parked);
}

#[test]
fn b101_a_reset_parks_every_cpu_but_the_first() {
    let mut machine = machine();
    let fresh = machine.mailboxes.clone();
    machine.jump(1, 0x4020_0040);
    machine.word(1, CPU_ID, 1);
    assert_eq!(machine.started().len(), 1);
    machine.hand_back(1);
    machine.jump(2, 4);
    machine.store(1, 0x40, &[1; 8]);
    machine.ledger.reset(NOW);
    machine.mailboxes.reset();
    assert_eq!(machine.mailboxes, fresh);
    machine.jump(1, 0x4030_0000);
    machine.word(1, CPU_ID, 1);
    assert_eq!(machine.started(), [(1, entry(0x4030_0000))], "the next boot is as the first");
}

#[test]
fn b102_a_disabled_cpu_stays_parked_says_so_and_can_be_asked_again() {
    let mut machine = machine();
    machine.jump(2, 0x4020_0040);
    machine.word(2, CPU_ID, 2);
    assert_eq!(machine.started(), []);
    assert!(machine.is_armed(2));
    assert_eq!(machine.read(2, STATUS), 2);

    machine.ledger.plug(VcpuIndex::new(2).unwrap(), Patience::default(), NOW).unwrap();
    assert_eq!(machine.started(), [], "permission alone starts nothing");
    machine.word(2, CPU_ID, 2);
    assert_eq!(machine.started(), [], "nor does the address that was refused");
    machine.jump(2, 0x4030_0000);
    machine.word(2, CPU_ID, 2);
    assert_eq!(machine.started(), [(2, entry(0x4030_0000))]);
    assert_eq!(machine.read(2, STATUS), 0);
}

#[test]
fn a_cpu_that_cannot_be_started_after_all_is_parked_as_before() {
    let mut machine = machine();
    machine.jump(1, 0x4020_0040);
    machine.word(1, CPU_ID, 1);
    machine.mailboxes.start_failed(&mut machine.ledger, VcpuIndex::new(1).unwrap());
    assert!(machine.is_armed(1));
    assert_eq!((machine.read(1, STATUS), machine.power(1)), (2, Power::Off));
    assert_eq!(machine.read(1, GENERATION), 0, "it has not been in the OS");
}

#[test]
fn psci_is_left_without_its_functions_about_cpus() {
    let mut machine = machine();
    let mut ask = |function, argument| {
        let call = Call { function, args: [argument, 0, 0], big_endian: false };
        machine.mailboxes.call(&mut machine.ledger, VcpuIndex::BOOT, &call, NOW)
    };
    let not_supported = Reply::Return((-1i64).cast_unsigned());
    for function in [0x8400_0001, 0x8400_0002, 0x8400_0003, 0x8400_0004] {
        for function in [function, function | 1 << 30] {
            assert_eq!(ask(function, 1), not_supported, "{function:#x}");
            assert_eq!(ask(0x8400_000a, function.into()), not_supported, "{function:#x}");
        }
    }
    assert_eq!(ask(0x8400_0008, 0), Reply::SystemOff);
    assert_eq!(ask(0x8400_0009, 0), Reply::SystemReset);
}
