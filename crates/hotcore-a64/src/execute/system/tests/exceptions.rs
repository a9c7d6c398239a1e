//! The state that an exception leaves, and that an exception return makes.

use super::*;
use crate::exception::Interrupt;
use crate::pstate::{Flags, Mask};

const VBAR: u64 = RAM + 0x1_0000;

/// At `level` with the stack pointer selection given, NZCV = 0b1010, I and F clear.
fn about_to(level: Level, selects_sp_el1: bool) -> Bench {
    let mut bench = Bench::new();
    bench.msr([3, 0, 12, 0, 0], VBAR).unwrap();
    let cpu = bench.cpu();
    cpu.set_sp_el0(0x1000);
    cpu.set_sp_el1(0x2000);
    cpu.flags = Flags::from_nzcv(0b1010);
    cpu.set_mask(Mask(0x300));
    cpu.switch(level, selects_sp_el1);
    cpu.pc = RAM;
    bench
}

#[test]
fn exceptions_are_taken_to_el1h_by_where_they_come_from() {
    let cases =
        [(Level::El1, false, 0x000, 4), (Level::El1, true, 0x200, 5), (Level::El0, true, 0x400, 0)];
    for (level, selects_sp_el1, group, mode) in cases {
        let vectors = [(None, 0), (Some(Interrupt::Irq), 0x80), (Some(Interrupt::Fiq), 0x100)];
        for (interrupt, offset) in vectors {
            let mut bench = about_to(level, selects_sp_el1);
            match interrupt {
                None => bench.cpu().take_exception(Exception::undefined(), RAM),
                Some(interrupt) => bench.cpu().take_interrupt(interrupt),
            }
            assert_eq!(bench.cpu().pc, VBAR + group + offset);
            assert_eq!(bench.mrs([3, 0, 4, 2, 2]), Ok(4), "CurrentEL");
            assert_eq!(bench.mrs([3, 0, 4, 2, 0]), Ok(1), "SPSel");
            assert_eq!(bench.mrs([3, 3, 4, 2, 1]), Ok(0x3c0), "DAIF");
            assert_eq!(bench.mrs([3, 0, 4, 0, 1]), Ok(RAM), "ELR_EL1");
            assert_eq!(bench.mrs([3, 0, 4, 0, 0]), Ok(0xa000_0300 | mode), "SPSR_EL1");
            assert_eq!(bench.mrs([3, 0, 4, 1, 0]), Ok(0x1000), "SP_EL0");
            assert_eq!(bench.cpu().x(crate::cpu::SP), 0x2000);
        }
    }
}

#[test]
fn the_syndrome_tells_the_level() {
    let abort = Exception::new(Class::DataAbort).iss(0x47).far(0xdead_0000);
    for (level, class) in [(Level::El0, 0x24), (Level::El1, 0x25)] {
        let mut bench = about_to(level, true);
        bench.cpu().take_exception(abort, RAM);
        assert_eq!(bench.mrs([3, 0, 5, 2, 0]), Ok(class << 26 | 1 << 25 | 0x47));
        assert_eq!(bench.mrs([3, 0, 6, 0, 0]), Ok(0xdead_0000));
    }
}

#[test]
fn an_interrupt_leaves_the_syndrome_alone() {
    let mut bench = about_to(Level::El1, true);
    bench.msr([3, 0, 5, 2, 0], 0x1234).unwrap();
    bench.cpu().take_interrupt(Interrupt::Irq);
    assert_eq!(bench.mrs([3, 0, 5, 2, 0]), Ok(0x1234));
}

#[test]
fn a_return_restores_what_the_exception_saved() {
    for (level, selects_sp_el1) in [(Level::El1, false), (Level::El1, true), (Level::El0, true)] {
        let mut bench = about_to(level, selects_sp_el1);
        let before = bench.core.registers();
        bench.cpu().take_interrupt(Interrupt::Irq);
        assert_ne!(bench.core.registers(), before);
        bench.cpu().exception_return();
        assert_eq!(bench.core.registers(), before);
        assert!(bench.cpu().event, "an exception return is an event");
    }
}

#[test]
fn a_return_to_what_is_not_there_is_illegal_and_keeps_the_level() {
    // AArch32, EL2h, EL3t, a reserved mode.
    for mode in [0x10, 0x1f, 9, 12, 3] {
        let mut bench = about_to(Level::El1, true);
        bench.msr([3, 0, 4, 0, 0], 0x4000_0000 | mode).unwrap();
        bench.msr([3, 0, 4, 0, 1], RAM + 0x40).unwrap();
        bench.cpu().exception_return();
        assert!(bench.cpu().illegal, "{mode:#x}");
        assert_eq!(bench.mrs([3, 0, 4, 2, 2]), Ok(4));
        assert_eq!((bench.cpu().pc, bench.cpu().flags.nzcv()), (RAM + 0x40, 4));
    }
}

#[test]
fn software_steps_only_with_the_os_lock_unlocked() {
    let mut bench = about_to(Level::El0, true);
    bench.cpu().system.mdscr = 1;
    assert!(!bench.cpu().is_software_stepping());
    bench.cpu().switch(Level::El1, true);
    assert_eq!(bench.mrs([2, 0, 1, 1, 4]), Ok(0xa), "OSLSR_EL1");
    bench.msr([2, 0, 1, 0, 4], 0).unwrap();
    assert_eq!(bench.mrs([2, 0, 1, 1, 4]), Ok(8));
    bench.cpu().switch(Level::El0, true);
    assert!(bench.cpu().is_software_stepping());
}
