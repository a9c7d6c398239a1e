//! Accesses that fail leave every register as it was.

use super::mapped::{DATA, DEVICE, EL0_TOO, NORMAL, NOTHING, READ_ONLY, mapped};
use crate::run::Exit;
use crate::testing::{self, CODE, Machine, RAM};

const DATA_ABORT: u64 = 0x25;
const SP_ALIGNMENT: u64 = 0x26;
const WRITE: u64 = 1 << 6;
const TRANSLATION: u64 = 0x07;
const PERMISSION: u64 = 0x0f;
const ALIGNMENT: u64 = 0x21;

/// Executes `word` with X1 as its base; it has to fault, and to change nothing.
fn fault(machine: &mut Machine, word: u32, base: u64) -> (u64, u64, u64) {
    let mut before = machine.core.registers();
    before.x[1] = base;
    before.x[2] = 0x2222;
    machine.core.set_registers(&before);
    machine.run(&[word]);
    let after = machine.core.registers();
    assert_eq!((after.x, after.v, after.sp), (before.x, before.v, before.sp));
    assert_eq!(machine.core.cpu.system.elr, CODE);
    machine.fault()
}

#[test]
fn a_fault_is_precise_in_every_mode() {
    let mut machine = mapped();
    let gone = DATA + 0x1000;
    machine.map(gone, NOTHING);
    machine.map(gone + 0x1000, READ_ONLY);
    // ldr x0, [x1]; ldr x0, [x1, #8]!; ldr x0, [x1], #8; ldtr x0, [x1]; ldr x0, [x1, x2]
    assert_eq!(fault(&mut machine, 0xf940_0020, gone), (DATA_ABORT, TRANSLATION, gone));
    assert_eq!(fault(&mut machine, 0xf840_8c20, gone - 8), (DATA_ABORT, TRANSLATION, gone));
    assert_eq!(fault(&mut machine, 0xf840_8420, gone), (DATA_ABORT, TRANSLATION, gone));
    assert_eq!(fault(&mut machine, 0xf840_0820, DATA), (DATA_ABORT, PERMISSION, DATA));
    assert_eq!(fault(&mut machine, 0xf862_6820, gone - 0x2222), (DATA_ABORT, TRANSLATION, gone));
    // str x0, [x1, #8]! to the page that is read-only; ldr x0, [x1] from it succeeds
    let read_only = gone + 0x1000;
    let permission = (DATA_ABORT, WRITE | PERMISSION, read_only);
    assert_eq!(fault(&mut machine, 0xf800_8c20, read_only - 8), permission);
    let mut registers = machine.core.registers();
    registers.x[1] = read_only;
    machine.core.set_registers(&registers);
    machine.run(&[0xf940_0020]);
    assert_eq!(machine.core.registers().pc, CODE + 8);
}

#[test]
fn a_pair_whose_second_half_faults_loads_nothing() {
    let mut machine = mapped();
    let gone = DATA + 0x1000;
    machine.map(gone, NOTHING);
    // ldp x0, x3, [x1], #16; ldp x0, x3, [x1, #16]!; ldpsw x0, x3, [x1]; stp x0, x3, [x1], #16
    assert_eq!(fault(&mut machine, 0xa8c1_0c20, gone - 8), (DATA_ABORT, TRANSLATION, gone));
    assert_eq!(fault(&mut machine, 0xa9c1_0c20, gone - 24), (DATA_ABORT, TRANSLATION, gone));
    assert_eq!(fault(&mut machine, 0x6940_0c20, gone - 4), (DATA_ABORT, TRANSLATION, gone));
    assert_eq!(fault(&mut machine, 0xa881_0c20, gone - 8), (DATA_ABORT, WRITE | TRANSLATION, gone));
}

#[test]
fn an_access_across_pages_faults_where_the_second_page_begins() {
    let mut machine = mapped();
    let gone = DATA + 0x1000;
    machine.map(gone, NOTHING);
    assert_eq!(fault(&mut machine, 0xf940_0020, gone - 3), (DATA_ABORT, TRANSLATION, gone));
    let before = machine.bytes(gone - 8, 8);
    assert_eq!(fault(&mut machine, 0xf900_0020, gone - 3), (DATA_ABORT, WRITE | TRANSLATION, gone));
    assert_eq!(machine.bytes(gone - 8, 8), before);
}

#[test]
fn unaligned_accesses_fault_on_device_memory_and_where_sctlr_says_so() {
    let mut machine = mapped();
    machine.map(DATA, DEVICE);
    assert_eq!(fault(&mut machine, 0xf940_0020, DATA + 4), (DATA_ABORT, ALIGNMENT, DATA + 4));
    let normal = DATA + 0x1000;
    machine.set_sctlr(1);
    assert_eq!(fault(&mut machine, 0xf940_0020, normal + 4), (DATA_ABORT, ALIGNMENT, normal + 4));
}

#[test]
fn an_sp_that_is_not_aligned_faults_where_sctlr_says_so() {
    let mut machine = mapped();
    let mut registers = machine.core.registers();
    registers.sp = DATA + 8;
    machine.core.set_registers(&registers);
    // ldr x0, [sp]
    machine.run(&[0xf940_03e0]);
    assert_eq!(machine.core.registers().pc, CODE + 8);
    machine.set_sctlr(3);
    // prfm pldl1keep, [sp] does not look at the SP
    machine.run(&[0xf980_03e0]);
    assert_eq!(machine.core.registers().pc, CODE + 8);
    // str x0, [sp, #-16]!
    machine.run(&[0xf81f_0fe0]);
    assert_eq!(machine.fault().0, SP_ALIGNMENT);
    assert_eq!(machine.core.registers().sp, DATA + 8);
}

#[test]
fn unprivileged_accesses_have_the_permissions_of_el0() {
    let mut machine = mapped();
    machine.map(DATA, EL0_TOO);
    machine.fill(DATA, &[0x80, 0xff]);
    let mut registers = machine.core.registers();
    registers.x[1] = DATA;
    registers.x[4] = 0x1_2345;
    machine.core.set_registers(&registers);
    // ldtrsb x2, [x1]; ldtrsh w3, [x1]; sttrh w4, [x1, #2]; ldtr w5, [x1]
    machine.run(&[0x3880_0822, 0x78c0_0823, 0x7800_2824, 0xb840_0825]);
    let x = machine.core.registers().x;
    assert_eq!((x[2], x[3], x[5]), (u64::MAX - 0x7f, 0xffff_ff80, 0x2345_ff80));
}

#[test]
fn memory_that_may_only_be_read_is_read_and_stores_to_it_are_a_devices() {
    let mut machine = Machine::with_read_only(RAM..RAM + 0x1000);
    machine.write(RAM, &[0x1234]);
    let mut registers = machine.core.registers();
    registers.x[1] = RAM;
    machine.core.set_registers(&registers);
    // ldr w2, [x1]; str w2, [x1, #4]; ldr w3, [x1, #4]; str w2, [x1, #0x1000]
    let exit = machine.run(&[0xb940_0022, 0xb900_0422, 0xb940_0423, 0xb910_0022]);
    let Exit::Device(access) = exit else { panic!("{exit:?}") };
    assert_eq!((access.physical, access.store), (RAM + 4, Some(0x1234)));
    machine.core.answer(0);
    assert_eq!(machine.core.run(), Exit::Call);
    assert_eq!(machine.core.registers().x[3], 0);
    // ldadd w2, w4, [x1]
    let (class, ..) = fault(&mut machine, 0xb822_0024, RAM);
    assert_eq!(class, DATA_ABORT);
}

#[test]
fn a_pair_outside_ram_is_loaded_once_both_halves_are_answered() {
    let mut machine = Machine::new();
    let mut registers = machine.core.registers();
    registers.x[1] = 0x900_0000;
    registers.x[0] = 7;
    machine.core.set_registers(&registers);
    // ldp w0, w2, [x1], #8
    let first = machine.run(&[0x28c1_0820]);
    assert!(matches!(first, Exit::Device(access) if access.physical == 0x900_0000));
    machine.core.answer(0x11);
    let second = machine.core.run();
    assert!(matches!(second, Exit::Device(access) if access.physical == 0x900_0004));
    assert_eq!(machine.core.registers().x[0], 7);
    machine.core.answer(0x22);
    assert_eq!(machine.core.run(), Exit::Call);
    let x = machine.core.registers().x;
    assert_eq!((x[0], x[2], x[1]), (0x11, 0x22, 0x900_0008));
}

#[test]
fn a_store_to_the_page_that_executes_is_seen() {
    let mut machine = Machine::new();
    let mut registers = machine.core.registers();
    registers.x[1] = CODE;
    // ldr w3, [x1, #16] in place of `ldr w3, [x1]`
    registers.x[2] = 0xb940_1023;
    machine.core.set_registers(&registers);
    // str w2, [x1, #4]; ldr w3, [x1]
    machine.run(&[0xb900_0422, 0xb940_0023]);
    assert_eq!(
        machine.core.registers().x[3],
        machine.bytes(CODE + 16, 4).iter().rev().fold(0, |v, &b| v << 8 | u64::from(b))
    );
}

#[test]
fn an_access_across_the_end_of_ram_aborts_and_changes_nothing() {
    let end = RAM + testing::SIZE as u64;
    // ldr x2, [x1]; str x0, [x1]; ldr q0, [x1]; str q0, [x1]
    for (word, syndrome) in
        [(0xf940_0022, 0x21), (0xf900_0020, 0x61), (0x3dc0_0020, 0x21), (0x3d80_0020, 0x61)]
    {
        let mut machine = mapped();
        machine.map(end, NORMAL);
        machine.fill(end - 4, &[1, 2, 3, 4]);
        let mut registers = machine.core.registers();
        registers.x[1] = end - 4;
        machine.core.set_registers(&registers);
        assert_eq!(machine.run(&[word]), Exit::Call, "{word:08x}");
        assert_eq!(machine.fault(), (0x25, syndrome, end), "{word:08x}");
        assert_eq!(machine.bytes(end - 4, 4), [1, 2, 3, 4]);
        assert_eq!(machine.core.registers().x, registers.x);
    }
}

#[test]
fn an_access_that_nobody_answers_aborts_and_changes_nothing() {
    let device = 0x900_0000;
    // ldr x2, [x1]; str x2, [x1]; ldp x2, x3, [x1], #16, of which the first was answered
    for (word, answered, syndrome) in
        [(0xf940_0022, 0, 0x10), (0xf900_0022, 0, 0x50), (0xa8c1_0c22, 1, 0x10)]
    {
        let mut machine = Machine::new();
        machine.core.set_x(1, device);
        let before = machine.core.registers().x;
        let mut exit = machine.run(&[word]);
        for _ in 0..answered {
            machine.core.answer(7);
            exit = machine.core.run();
        }
        let Exit::Device(access) = exit else { panic!("{exit:?} of {word:08x}") };
        machine.core.refuse(&access);
        assert_eq!(machine.core.run(), Exit::Call);
        let far = device + 8 * answered;
        assert_eq!(machine.fault(), (DATA_ABORT, syndrome, far), "{word:08x}");
        assert_eq!(machine.core.cpu.system.elr, CODE);
        assert_eq!(machine.core.registers().x, before);
    }
}
