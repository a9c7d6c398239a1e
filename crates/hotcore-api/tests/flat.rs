//! Nothing accumulates. Alone in its process, because it counts what the process has.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

#[path = "api/support.rs"]
#[allow(dead_code, reason = "the other tests need more of it")]
mod support;

use std::fs;

use support::{Door, Served, receive, send};

const CYCLES: usize = 1000;
/// Before anything is counted, so that what is allocated once has been.
const WARM_UP: usize = 50;

#[derive(Debug, PartialEq, Eq)]
struct Footprint {
    threads: usize,
    files: usize,
}

fn footprint() -> Footprint {
    let count = |folder| fs::read_dir(folder).unwrap().count();
    Footprint { threads: count("/proc/self/task"), files: count("/proc/self/fd") }
}

/// Resident pages of the process (proc(5), `statm`).
fn resident() -> usize {
    let statm = fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse().unwrap()
}

/// Threads of CPUs that have gone end shortly after the operation has.
fn settle(expected: &Footprint) -> Footprint {
    for _ in 0..1000 {
        if footprint() == *expected {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    footprint()
}

#[test]
fn b069_a_thousand_cycles_leave_nothing_behind() {
    let served = Served::boot(1, 4);
    let mut stream = served.connect();
    send(&mut stream, "GET", "vmm.ping", "");
    assert_eq!(receive(&mut stream).status, 200);
    let mut cycle = |count: usize| {
        for round in 0..count {
            let cpu = 1 + round % 3;
            for name in ["vm.add-cpu", "vm.remove-cpu"] {
                send(&mut stream, "PUT", name, &format!(r#"{{"cpu": {cpu}}}"#));
                let answer = receive(&mut stream);
                assert_eq!(answer.status, 200, "{answer:?}");
            }
        }
    };
    let before = footprint();
    cycle(WARM_UP);
    assert_eq!(settle(&before), before);
    // As many operations as are remembered.
    cycle(CYCLES / 2);
    let pages = resident();
    cycle(CYCLES / 2);
    let grown = resident().saturating_sub(pages);
    assert_eq!(settle(&before), before);
    assert!(grown < 256, "{grown} pages more after {} cycles", CYCLES / 2);
}
