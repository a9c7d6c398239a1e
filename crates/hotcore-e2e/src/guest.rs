//! One guest under one `hotcore run`.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::console::Console;
use crate::{CpuList, Ctl, GuestError, Kernel, Spec, engine, lab_file};

/// How long a guest may take to boot, or to answer: a nested lab on two busy cores is slow, and a
/// test that waits for something that comes does not wait longer for it.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// What a command in the guest answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its exit status.
    pub status: i32,
    /// What it printed, both streams.
    pub text: String,
}

/// Linux's masks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Masks {
    /// `/sys/devices/system/cpu/possible`.
    pub possible: CpuList,
    /// `…/present`.
    pub present: CpuList,
    /// `…/enabled`.
    pub enabled: CpuList,
    /// `…/online`.
    pub online: CpuList,
    /// `…/offline`.
    pub offline: CpuList,
}

/// A running guest. Its VMM is killed when it goes out of scope.
pub struct Guest {
    child: Child,
    console: Console,
    folder: TempDir,
    kernel: Kernel,
}

impl Guest {
    /// Boots a guest and waits until its init takes commands.
    #[track_caller]
    pub fn boot(spec: &Spec) -> Self {
        expect(Self::try_boot(spec))
    }

    /// Boots a guest and waits until its init takes commands.
    pub fn try_boot(spec: &Spec) -> Result<Self, GuestError> {
        let guest = Self::try_start(spec)?;
        guest.try_wait_until_ready(0)?;
        Ok(guest)
    }

    /// Starts a guest without waiting for anything but the VMM's socket.
    #[track_caller]
    pub fn start(spec: &Spec) -> Self {
        expect(Self::try_start(spec))
    }

    /// Starts a guest without waiting for anything but the VMM's socket.
    pub fn try_start(spec: &Spec) -> Result<Self, GuestError> {
        let folder = tempfile::tempdir().map_err(GuestError::system("a folder for the socket"))?;
        let cmdline = format!(
            "console=ttyAMA0 quiet cryptomgr.notests hotcore.autoonline={} {}",
            u8::from(spec.auto_online),
            spec.cmdline
        );
        let log = File::create(folder.path().join("log"));
        let log = log.map_err(GuestError::system("a file for the VMM's log"))?;
        let (output, vmm_output) = io::pipe().map_err(GuestError::system("a pipe"))?;
        let (vmm_input, input) = io::pipe().map_err(GuestError::system("a pipe"))?;
        let child = Command::new(lab_file("bin/hotcore"))
            .args(["run", "--engine", &engine()])
            .arg("--kernel")
            .arg(spec.kernel.image())
            .arg("--initramfs")
            .arg(&spec.initramfs)
            .args(["--cmdline", &cmdline, "--cpus", &spec.cpus, "--memory", &spec.memory])
            .arg("--api-socket")
            .arg(folder.path().join("api"))
            .args(&spec.args)
            .env("HOTCORE_LOG", spec.log)
            .stdin(vmm_input)
            .stdout(vmm_output)
            .stderr(log)
            .spawn()
            .map_err(GuestError::system("hotcore cannot be started"))?;
        let console = Console::new(output, input);
        let mut guest = Self { child, console, folder, kernel: spec.kernel };
        guest.wait_for_socket()?;
        Ok(guest)
    }

    fn wait_for_socket(&mut self) -> Result<(), GuestError> {
        let until = Instant::now() + PATIENCE;
        while !self.socket().exists() {
            let ended = self.child.try_wait().is_ok_and(|status| status.is_some());
            if ended || Instant::now() > until {
                return Err(GuestError::NoSocket { report: self.report() });
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }

    /// Waits for the init's first line at or after the line number `from` of the console.
    #[track_caller]
    pub fn wait_until_ready(&self, from: usize) {
        expect(self.try_wait_until_ready(from));
    }

    fn try_wait_until_ready(&self, from: usize) -> Result<(), GuestError> {
        let ready = self.console.wait_for(from, PATIENCE, |line| line == "hotcore-guest: ready");
        ready.map(drop).map_err(|_| GuestError::NotReady { report: self.report() })
    }

    /// Waits until the guest prints `line` at or after the line number `from` of the console;
    /// gives the time at which it did.
    pub fn try_wait_for_line(&self, from: usize, line: &str) -> Result<Instant, GuestError> {
        let lines = self.console.wait_for(from, PATIENCE, |printed| printed == line);
        let begin = lines.ok().and_then(|lines| self.console.begin(from + lines.len() - 1));
        begin.ok_or_else(|| GuestError::NoLine { line: line.to_owned(), report: self.report() })
    }

    /// The number of lines on the console so far.
    pub fn position(&self) -> usize {
        self.console.position()
    }

    /// The socket of the VMM's API.
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("api")
    }

    /// Process id of the VMM.
    pub fn vmm_pid(&self) -> u32 {
        self.child.id()
    }

    /// What the VMM logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Runs a command in the guest.
    #[track_caller]
    pub fn run(&mut self, command: &str) -> Answer {
        expect(self.try_run(command))
    }

    fn try_run(&mut self, command: &str) -> Result<Answer, GuestError> {
        let from = self.console.position();
        let typed = self.console.type_line(command);
        typed.map_err(GuestError::system("the console takes no input"))?;
        let marker = "hotcore-guest: status ";
        let lines = self.console.wait_for(from, PATIENCE, |line| line.starts_with(marker));
        let mut lines = lines.unwrap_or_default();
        let status = lines.pop().and_then(|last| last.strip_prefix(marker)?.parse().ok());
        let Some(status) = status else {
            return Err(GuestError::NoAnswer { command: command.into(), report: self.report() });
        };
        Ok(Answer { status, text: lines.join("\n") })
    }

    /// Runs a command in the guest that has to succeed; gives what it printed.
    #[track_caller]
    pub fn sh(&mut self, command: &str) -> String {
        expect(self.try_sh(command))
    }

    /// Runs a command in the guest that has to succeed; gives what it printed.
    pub fn try_sh(&mut self, command: &str) -> Result<String, GuestError> {
        let Answer { status, text } = self.try_run(command)?;
        if status == 0 {
            return Ok(text);
        }
        Err(GuestError::Command { command: command.to_owned(), status, text })
    }

    /// The guest's masks, checked against what always holds: enabled ⊆ present ⊆ possible and
    /// online ⊆ present (behaviour 160).
    #[track_caller]
    pub fn masks(&mut self) -> Masks {
        let names = "possible present enabled online offline";
        let text = self.sh(&format!(
            "cd /sys/devices/system/cpu; for m in {names}; do echo \"$m $(cat $m)\"; done"
        ));
        let mask = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let list = line.and_then(CpuList::parse);
            list.unwrap_or_else(|| panic!("no mask {name} in {text:?}"))
        };
        let masks = Masks {
            possible: mask("possible"),
            present: mask("present"),
            enabled: mask("enabled"),
            online: mask("online"),
            offline: mask("offline"),
        };
        assert!(masks.enabled.is_subset(&masks.present), "{masks:?}");
        assert!(masks.present.is_subset(&masks.possible), "{masks:?}");
        assert!(masks.online.is_subset(&masks.present), "{masks:?}");
        let present =
            if self.kernel.present_follows_enabled() { &masks.enabled } else { &masks.possible };
        assert_eq!(&masks.present, present, "present as this kernel defines it: {masks:?}");
        masks
    }

    /// Waits until the guest's `online` is as said: a CPU that executes is not yet there.
    #[track_caller]
    pub fn wait_online(&mut self, expected: &str) {
        self.wait_for_mask("online", expected);
    }

    /// Waits until the guest's `enabled` is as said: a CPU that is ejected is still there for a moment.
    #[track_caller]
    pub fn wait_enabled(&mut self, expected: &str) {
        self.wait_for_mask("enabled", expected);
    }

    #[track_caller]
    fn wait_for_mask(&mut self, name: &str, expected: &str) {
        let until = Instant::now() + PATIENCE;
        loop {
            let mask = self.sh(&format!("cat /sys/devices/system/cpu/{name}"));
            if CpuList::parse(&mask).is_some_and(|list| list == expected) {
                return;
            }
            assert!(Instant::now() < until, "{name} is {mask}; {}", self.report());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Lines of the kernel's log that contain `what`.
    #[track_caller]
    pub fn dmesg(&mut self, what: &str) -> Vec<String> {
        let text = self.run(&format!("dmesg | grep -F -- '{what}'")).text;
        text.lines().map(str::to_owned).collect()
    }

    /// Nothing in the guest's log speaks of a CPU that failed, and nothing tainted the kernel
    /// (behaviour 17).
    #[track_caller]
    pub fn assert_clean(&mut self) {
        for trouble in ["failed to boot", "failed to come online", "not have shut down", "WARNING:"]
        {
            assert_eq!(self.dmesg(trouble), Vec::<String>::new(), "in the guest's log");
        }
        assert_eq!(self.sh("cat /proc/sys/kernel/tainted"), "0", "the guest is tainted");
    }

    /// Runs `hotcore ctl --json` on this machine.
    #[track_caller]
    pub fn ctl(&self, args: &[&str]) -> Ctl {
        self.ctl_command(args).wait()
    }

    /// Starts `hotcore ctl --json` on this machine without waiting for it.
    #[track_caller]
    pub fn ctl_command(&self, args: &[&str]) -> RunningCtl {
        let child = Command::new(lab_file("bin/hotcore"))
            .args(["ctl", "--json", "--api-socket"])
            .arg(self.socket())
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("hotcore ctl starts");
        RunningCtl { child }
    }

    /// `_OST` calls of the guest for one CPU since the machine was made: source and status.
    pub fn osts(&self, cpu: u32) -> Vec<(u32, u32)> {
        let log = self.log();
        let ost = |line: &str| {
            let (_, fields) = line.split_once("Ost { cpu: VcpuIndex(")?;
            let mut numbers = fields.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty());
            let mut next = || numbers.next()?.parse::<u32>().ok();
            let (of, source, status) = (next()?, next()?, next()?);
            (of == cpu).then_some((source, status))
        };
        log.lines().filter_map(ost).collect()
    }

    /// Waits until the guest has made all of these `_OST` calls for one CPU, and no others.
    #[track_caller]
    pub fn wait_osts(&self, cpu: u32, expected: &[(u32, u32)]) {
        let until = Instant::now() + PATIENCE;
        while self.osts(cpu).len() < expected.len() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert_eq!(self.osts(cpu), expected, "{}", self.report());
    }

    /// Waits for the VMM to end by itself.
    #[track_caller]
    pub fn wait_for_end(mut self) -> ExitStatus {
        expect(self.try_wait_for_end())
    }

    fn try_wait_for_end(&mut self) -> Result<ExitStatus, GuestError> {
        let until = Instant::now() + PATIENCE;
        loop {
            let status = self.child.try_wait();
            if let Some(status) = status.map_err(GuestError::system("the VMM is lost"))? {
                return Ok(status);
            }
            if Instant::now() > until {
                let why = format!("the VMM does not end; {}", self.report());
                return Err(GuestError::Wrong(why));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Types a command that is not answered, such as one that ends the guest.
    #[track_caller]
    pub fn type_line(&mut self, command: &str) {
        self.console.type_line(command).expect("the console takes input");
    }

    /// Powers the guest off and checks that the VMM says so.
    #[track_caller]
    pub fn power_off(self) {
        expect(self.try_power_off());
    }

    /// Powers the guest off and checks that the VMM says so.
    pub fn try_power_off(mut self) -> Result<(), GuestError> {
        let typed = self.console.type_line("poweroff -f");
        typed.map_err(GuestError::system("the console takes no input"))?;
        match self.try_wait_for_end()?.code() {
            Some(0) => Ok(()),
            code => Err(GuestError::Wrong(format!("the VMM ended with status {code:?}"))),
        }
    }

    fn report(&self) -> String {
        let lines = self.console.all();
        let last = lines.len().saturating_sub(60);
        format!("console:\n{}\nVMM:\n{}", lines[last..].join("\n"), tail(&self.log(), 60))
    }
}

/// A `hotcore ctl` under way.
pub struct RunningCtl {
    child: Child,
}

impl RunningCtl {
    /// Waits for its end.
    #[track_caller]
    pub fn wait(self) -> Ctl {
        let output = self.child.wait_with_output().expect("hotcore ctl is ours");
        Ctl {
            status: output.status.code().unwrap_or(-1),
            json: serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[track_caller]
fn expect<T>(result: Result<T, GuestError>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

fn tail(text: &str, count: usize) -> String {
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}
