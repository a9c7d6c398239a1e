//! `hotcore top`, on a terminal and without one, on a machine whose guest is a script.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

mod screen;
#[path = "../served/mod.rs"]
mod served;

use std::fs::{File, OpenOptions};
use std::io::{Read, Write, stderr};
use std::process::{Child, Command, Output};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use hotcore_scripted::Manners;
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use serde_json::Value;

use screen::Screen;
use served::Served;

/// Far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(60);
const LEAVE: &str = "\x1b[?1049l";
const SHOW_CURSOR: &str = "\x1b[?25h";

fn top(served: &Served, words: &str) -> Command {
    let mut top = Command::new(env!("CARGO_BIN_EXE_hotcore"));
    top.arg("top").arg("--api-socket").arg(served.socket()).args(words.split_whitespace());
    top
}

fn print(served: &Served, words: &str) -> Output {
    top(served, words).output().unwrap()
}

/// A terminal with `hotcore top` on it.
struct OnTerminal {
    child: Child,
    keyboard: File,
    terminal: File,
    output: Receiver<Vec<u8>>,
    screen: Screen,
}

impl OnTerminal {
    fn start(served: &Served) -> Self {
        let keyboard = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keyboard).unwrap();
        unlockpt(&keyboard).unwrap();
        let winsize = Winsize { ws_row: 24, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        let name = ptsname(&keyboard, Vec::new()).unwrap().into_string().unwrap();
        let terminal = OpenOptions::new().read(true).write(true).open(name).unwrap();
        tcsetwinsize(&terminal, winsize).unwrap();
        let side = || terminal.try_clone().unwrap();
        let mut top = top(served, "--interval 0.05");
        let child = top.stdin(side()).stdout(side()).stderr(side()).spawn().unwrap();
        let keyboard = File::from(keyboard);
        let mut screen = keyboard.try_clone().unwrap();
        let (send, output) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count) = screen.read(&mut bytes) {
                let _ = send.send(bytes[..count].to_vec());
            }
        });
        Self { child, keyboard, terminal, output, screen: Screen::default() }
    }

    fn type_in(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    fn is_raw(&self) -> bool {
        !tcgetattr(&self.terminal).unwrap().local_modes.contains(LocalModes::ECHO)
    }

    /// Waits until this has been printed.
    fn wait_for(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.screen.shows(text) {
            let left = deadline.saturating_duration_since(Instant::now());
            let bytes = self.output.recv_timeout(left);
            let bytes = bytes.unwrap_or_else(|_| panic!("no {text:?} in\n{}", self.screen));
            self.screen.print(&bytes);
        }
    }

    /// Waits until this has come, wherever it is shown.
    fn wait_for_bytes(&mut self, sequence: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.screen.got(sequence) {
            let left = deadline.saturating_duration_since(Instant::now());
            let bytes = self.output.recv_timeout(left);
            let bytes = bytes.unwrap_or_else(|_| panic!("no {sequence:?} in\n{}", self.screen));
            self.screen.print(&bytes);
        }
    }

    /// Waits for its end, and for the terminal to be as it was.
    fn end(mut self) -> Option<i32> {
        self.wait_for_bytes(LEAVE);
        self.wait_for_bytes(SHOW_CURSOR);
        let status = self.child.wait().unwrap().code();
        assert!(!self.is_raw(), "the terminal is as it was");
        status
    }
}

impl Drop for OnTerminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn once_is_a_table_or_json() {
    let served = Served::boot();
    let output = print(&served, "--once --interval 0.05");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(text.starts_with("running: 1 of 4 CPUs, 64 MiB, Linux 6.12.43, acpi"), "{text}");
    assert_eq!(text.lines().count(), 4 + 4, "{text}");

    let output = print(&served, "--once --json --interval 0.05");
    let view: Value = serde_json::from_slice(&output.stdout).unwrap();
    let first = &view["cpus"][0];
    assert_eq!((&first["cpu"], &first["enabled"]), (&0.into(), &true.into()));
    assert!(first["thread"].as_u64().is_some() && first["busy_percent"].is_f64(), "{view}");
    assert_eq!(view["cpus"][3]["thread"], Value::Null);
}

#[test]
fn without_a_terminal_or_a_vmm_it_says_so() {
    let mut served = Served::boot();
    let output = print(&served, "");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && errors.contains("--once"), "{errors}");
    assert_eq!(print(&served, "--json").status.code(), Some(2));
    served.end();
    let output = print(&served, "--once");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && errors.contains("no VMM answers at"), "{errors}");
}

#[test]
fn keys_add_and_remove_and_quit() {
    let served = Served::boot();
    let mut top = OnTerminal::start(&served);
    top.wait_for("LAST OPERATION");
    assert!(top.is_raw());
    top.type_in("a");
    top.wait_for("CPU 1 is online (");
    assert_eq!(served.control.info().enabled, 2);
    served.guest.set_manners(Manners { refuses_removal: Some(0x82), ..Manners::default() });
    top.type_in("\x1b[B-");
    top.wait_for("the guest refused to remove CPU 1");
    top.type_in("q");
    assert_eq!(top.end(), Some(0));
}

/// proc(5), `SigIgn`: bit N-1 for signal N.
fn is_ignored(signal: Signal) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    let mask = u64::from_str_radix(mask.trim(), 16).unwrap();
    mask >> (signal.as_raw() - 1) & 1 == 1
}

#[test]
fn a_signal_gives_the_terminal_back() {
    let served = Served::boot();
    for (signal, status) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::HUP, 129)] {
        if is_ignored(signal) {
            // Written past libtest, which keeps what a passing test prints with a macro to itself.
            let _ = writeln!(
                stderr(),
                "skipped: {signal:?} is ignored here (nohup? a shell's background?), and so by what is started here"
            );
            continue;
        }
        let mut top = OnTerminal::start(&served);
        top.wait_for("LAST OPERATION");
        kill_process(Pid::from_child(&top.child), signal).unwrap();
        assert_eq!(top.end(), Some(status));
    }
}

#[test]
fn the_end_of_the_vmm_gives_the_terminal_back() {
    let mut served = Served::boot();
    let mut top = OnTerminal::start(&served);
    top.wait_for("LAST OPERATION");
    served.end();
    top.wait_for_bytes("hotcore: error: the VMM did not answer");
    assert_eq!(top.end(), Some(1));
}
