//! Where branches go, what they link, and what exceptions and their returns leave behind.

use crate::cpu::{Cpu, SP};
use crate::pstate::{Flags, Level, Mask};
use crate::run::Exit;
use crate::testing::{CODE, HVC, Machine, VECTORS};

/// `add x0, x0, #1`, which tells how often it was executed.
const COUNT: u32 = 0x9100_0400;
fn cpu(machine: &mut Machine) -> &mut Cpu {
    &mut machine.core.cpu
}

/// How many of three instructions are left when `branch` tries to skip the first two.
fn executed(machine: &mut Machine, branch: u32) -> u64 {
    cpu(machine).set_x(0, 0);
    assert_eq!(machine.run(&[COUNT, branch, COUNT, COUNT]), Exit::Call);
    assert_eq!(machine.core.cpu.pc, CODE + 20);
    machine.core.cpu.x(0)
}

#[test]
fn branches_on_every_condition() {
    let mut machine = Machine::new();
    for (condition, nzcv) in (0..16).flat_map(|c| (0..16).map(move |nzcv| (c, nzcv))) {
        let flags = Flags::from_nzcv(nzcv);
        cpu(&mut machine).flags = flags;
        let taken = flags.holds(condition as u8);
        let branch = 0x5400_0060 | condition; // b.cond .+12
        assert_eq!(executed(&mut machine, branch), if taken { 1 } else { 3 });
    }
}

#[test]
fn compares_a_register_with_zero() {
    let mut machine = Machine::new();
    let mut skips = |word, value| {
        cpu(&mut machine).set_x(1, value);
        executed(&mut machine, word) == 1
    };
    for (cbz, cbnz, value, zero) in [
        (0x3400_0061, 0x3500_0061, 1 << 32, true), // cbz w1, .+12
        (0x3400_0061, 0x3500_0061, 1 << 31, false),
        (0xb400_0061, 0xb500_0061, 1 << 32, false), // cbz x1, .+12
        (0xb400_0061, 0xb500_0061, 0, true),
        (0xb400_007f, 0xb500_007f, 1, true), // cbz xzr, .+12
    ] {
        assert_eq!(skips(cbz, value), zero);
        assert_eq!(skips(cbnz, value), !zero);
    }
}

#[test]
fn tests_any_bit() {
    let mut machine = Machine::new();
    for bit in 0..64 {
        for value in [1 << bit, !(1 << bit)] {
            cpu(&mut machine).set_x(1, value);
            let fields = (bit >> 5) << 31 | (bit & 31) << 19 | 0x61;
            let set = value >> bit & 1 == 1;
            assert_eq!(executed(&mut machine, 0x3600_0000 | fields) == 1, !set);
            assert_eq!(executed(&mut machine, 0x3700_0000 | fields) == 1, set);
        }
    }
}

#[test]
fn branches_backwards() {
    let mut machine = Machine::new();
    cpu(&mut machine).set_x(1, 10);
    machine.run(&[COUNT, 0xf100_0421, 0x54ff_ffc1]); // subs x1, x1, #1; b.ne .-8
    assert_eq!(machine.core.cpu.x(0), 10);
}

#[test]
fn links() {
    let mut machine = Machine::new();
    // bl .+8; hvc; add; add x2, x30, #0; ret
    machine.run(&[COUNT, 0x9400_0002, HVC, COUNT, 0x9100_03c2, 0xd65f_03c0]);
    let cpu = &machine.core.cpu;
    assert_eq!((cpu.x(0), cpu.x(2), cpu.pc), (2, CODE + 8, CODE + 12));
}

#[test]
fn links_after_reading_the_target() {
    let mut machine = Machine::new();
    cpu(&mut machine).set_x(30, CODE + 12);
    machine.run(&[COUNT, 0xd63f_03c0, COUNT]); // blr x30
    let cpu = &machine.core.cpu;
    assert_eq!((cpu.x(0), cpu.x(30), cpu.pc), (1, CODE + 8, CODE + 16));
}

#[test]
fn takes_exceptions_on_request() {
    let mut machine = Machine::new();
    for (word, class, iss, back) in [
        (0xd402_4681, 0x15, 0x1234, 8), // svc #0x1234
        (0xd422_4680, 0x3c, 0x1234, 4), // brk #0x1234
        (0xd442_4680, 0, 0, 4),         // hlt
        (0xd4a0_0001, 0, 0, 4),         // dcps1
        (0xd6bf_03e0, 0, 0, 4),         // drps
    ] {
        assert_eq!(machine.run(&[COUNT, word]), Exit::Call);
        let cpu = &machine.core.cpu;
        assert_eq!(cpu.pc, VECTORS + 0x204);
        assert_eq!(cpu.system.esr, class << 26 | 1 << 25 | iss);
        assert_eq!(cpu.system.elr, CODE + back);
    }
}

#[test]
fn el0_may_call_the_system_only() {
    let mut machine = Machine::new();
    for (word, class, back) in [
        (HVC, 0, 4),
        (0xd400_0003, 0, 4),    // smc #0
        (0xd69f_03e0, 0, 4),    // eret
        (0xd400_0001, 0x15, 8), // svc #0
    ] {
        cpu(&mut machine).switch(Level::El0, true);
        assert_eq!(machine.run(&[COUNT, word]), Exit::Call);
        let cpu = &machine.core.cpu;
        assert_eq!((cpu.pc, cpu.level), (VECTORS + 0x404, Level::El1));
        assert_eq!(cpu.system.esr, class << 26 | 1 << 25);
        assert_eq!(cpu.system.elr, CODE + back);
    }
}

/// ERET with `spsr` to `target`, where COUNT and SVC stand, at EL1 and with the stacks 1 and 0.
fn returned(spsr: u64, target: u64) -> Machine {
    let mut machine = Machine::new();
    machine.write(target & !3, &[COUNT, 0xd400_0001]);
    let cpu = cpu(&mut machine);
    cpu.set_sp_el0(0x10);
    cpu.set_x(SP, 0x11);
    cpu.system.spsr = spsr;
    cpu.system.elr = target;
    assert_eq!(machine.run(&[0xaa1f_03e0, 0xd69f_03e0]), Exit::Call); // mov x0, xzr; eret
    machine
}

#[test]
fn returns_to_each_level() {
    for (target, spsr, vector) in [
        (CODE + 0x1000, 0, 0x400),
        (CODE + 0x100, 0x6000_0000, 0x400),
        (CODE + 0x1004, 0x4, 0),
        (CODE + 0x40, 0x9000_00c5, 0x200),
    ] {
        let machine = returned(spsr, target);
        let cpu = &machine.core.cpu;
        assert_eq!((cpu.x(0), cpu.pc), (1, VECTORS + vector + 4));
        assert_eq!((cpu.system.spsr, cpu.system.elr), (spsr, target + 8));
        assert_eq!((cpu.sp_el0(), cpu.sp_el1()), (0x10, 0x11));
        assert_eq!((cpu.mask, cpu.level), (Mask::all(), Level::El1));
    }
}

#[test]
fn an_illegal_return_is_an_exception_at_its_target() {
    let target = CODE + 0x1000;
    for spsr in [0x9, 0x10, 0x10_0005] {
        let machine = returned(spsr, target);
        let cpu = &machine.core.cpu;
        assert_eq!((cpu.x(0), cpu.pc), (0, VECTORS + 0x204));
        assert_eq!(cpu.system.esr, 0x0e << 26 | 1 << 25);
        assert_eq!(cpu.system.elr, target);
        assert_eq!(cpu.system.spsr & 1 << 20, 1 << 20);
        assert!(!cpu.illegal);
    }
}

#[test]
fn software_step_executes_one_instruction() {
    let mut machine = Machine::new();
    machine.write(CODE + 0x1000, &[COUNT, COUNT]);
    let cpu = cpu(&mut machine);
    cpu.system.os_locked = false;
    cpu.system.mdscr = 1;
    cpu.system.spsr = 1 << 21;
    cpu.system.elr = CODE + 0x1000;
    machine.run(&[COUNT, 0xd69f_03e0]);
    let cpu = &machine.core.cpu;
    assert_eq!((cpu.x(0), cpu.pc), (2, VECTORS + 0x404));
    assert_eq!(cpu.system.esr, 0x32 << 26 | 1 << 25 | 0x22);
    assert_eq!(cpu.system.elr, CODE + 0x1004);
}

/// A block is followed by what stands at the same offset of another page, then of its own.
#[test]
fn followers_are_of_the_same_page() {
    let mut machine = Machine::new();
    machine.write(CODE + 0x1100, &[0xd65f_03c0]); // ret
    machine.write(CODE + 0x100, &[COUNT, 0xd65f_03c0]); // add; ret
    let cpu = cpu(&mut machine);
    cpu.set_x(1, CODE + 0x100);
    cpu.set_x(2, CODE + 0x1100);
    cpu.set_x(3, 6);
    machine.run(&[
        0xd63f_0020, // blr x1
        0xaa01_03e4, // mov x4, x1
        0xaa02_03e1, // mov x1, x2
        0xaa04_03e2, // mov x2, x4
        0xf100_0463, // subs x3, x3, #1
        0x54ff_ff61, // b.ne .-20
    ]);
    assert_eq!(machine.core.cpu.x(0), 3);
}
