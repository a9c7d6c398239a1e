//! A real gdb, as a person uses it: what it prints is the test.

use std::process::Command;

use hotcore_judges::{named, run};
use hotcore_vmm::Stop;

use crate::guest::{CONTEXT, END, ENTRY, FIRST_LOOP, SECOND_LOOP};
use crate::support::{Debugged, PATIENCE};

/// Has gdb execute `commands` on the machine, and gives what it prints. `None` without a gdb.
fn session(machine: &Debugged, commands: &str) -> Option<String> {
    let remedy = "`cargo xtask test` fetches one";
    let gdb = named("HOTCORE_GDB", "a gdb for AArch64", remedy)?;
    let script = machine.socket().with_file_name("script");
    let target = format!("target remote {}\n", machine.socket().display());
    std::fs::write(&script, [BEGIN, &target, commands].concat()).unwrap();
    let mut command = Command::new(gdb);
    let verdict = run(command.args(["-nx", "-batch", "-x"]).arg(script), PATIENCE);
    eprintln!("{verdict}");
    Some(verdict.output)
}

/// Nothing is asked, nothing waits for a key, and the first error is the end.
const BEGIN: &str = "\
set pagination off
set confirm off
set architecture aarch64
set tcp connect-timeout 10
set remotetimeout 10
";

/// `lines` are among what was printed, in this order.
#[track_caller]
fn assert_lines(printed: &str, lines: &[String]) {
    let mut rest = printed.lines();
    for line in lines {
        assert!(
            rest.any(|printed| printed.contains(line)),
            "`{line}` is not printed, or too early"
        );
    }
}

#[test]
fn a_person_looks_steps_and_breaks() {
    let machine = Debugged::start();
    let commands = format!(
        "
info registers pc cpsr
x/2i $pc
stepi
print/x $x0
set $x7 = 0x1234
set $v3.d.u = {{1, 2}}
set $fpcr = 0x400000
print/x $x7
print $v3.s.u
info registers fpsr fpcr
break *{FIRST_LOOP:#x}
continue
print $x5
continue
print $x5
delete
x/wx {END:#x}
print *(int *) 0
"
    );
    let Some(printed) = session(&machine, &commands) else { return };
    assert_lines(
        &printed,
        &[
            format!("pc             {ENTRY:#x}"),
            "SP EL=1 F I A D".to_owned(),
            format!("=> {ENTRY:#x}:\tmov\tx0, #0x3"),
            "movk\tx0, #0xc400, lsl #16".to_owned(),
            "$1 = 0x3".to_owned(),
            "$2 = 0x1234".to_owned(),
            "$3 = {1, 0, 2, 0}".to_owned(),
            "fpsr           0x0".to_owned(),
            "fpcr           0x400000".to_owned(),
            format!("Breakpoint 1, 0x{FIRST_LOOP:016x}"),
            "$4 = 0".to_owned(),
            format!("Breakpoint 1, 0x{FIRST_LOOP:016x}"),
            "$5 = 1".to_owned(),
            format!("{END:#x}:\t0x00000000"),
        ],
    );
    assert!(!printed.contains("$6"), "address 0 is not mapped");
    // gdb has left: the guest is not stopped any more, and can be stopped again.
    machine.connect();
}

#[test]
fn cpus_are_threads_that_come_and_stop_together() {
    let machine = Debugged::start();
    let commands = format!(
        "
break *{SECOND_LOOP:#x}
continue
info threads
print $x0
set scheduler-locking on
stepi
stepi
print $x5
thread 1
stepi
delete
set scheduler-locking off
set {{int}}{END:#x} = 1
continue
"
    );
    let Some(printed) = session(&machine, &commands) else { return };
    assert_lines(
        &printed,
        &[
            "hit Breakpoint 1".to_owned(),
            "(CPU 0)".to_owned(),
            "(CPU 1)".to_owned(),
            format!("$1 = {CONTEXT}"),
            "$2 = 1".to_owned(),
            "[Switching to thread 1".to_owned(),
            "[Inferior 1 (process 1) exited normally]".to_owned(),
        ],
    );
    assert_eq!(machine.wait_for_end(), Stop::PoweredOff);
}
