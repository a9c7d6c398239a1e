//! What a debugger is for: stopping, stepping, looking.

use hotcore_vmm::Stop;

use crate::guest::{CONTEXT, END, ENTRY, FIRST_LOOP, SECOND_END, SECOND_LOOP};
use crate::support::{Debugged, PC, X5};

#[test]
fn the_guest_waits_at_its_first_instruction() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    assert_eq!(gdb.register(PC), ENTRY);
    assert_eq!(gdb.ask("qfThreadInfo"), "m01");
    assert_eq!(gdb.ask("qThreadExtraInfo,1"), "435055203000".trim_end_matches("00"));
    assert_eq!(gdb.ask("vCont;s:1"), "T05thread:01;");
    assert_eq!((gdb.register(0), gdb.register(PC)), (3, ENTRY + 4));
}

#[test]
fn ctrl_c_stops_every_cpu() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    gdb.bring_up_both();
    gdb.packet("c");
    gdb.send(&[3]);
    assert_eq!(gdb.answer().unwrap(), "T02thread:01;");
    for (thread, from) in [(1, FIRST_LOOP), (2, SECOND_LOOP)] {
        assert_eq!(gdb.ask(&format!("Hg{thread}")), "OK");
        let pc = gdb.register(PC);
        assert!((from..from + 0x10).contains(&pc), "{pc:#x}");
        let (before, after) = (gdb.register(X5), gdb.register(X5));
        assert_eq!(before, after);
    }
}

#[test]
fn a_breakpoint_stops_and_leaves_the_guests_memory_alone() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    let word = gdb.word(FIRST_LOOP);
    assert_eq!(gdb.ask(&format!("Z0,{FIRST_LOOP:x},4")), "OK");
    for round in 0..3 {
        assert_eq!(gdb.ask("vCont;c"), "T05thread:01;swbreak:;");
        assert_eq!((gdb.register(PC), gdb.register(X5)), (FIRST_LOOP, round));
        assert_eq!(gdb.word(FIRST_LOOP), word);
        assert_eq!(gdb.ask("vCont;s:1"), "T05thread:01;");
    }
    assert_eq!(gdb.ask(&format!("z0,{FIRST_LOOP:x},4")), "OK");
    assert_eq!(gdb.ask(&format!("z0,{FIRST_LOOP:x},4")), "E16");
}

#[test]
fn registers_of_all_sizes_are_written_and_read() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    for (number, value) in [
        ("1e", "8877665544332211"),
        ("1f", "f0debc9a78563412"),
        ("21", "c5030060"),
        ("22", "000102030405060708090a0b0c0d0e0f"),
        ("42", "9f000008"),
        ("43", "0000c007"),
    ] {
        assert_eq!(gdb.ask(&format!("P{number}={value}")), "OK");
        assert_eq!(gdb.ask(&format!("p{number}")), value);
    }
    let all = gdb.ask("g");
    assert_eq!(all.len(), 2 * 788);
    assert!(all.ends_with("9f0000080000c007"));
    let changed = format!("0900000000000000{}", &all[16..]);
    assert_eq!(gdb.ask(&format!("G{changed}")), "OK");
    assert_eq!(gdb.ask("g"), changed);
    assert_eq!(gdb.ask("P0=00"), "E16");
    assert_eq!(gdb.ask("p44"), "");
}

#[test]
fn only_the_thread_that_is_let_go_moves() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    gdb.bring_up_both();
    assert_eq!(gdb.ask("qfThreadInfo"), "m01,02");
    assert_eq!(gdb.ask("Hg2"), "OK");
    assert_eq!((gdb.register(0), gdb.register(PC)), (CONTEXT, SECOND_LOOP));
    assert_eq!(gdb.ask("Hg1"), "OK");
    let first = gdb.register(X5);
    for steps in 1..=8 {
        assert_eq!(gdb.ask("vCont;s:2"), "T05thread:02;");
        assert_eq!(gdb.register(X5), steps / 4 + u64::from(steps % 4 != 0));
    }
    assert_eq!(gdb.ask("Hg1"), "OK");
    assert_eq!(gdb.register(X5), first);
}

#[test]
fn code_that_gdb_writes_is_what_is_executed() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    assert_eq!(gdb.ask(&format!("Z0,{FIRST_LOOP:x},4")), "OK");
    assert_eq!(gdb.ask("vCont;c"), "T05thread:01;swbreak:;");
    assert_eq!(gdb.ask("vCont;s:1"), "T05thread:01;");
    assert_eq!(gdb.ask("vCont;c"), "T05thread:01;swbreak:;");
    gdb.set_word(FIRST_LOOP, 0x9100_40a5); // add x5, x5, #16
    assert_eq!(gdb.ask("vCont;s:1"), "T05thread:01;");
    assert_eq!(gdb.register(X5), 17);
}

#[test]
fn a_cpu_that_powers_off_is_a_thread_no_more() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    gdb.bring_up_both();
    gdb.set_word(SECOND_END, 1);
    // Nobody else may move, so nothing else could ever come to a stop.
    assert_eq!(gdb.ask("vCont;c:2"), "T05thread:01;");
    assert_eq!(gdb.ask("qfThreadInfo"), "m01");
    assert_eq!(gdb.ask("T2"), "E01");
    assert_eq!(gdb.ask("Hg2"), "OK");
    assert_eq!(gdb.ask("g"), "E79");
}

#[test]
fn the_machines_end_is_the_programs_exit() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    gdb.set_word(END, 1);
    gdb.packet("vCont;c");
    assert_eq!(machine.wait_for_end(), Stop::PoweredOff);
    assert_eq!(gdb.answer().unwrap(), "W00");
    assert!(gdb.is_over());
}

#[test]
fn breakpoints_outlive_a_reset() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    assert_eq!(gdb.ask(&format!("Z0,{ENTRY:x},4")), "OK");
    assert_eq!(gdb.ask("vCont;s:1"), "T05thread:01;");
    gdb.packet("vCont;c");
    machine.control.reset();
    assert_eq!(gdb.answer().unwrap(), "T05thread:01;swbreak:;");
    assert_eq!(gdb.register(PC), ENTRY);
}

#[test]
fn a_machine_that_is_reset_while_it_is_stopped_is_stopped_again() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    assert_eq!(gdb.ask("vCont;s:1"), "T05thread:01;");
    machine.control.reset();
    while gdb.try_ask("p20").is_none_or(|pc| pc != format!("{:016x}", ENTRY.swap_bytes())) {
        std::thread::yield_now();
    }
    assert_eq!(gdb.register(X5), 0);
}
