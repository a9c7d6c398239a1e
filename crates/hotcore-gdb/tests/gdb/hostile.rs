//! Whatever a client sends, the server is there for the next one.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::guest::{ENTRY, FIRST_LOOP};
use crate::support::{Client, Debugged, framed};

#[test]
fn what_is_unknown_is_answered_with_nothing() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    for body in ["", "!", "qNothing", "vNothing", "Q", "j", "Z9,0,4", "Z1,0,4", "vMustReplyEmpty"] {
        assert_eq!(gdb.ask(body), "", "{body}");
    }
}

#[test]
fn memory_that_is_not_there_is_an_error() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    for body in [
        "m0,4",
        "mffffffffffffffff,1",
        "mfffffffffffffff0,10",
        "m8000000000000000,ffffffffffffffff",
    ] {
        assert_eq!(gdb.ask(body), "E0e", "{body}");
    }
    assert_eq!(gdb.ask("M0,4:00000000"), "E0e");
    assert_eq!(gdb.ask("Mffffffffffffffff,2:0000"), "E0e");
    // Up to the end of RAM.
    assert_eq!(gdb.ask("m43fffffe,4"), "0000");
}

#[test]
fn more_memory_than_fits_an_answer_ends_the_session() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    assert_eq!(gdb.try_ask(&format!("m{ENTRY:x},2000000")), None);
    machine.connect();
}

#[test]
fn breakpoints_are_not_without_end() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    let mut add = |number: u64| gdb.ask(&format!("Z0,{:x},4", 8 * number));
    let count = (0..2000).take_while(|&number| add(number) == "OK").count();
    // KVM has as many as the host's CPU.
    assert!((2..=1024).contains(&count), "{count}");
    assert_eq!(add(u64::from(u32::MAX)), "E1c");
    assert_eq!(add(0), "OK");
}

#[test]
fn threads_that_are_not_there_are_errors_and_move_nothing() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    for thread in ["3", "200", "201", "ffff", "10000", "7fffffffffffffff", "ffffffffffffffff"] {
        assert_eq!(gdb.ask(&format!("Hg{thread}")), "OK");
        assert!(gdb.ask("g").starts_with('E'), "{thread}");
        assert!(gdb.ask(&format!("T{thread}")).starts_with('E'), "{thread}");
    }
    gdb.packet("vCont;s:7fffffffffffffff");
    gdb.send(&[3]);
    assert_eq!(gdb.answer().unwrap(), "T02thread:01;");
}

#[test]
fn what_is_asked_while_the_guest_runs_is_refused() {
    let machine = Debugged::start();
    let mut gdb = machine.connect();
    gdb.packet("vCont;c");
    for body in ["g", "p20", &format!("m{FIRST_LOOP:x},4"), "P0=0000000000000000"] {
        assert!(gdb.ask(body).starts_with('E'), "{body}");
    }
    // Again, and nothing comes of it.
    gdb.packet("vCont;c");
    gdb.send(&[3]);
    assert_eq!(gdb.answer().unwrap(), "T02thread:01;");
}

#[test]
fn what_is_no_packet_ends_the_session() {
    let machine = Debugged::start();
    for bytes in [
        b"$g#00".to_vec(),
        b"$g#zz".to_vec(),
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        b"-".to_vec(),
        framed(b"vCont;x"),
        framed(b"vCont;s"),
        framed(b"G00"),
        framed(b"mzz,4"),
        [b"$".as_slice(), &[b'a'; 5000]].concat(),
    ] {
        let mut gdb = Client::connect(&machine.socket());
        gdb.send(&bytes);
        assert!(gdb.is_over());
    }
    machine.connect();
}

/// Bodies that look like packets.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let words = prop::sample::select(vec![
        "m",
        "M",
        "X",
        "g",
        "G",
        "p",
        "P",
        "Z0",
        "z0",
        "Z1",
        "vCont",
        "vCont?",
        ";c",
        ";s:1",
        ";s",
        ";C05",
        ";r40080000,40080020:1",
        ";t",
        "c",
        "s",
        "?",
        "D",
        "Hg",
        "Hc",
        "T",
        "qSupported:",
        "multiprocess+",
        "qXfer:features:read:target.xml:",
        "qfThreadInfo",
        "qThreadExtraInfo,",
        "QStartNoAckMode",
        "vRun",
        "vFile:open:",
        "qRcmd,",
        "40080000",
        "43ffffff",
        "ffffffffffffffff",
        "0",
        "1",
        "-1",
        "p1.1",
        ",",
        ":",
        ";",
        "=",
        "}",
        "*",
        "#",
        "$",
    ]);
    let word = words.prop_map(|word| word.as_bytes().to_vec());
    let piece = prop_oneof![4 => word, 1 => vec(any::<u8>(), 0..8)];
    let body = vec(piece, 0..6).prop_map(|pieces| pieces.concat());
    // Ends the machine, as it should.
    body.prop_filter("kill", |body| !body.starts_with(b"k") && !body.starts_with(b"vKill"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The guest may come to any harm; the server may not.
    #[test]
    fn no_client_ends_the_server(
        bodies in vec((body(), any::<bool>()), 0..12),
        cut in 0usize..4,
    ) {
        let machine = Debugged::start();
        let mut gdb = machine.connect();
        for (body, interrupt) in bodies {
            gdb.send(&framed(&body));
            if interrupt {
                gdb.send(&[3]);
            }
        }
        gdb.send(&framed(b"?")[..cut]);
        drop(gdb);
        prop_assert!(machine.has_ended() || machine.connect().ask("?").starts_with('T'));
    }
}
