//! How a session ends, and what becomes of the guest.

use hotcore_vmm::Stop;

use crate::guest::{END, FIRST_LOOP};
use crate::support::{Client, Debugged, X5, framed};

/// The guest counts, whoever was here before.
fn assert_goes_on(machine: &Debugged) {
    let mut gdb = machine.connect();
    let before = gdb.register(X5);
    drop(gdb);
    let mut after = before;
    // It runs between the sessions, for however short a time.
    for _ in 0..1000 {
        after = machine.connect().register(X5);
        if after > before {
            break;
        }
    }
    assert!(after > before);
}

#[test]
fn a_client_that_detaches_leaves_nothing_behind() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    assert_eq!(gdb.ask(&format!("Z0,{FIRST_LOOP:x},4")), "OK");
    assert_eq!(gdb.ask("vCont;c"), "T05thread:01;swbreak:;");
    assert_eq!(gdb.ask("D"), "OK");
    assert!(gdb.is_over());
    assert_goes_on(&machine);
}

#[test]
fn a_client_that_vanishes_leaves_nothing_behind() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    assert_eq!(gdb.ask(&format!("Z0,{FIRST_LOOP:x},4")), "OK");
    drop(gdb);
    assert_goes_on(&machine);
    let mut gdb = machine.connect();
    assert_eq!(gdb.ask(&format!("Z0,{:x},4", FIRST_LOOP + 4)), "OK");
    gdb.packet("vCont;c");
    drop(gdb);
    assert_goes_on(&machine);
}

#[test]
fn one_client_is_served_and_another_sent_away() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    let mut other = Client::knock(&machine.socket());
    assert_eq!(other.try_ask("?"), None);
    assert!(gdb.ask("g").len() > 1000);
}

#[test]
fn a_client_can_end_the_machine() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    gdb.packet("k");
    assert_eq!(machine.wait_for_end(), Stop::ByHost);
    assert!(gdb.is_over());
}

#[test]
fn a_machine_that_ends_while_it_is_stopped_ends_the_session() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    machine.control.stop();
    assert_eq!(machine.wait_for_end(), Stop::ByHost);
    assert!(gdb.is_over());
}

#[test]
fn a_server_ends_though_its_client_hears_nothing() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    // Nobody reads the answers: they fill the socket.
    gdb.send(&framed(b"g").repeat(1000));
    machine.control.stop();
    assert_eq!(machine.wait_for_end(), Stop::ByHost);
}

#[test]
fn a_guest_that_ends_with_nobody_looking_ends() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    gdb.set_word(END, 1);
    assert_eq!(gdb.ask("D"), "OK");
    assert_eq!(machine.wait_for_end(), Stop::PoweredOff);
}
