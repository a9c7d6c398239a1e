//! `hotcore run --serial tty` on a terminal: whose the keys are, and how the terminal is left.

mod echo;
mod screen;

use std::io::{Write, stderr};

use hotcore_e2e::engine;
use rustix::process::Signal;
use screen::Screen;

const CTRL_A: u8 = 0x01;

/// Ctrl-C, Ctrl-D, Ctrl-Z, Ctrl-\, Ctrl-S, Ctrl-Q, backspace, return: the terminal makes nothing
/// of them.
const SPECIAL: &[u8] = b"\x03\x04\x1a\x1c\x13\x11\x7f\r";

#[test]
fn every_key_but_ctrl_a_is_the_guests() {
    let mut screen = Screen::start(&[]);
    screen.press(b"abd");
    screen.expect(b"abd");
    screen.press(SPECIAL);
    screen.expect(SPECIAL);
    // Unknown after Ctrl-A: swallowed.
    screen.press(&[CTRL_A, b'q', b'z']);
    screen.expect(b"z");
    screen.press(&[CTRL_A, CTRL_A, b'y']);
    screen.expect(&[CTRL_A, b'y']);
    screen.press(&[CTRL_A, b'h']);
    screen.expect(b"\r\nhotcore: Ctrl-A x: end   Ctrl-A h: help   Ctrl-A Ctrl-A: send Ctrl-A\r\n");
    screen.press(b"x");
    screen.expect(b"x");
    screen.assert_raw();
}

#[test]
fn the_terminal_is_as_before_after_ctrl_a_x() {
    let mut screen = Screen::start(&[]);
    screen.press(&[CTRL_A, b'x']);
    screen.assert_ends(0);
}

#[test]
fn the_terminal_is_as_before_after_a_power_off() {
    let mut screen = Screen::start(&[]);
    screen.press(echo::POWER_OFF);
    screen.assert_ends(0);
}

#[test]
fn the_terminal_stays_raw_over_a_reset() {
    let mut screen = Screen::start(&[]);
    screen.press(echo::RESET);
    screen.expect(b">");
    screen.assert_raw();
    screen.press(b"a");
    screen.expect(b"a");
    screen.press(echo::POWER_OFF);
    screen.assert_ends(0);
}

#[test]
fn the_terminal_is_as_before_after_a_reset_that_is_the_end() {
    let mut screen = Screen::start(&["--no-reboot"]);
    screen.press(echo::RESET);
    screen.assert_ends(4);
}

#[test]
fn the_terminal_is_as_before_after_a_crash() {
    if engine() == "soft" {
        // Written past libtest, which keeps what a passing test prints with a macro to itself.
        let _ =
            writeln!(stderr(), "skipped: there is nothing that the software engine cannot execute");
        return;
    }
    let mut screen = Screen::start(&[]);
    screen.press(echo::CRASH);
    let shown = screen.assert_ends(3);
    assert!(shown.contains("hotcore: the guest crashed: vCPU 0 at "), "{shown}");
}

/// A reset reads the kernel's file again.
#[test]
fn the_terminal_is_as_before_after_an_error() {
    let mut screen = Screen::start(&[]);
    screen.empty_the_kernel();
    screen.press(echo::RESET);
    let shown = screen.assert_ends(1);
    assert!(shown.contains("echo"), "names the file: {shown}");
}

#[test]
fn the_terminal_is_as_before_after_a_signal() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT] {
        if is_ignored(signal) {
            let _ = writeln!(
                stderr(),
                "skipped: {signal:?} is ignored here (nohup? a shell's background?), and so by hotcore"
            );
            continue;
        }
        let screen = Screen::start(&[]);
        screen.signal(signal);
        screen.assert_ends(128 + signal.as_raw());
    }
}

/// proc(5), `SigIgn`: bit N-1 for signal N.
fn is_ignored(signal: Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").expect("proc");
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.expect("a mask") >> (signal.as_raw() - 1) & 1 == 1
}
