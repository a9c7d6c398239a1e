//! A pseudo-terminal with `hotcore run --serial tty` on it, and a person at its other end.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use hotcore_e2e::{engine, lab_file};
use rustix::fs::{Mode, OFlags};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{
    InputModes, LocalModes, OptionalActions, OutputModes, SpecialCodeIndex, tcgetattr, tcsetattr,
};
use tempfile::TempDir;

use super::echo;

/// A nested lab on two busy cores is slow.
const PATIENCE: Duration = Duration::from_secs(60);

/// The terminal and what runs on it.
pub(super) struct Screen {
    person: File,
    /// Open here too, so that the terminal stays when the process is gone.
    terminal: File,
    shown: Vec<u8>,
    more: Receiver<Vec<u8>>,
    before: String,
    child: Child,
    folder: TempDir,
}

impl Screen {
    /// Starts the echoing guest, and waits until it runs and the terminal is raw.
    pub(super) fn start(args: &[&str]) -> Self {
        let (person, terminal) = pair();
        make_unusual(&terminal);
        let before = modes(&terminal);
        let folder = tempfile::tempdir().expect("a folder");
        let kernel = folder.path().join("echo");
        std::fs::write(&kernel, echo::image()).expect("the kernel is written");
        let stream = || terminal.try_clone().expect("the terminal is ours");
        let child = Command::new(lab_file("bin/hotcore"))
            .args([
                "run",
                "--engine",
                &engine(),
                "--firmware",
                "dt",
                "--memory",
                "size=64M",
                "--serial",
                "tty",
            ])
            .arg("--kernel")
            .arg(kernel)
            .args(args)
            .stdin(stream())
            .stdout(stream())
            .stderr(stream())
            .spawn()
            .expect("hotcore starts");
        let more = listen(person.try_clone().expect("the terminal is ours"));
        let mut screen = Self { person, terminal, shown: Vec::new(), more, before, child, folder };
        screen.expect(b">");
        screen.assert_raw();
        screen
    }

    /// Presses keys.
    pub(super) fn press(&mut self, keys: &[u8]) {
        self.person.write_all(keys).expect("the terminal takes keys");
    }

    /// Waits until `text` is the next that is shown.
    #[track_caller]
    pub(super) fn expect(&mut self, text: &[u8]) {
        while self.shown.len() < text.len() && self.shown_more() {}
        let end = text.len().min(self.shown.len());
        let shown: Vec<u8> = self.shown.drain(..end).collect();
        assert_eq!(shown.escape_ascii().to_string(), text.escape_ascii().to_string());
    }

    /// Waits for more to be shown.
    fn shown_more(&mut self) -> bool {
        let more = self.more.recv_timeout(PATIENCE);
        more.is_ok_and(|more| self.shown.write_all(&more).is_ok())
    }

    /// Every key goes to the guest, and none is shown by the terminal itself.
    #[track_caller]
    pub(super) fn assert_raw(&self) {
        assert_ne!(modes(&self.terminal), self.before);
        let now = tcgetattr(&self.terminal).expect("the terminal has modes");
        let cooked = LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG | LocalModes::IEXTEN;
        assert!(!now.local_modes.intersects(cooked), "{now:?}");
        let changing = InputModes::ICRNL | InputModes::INLCR | InputModes::IXON;
        assert!(!now.input_modes.intersects(changing), "{now:?}");
        let lines = OutputModes::OPOST | OutputModes::ONLCR;
        assert!(now.output_modes.contains(lines), "messages begin at the left margin: {now:?}");
    }

    /// Sends the VMM a signal.
    pub(super) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).expect("hotcore is there");
    }

    /// From now on the kernel's file is empty.
    pub(super) fn empty_the_kernel(&self) {
        File::create(self.folder.path().join("echo")).expect("the kernel's file is there");
    }

    /// Waits for the end of the VMM: its status, and a terminal that is as it was before.
    /// Gives what was shown since.
    #[track_caller]
    pub(super) fn assert_ends(mut self, status: i32) -> String {
        let until = Instant::now() + PATIENCE;
        let ended = loop {
            if let Some(ended) = self.child.try_wait().expect("hotcore is ours") {
                break ended;
            }
            assert!(Instant::now() < until, "hotcore does not end");
            thread::sleep(Duration::from_millis(10));
        };
        assert_eq!(modes(&self.terminal), self.before);
        // Comes after everything that hotcore has written.
        self.terminal.write_all(b"\0").expect("the terminal takes output");
        while !self.shown.ends_with(b"\0") && self.shown_more() {}
        let shown = String::from_utf8_lossy(&self.shown).into_owned();
        assert_eq!(ended.code(), Some(status), "{shown}");
        shown
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Both ends of a new pseudo-terminal.
fn pair() -> (File, File) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC);
    let person = person.expect("a pseudo-terminal");
    grantpt(&person).expect("it is ours");
    unlockpt(&person).expect("it is ours");
    let name = ptsname(&person, Vec::new()).expect("it has a name");
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
    let terminal = rustix::fs::open(name, flags, Mode::empty()).expect("it can be opened");
    (person.into(), terminal.into())
}

/// Sets what no default would bring back.
fn make_unusual(terminal: &File) {
    let mut modes = tcgetattr(terminal).expect("the terminal has modes");
    modes.input_modes |= InputModes::IXANY | InputModes::IUTF8;
    modes.local_modes.remove(LocalModes::ECHOK);
    modes.special_codes[SpecialCodeIndex::VINTR] = 0x07;
    modes.special_codes[SpecialCodeIndex::VMIN] = 3;
    tcsetattr(terminal, OptionalActions::Now, &modes).expect("the terminal takes modes");
}

/// All that a terminal's modes are, to compare.
fn modes(terminal: &File) -> String {
    format!("{:?}", tcgetattr(terminal).expect("the terminal has modes"))
}

/// Reads what is shown, until the terminal is closed.
fn listen(mut person: File) -> Receiver<Vec<u8>> {
    let (shown, more) = channel();
    thread::spawn(move || {
        let mut chunk = [0; 1024];
        while let Ok(count @ 1..) = person.read(&mut chunk) {
            if shown.send(chunk[..count].to_vec()).is_err() {
                break;
            }
        }
    });
    more
}
