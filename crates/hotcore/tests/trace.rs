//! `hotcore run --trace`: a guest of a few instructions on the software engine, followed.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

use std::path::Path;
use std::process::{Command, Output};

const USAGE: i32 = 2;

/// Sets VBAR_EL1, takes an exception and returns, writes to the UART, powers off.
const PROGRAM: [u32; 12] = [
    0x1000_4001, // 00: adr  x1, #0x800        the vectors
    0xd518_c001, // 04: msr  vbar_el1, x1
    0xd503_3fdf, // 08: isb
    0xd400_00e1, // 0c: svc  #7
    0xd2a1_2002, // 10: movz x2, #0x900, lsl #16
    0x5280_0543, // 14: mov  w3, #'*'
    0xb900_0043, // 18: str  w3, [x2]
    0x5280_0100, // 1c: mov  w0, #8
    0x72b0_8000, // 20: movk w0, #0x8400, lsl #16
    0xd400_0002, // 24: hvc  #0
    0x1400_0000, // 28: b    .
    0xd503_201f, // 2c: nop
];
/// `eret`
const RETURN: u32 = 0xd69f_03e0;
/// Offset of the vectors: they are aligned to 2 KiB.
const VECTORS: usize = 0x800;

/// The flat image: the program, and the vectors, whose synchronous ones return.
fn image() -> Vec<u8> {
    let mut words = vec![0; VECTORS / 4];
    words[..PROGRAM.len()].copy_from_slice(&PROGRAM);
    words.extend([RETURN; 0x200]);
    words.into_iter().flat_map(u32::to_le_bytes).collect()
}

fn run(folder: &Path, args: &[&str]) -> Output {
    let kernel = folder.join("flat");
    std::fs::write(&kernel, image()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotcore"));
    command.args(["run", "--engine", "soft", "--firmware", "dt", "--serial", "null"]);
    command.arg("--kernel").arg(kernel).args(args).output().unwrap()
}

/// The lines of a trace of `kinds`, without their times.
fn trace(kinds: &str, symbols: Option<&str>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let (file, map) = (folder.path().join("trace"), folder.path().join("System.map"));
    let mut args = vec!["--trace", kinds, "--trace-file", file.to_str().unwrap()];
    if let Some(symbols) = symbols {
        std::fs::write(&map, symbols).unwrap();
        args.extend(["--symbols", map.to_str().unwrap()]);
    }
    let output = run(folder.path(), &args);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(&file).unwrap();
    let mut before = 0;
    let lines = text.lines().map(|line| {
        let (time, rest) = line.trim_start().split_once(' ').unwrap();
        let time: u128 = time.parse().unwrap();
        assert!(time >= before);
        before = time;
        rest.to_owned()
    });
    lines.collect()
}

#[test]
fn every_kind_of_event_is_told_in_order() {
    let lines = trace("exceptions,psci,mmio", None);
    let [vectors, svc, back, store, off] = lines.as_slice() else { panic!("{lines:#?}") };
    assert!(vectors.starts_with("cpu0 vectors VBAR_EL1=0x4"), "{vectors}");
    assert!(svc.starts_with("cpu0 exception SVC from EL1 ESR=0x56000007 ELR=0x4"), "{svc}");
    assert!(back.starts_with("cpu0 return to EL1 0x4"), "{back}");
    assert_eq!(store, "cpu0 mmio store 4 0x9000000 <uart+0x0> <- 0x2a");
    assert_eq!(
        off,
        "cpu0 psci SYSTEM_OFF 0x84000008 (0x40080800, 0x9000000, 0x2a) does not return"
    );
}

#[test]
fn instructions_are_told_by_their_symbols() {
    let flat = "40000000 T guest_memory\n8000000000 T behind\n";
    let lines = trace("instructions", Some(flat));
    let executed: Vec<_> = lines.iter().filter(|line| line.contains(" instruction ")).collect();
    // Up to HVC, and ERET.
    assert_eq!(executed.len(), 11, "{lines:#?}");
    assert!(executed.iter().all(|line| line.contains(" <guest_memory+0x")), "{executed:#?}");
    assert!(executed[3].ends_with("d40000e1 svc #0x7"), "{}", executed[3]);
    assert!(executed[4].ends_with("d69f03e0 eret"), "{}", executed[4]);
}

#[test]
fn only_what_is_asked_is_traced() {
    let lines = trace("psci", None);
    assert_eq!(lines.len(), 1, "{lines:#?}");
    assert!(lines[0].starts_with("cpu0 psci SYSTEM_OFF"));
}

#[track_caller]
fn assert_refused(args: &[&str], status: i32, words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{errors}");
    for word in words {
        assert!(errors.contains(word), "{word} expected in: {errors}");
    }
}

#[test]
fn what_is_asked_wrongly_is_said_clearly() {
    assert_refused(&["--trace", "psci"], USAGE, &["--trace-file"]);
    assert_refused(&["--trace-file", "t"], USAGE, &["--trace"]);
    assert_refused(&["--symbols", "m"], USAGE, &["--trace"]);
    let unknown = ["--trace", "psci,syscalls", "--trace-file", "t"];
    assert_refused(&unknown, USAGE, &["syscalls", "exceptions, instructions, psci, mmio"]);
    let nowhere = ["--trace", "psci", "--trace-file", "/nonexistent/trace"];
    assert_refused(&nowhere, 1, &["--trace-file /nonexistent/trace"]);
    let map = ["--trace", "psci", "--trace-file", "t", "--symbols", "/nonexistent/map"];
    assert_refused(&map, 1, &["--symbols /nonexistent/map"]);
}
