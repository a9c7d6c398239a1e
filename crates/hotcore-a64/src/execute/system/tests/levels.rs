//! EL0: what is undefined there, what EL1 traps, and what it may allow.

use super::*;
use crate::system::table::{way_to_read, way_to_write};

#[test]
fn el1_registers_are_undefined_at_el0() {
    for register in 0..=u16::MAX {
        let at: At = [
            register >> 14,
            register >> 11 & 7,
            register >> 7 & 15,
            register >> 3 & 15,
            register & 7,
        ];
        if at[1] == 3 || at[0] == 1 {
            continue;
        }
        if way_to_read(register).is_some() {
            assert_eq!(Bench::at_el0().mrs(at), Err(undefined()), "{at:?}");
        }
        if way_to_write(register).is_some() {
            assert_eq!(Bench::at_el0().msr(at, 0), Err(undefined()), "{at:?}");
        }
    }
}

#[test]
fn el0_has_its_own_registers() {
    let mut bench = Bench::at_el0();
    assert_eq!(bench.written([3, 3, 13, 0, 2], 7), 7, "TPIDR_EL0");
    assert_eq!(bench.mrs([3, 3, 13, 0, 3]), Ok(0), "TPIDRRO_EL0");
    assert_eq!(bench.msr([3, 3, 13, 0, 3], 1), Err(undefined()));
    assert_eq!(bench.written([3, 3, 4, 2, 0], 1 << 31), 1 << 31, "NZCV");
}

/// (SCTLR_EL1 bit, access at EL0, whether a read)
const BY_SCTLR: [(u32, At, bool); 9] = [
    (15, [3, 3, 0, 0, 1], true),
    (9, [3, 3, 4, 2, 1], true),
    (9, [3, 3, 4, 2, 1], false),
    (14, [1, 3, 7, 4, 1], false),
    (26, [1, 3, 7, 10, 1], false),
    (26, [1, 3, 7, 11, 1], false),
    (26, [1, 3, 7, 14, 1], false),
    (26, [1, 3, 7, 5, 1], false),
    (9, [0, 3, 4, 15, 6], false),
];

#[test]
fn sctlr_decides_what_el0_may_do() {
    for (bit, at, read) in BY_SCTLR {
        for allowed in [false, true] {
            let mut bench = Bench::new();
            bench.msr(SCTLR, u64::from(allowed) << bit).unwrap();
            bench.cpu().switch(Level::El0, true);
            bench.cpu().set_x(2, RAM);
            let rt = match (at[0], read) {
                (0, _) => 31,
                (_, true) => 1,
                (_, false) => 2,
            };
            let direction = u32::from(read) << 21;
            let result = bench.execute(0xd500_0000 | direction | operand(at) | rt);
            // Without the MMU all memory is Device, where DC ZVA faults: that it was let try is all.
            assert_eq!(result == Err(trapped(at, rt, read)), !allowed, "{at:?}");
        }
    }
}

#[test]
fn scxtnum_is_el0s_unless_sctlr_says_otherwise() {
    let at = [3, 3, 13, 0, 7];
    let mut bench = Bench::at_el0();
    assert_eq!(bench.written(at, 9), 9);
    bench.cpu().system.sctlr |= 1 << 20;
    assert_eq!(bench.mrs(at), Err(trapped(at, 1, true)));
    assert_eq!(bench.msr(at, 1), Err(trapped(at, 2, false)));
}

#[test]
fn dczid_tells_el0_whether_it_may_zero() {
    let mut bench = Bench::at_el0();
    assert_eq!(bench.mrs([3, 3, 0, 0, 7]), Ok(0x14));
    bench.cpu().system.sctlr |= 1 << 14;
    assert_eq!(bench.mrs([3, 3, 0, 0, 7]), Ok(4));
}

#[test]
fn waiting_is_trapped_at_el0_unless_allowed() {
    let wait = |ti: u32| Err(Trap::Exception(Exception::new(Class::Wait).iss(0x1e << 20 | ti)));
    let (wfe, wfi) = (0xd503_205f, 0xd503_207f);
    let mut bench = Bench::at_el0();
    assert_eq!(bench.execute(wfi), wait(0));
    assert_eq!(bench.execute(wfe), wait(1));
    bench.cpu().system.sctlr |= 1 << 16 | 1 << 18;
    assert_eq!(bench.execute(wfi), Err(Trap::WaitForInterrupt));
    assert_eq!(bench.execute(wfe), Err(Trap::WaitForEvent));
}

#[test]
fn an_event_that_is_there_is_not_waited_for() {
    let (wfe, sev, sevl) = (0xd503_205f, 0xd503_209f, 0xd503_20bf);
    for send in [sev, sevl] {
        let mut bench = Bench::at_el0();
        bench.execute(send).unwrap();
        assert_eq!(bench.execute(wfe), Ok(()));
        assert!(bench.execute(wfe).is_err());
    }
}

#[test]
fn hints_without_a_meaning_here_do_nothing() {
    let mut bench = Bench::at_el0();
    let before = bench.core.registers();
    for hint in (0..128).filter(|hint| !(2..=5).contains(hint)) {
        bench.execute(0xd503_201f | hint << 5).unwrap();
    }
    assert_eq!(bench.core.registers(), before);
}

#[test]
fn cntkctl_decides_over_counters_and_timers() {
    let cases: [(u64, At); 10] = [
        (0, [3, 3, 14, 0, 0]),
        (1, [3, 3, 14, 0, 0]),
        (0, [3, 3, 14, 0, 1]),
        (1, [3, 3, 14, 0, 2]),
        (9, [3, 3, 14, 2, 0]),
        (9, [3, 3, 14, 2, 1]),
        (9, [3, 3, 14, 2, 2]),
        (8, [3, 3, 14, 3, 0]),
        (8, [3, 3, 14, 3, 1]),
        (8, [3, 3, 14, 3, 2]),
    ];
    for (bit, at) in cases {
        let mut bench = Bench::new();
        bench.cpu().switch(Level::El0, true);
        assert_eq!(bench.mrs(at), Err(trapped(at, 1, true)), "{at:?}");
        if at[3] != 0 {
            assert_eq!(bench.msr(at, 0), Err(trapped(at, 2, false)), "{at:?}");
        }
        bench.cpu().switch(Level::El1, true);
        bench.msr(CNTKCTL, 1 << bit).unwrap();
        bench.cpu().switch(Level::El0, true);
        assert!(bench.mrs(at).is_ok(), "{at:?}");
    }
}
