//! The emulators that are compared, each a process with the guest's console on its own standard
//! streams, so that one reader times them all.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Seek};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hotcore_report::Emulator;

use super::RAM_KIB;
use crate::console::Console;
use crate::{GuestError, engine, lab_file};

/// QEMU's CPU: everything that its emulator has but what makes it several times slower, or is not
/// used by a guest of ours.
pub(super) const QEMU_CPU: &str = "max,pauth=off,sve=off,sme=off";

/// How long a process may take to print a line, or to end.
const PATIENCE: Duration = Duration::from_secs(300);

/// What the VMM logs: how much each vCPU has executed when it stops.
const LOG: &str = "warn,hotcore_vmm::machine::vcpu=debug";

/// What is run.
pub(super) enum Payload<'a> {
    /// A Linux with an init.
    Linux { kernel: &'a Path, initramfs: &'a Path, cmdline: &'a str, vcpus: u16 },
    /// A flat image for one CPU.
    Flat(&'a Path),
    /// The conformance guest with two CPUs, on a machine with this `--firmware`. Not on QEMU.
    Probe { image: &'a Path, firmware: &'a str },
}

/// An emulator that runs. It is killed when it goes out of scope.
pub(super) struct Running {
    child: Child,
    console: Console,
    log: File,
    begin: Instant,
}

/// How a run ended.
pub(super) struct Ended {
    /// CPU time of the process and its threads.
    pub(super) cpu: Duration,
    /// What all its vCPUs executed, where it says so.
    pub(super) instructions: Option<u64>,
}

impl Running {
    pub(super) fn start(emulator: Emulator, payload: &Payload<'_>) -> Result<Self, GuestError> {
        let mut command = match emulator {
            Emulator::Hotcore => hotcore(payload),
            Emulator::Qemu => qemu(payload)?,
        };
        let log = tempfile::tempfile().map_err(GuestError::system("a file for the log"))?;
        let stderr = log.try_clone().map_err(GuestError::system("a file for the log"))?;
        let (output, theirs) = io::pipe().map_err(GuestError::system("a pipe"))?;
        let (stdin, input) = io::pipe().map_err(GuestError::system("a pipe"))?;
        command.stdin(stdin).stdout(theirs).stderr(stderr);
        let begin = Instant::now();
        let child = command.spawn().map_err(GuestError::system("an emulator cannot be started"))?;
        // With the command go our copies of its ends of the pipes: the console ends with the child.
        drop(command);
        Ok(Self { child, console: Console::new(output, input), log, begin })
    }

    pub(super) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until the guest prints `line`, and gives the time from the process's start to that.
    pub(super) fn until(&mut self, line: &str) -> Result<Duration, GuestError> {
        let lines = self.console.wait_for(0, PATIENCE, |printed| printed == line);
        match lines.ok().and_then(|lines| self.console.begin(lines.len() - 1)) {
            Some(at) => Ok(at - self.begin),
            None => Err(GuestError::NoLine { line: line.to_owned(), report: self.report() }),
        }
    }

    /// Types a command of the conformance guest; gives what it answers before `ok`.
    pub(super) fn ask(&mut self, command: &str) -> Result<Vec<String>, GuestError> {
        let from = self.console.position();
        self.type_line(command)?;
        let is_end = |line: &str| line == "ok" || line.starts_with("error ");
        let lines = self.console.wait_for(from, PATIENCE, is_end).unwrap_or_default();
        if lines.last().is_some_and(|last| last == "ok") {
            return Ok(lines);
        }
        Err(GuestError::NoAnswer { command: command.to_owned(), report: self.report() })
    }

    /// Waits until the guest prints a line that begins so.
    pub(super) fn until_begins(&mut self, begin: &str) -> Result<(), GuestError> {
        let lines = self.console.wait_for(0, PATIENCE, |printed| printed.starts_with(begin));
        let missing = |_| GuestError::NoLine { line: begin.to_owned(), report: self.report() };
        lines.map(drop).map_err(missing)
    }

    pub(super) fn type_line(&mut self, line: &str) -> Result<(), GuestError> {
        self.console.type_line(line).map_err(GuestError::system("the console takes no input"))
    }

    /// Waits for its end, which has to be one without failure.
    pub(super) fn end(mut self) -> Result<Ended, GuestError> {
        let before = children_time()?;
        let until = Instant::now() + PATIENCE;
        let status = loop {
            let status = self.child.try_wait();
            match status.map_err(GuestError::system("an emulator is lost"))? {
                Some(status) => break status,
                None if Instant::now() > until => {
                    let why = format!("an emulator does not end; {}", self.report());
                    return Err(GuestError::Wrong(why));
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        if !status.success() {
            let why = format!("an emulator ended with {status}; {}", self.report());
            return Err(GuestError::Wrong(why));
        }
        let cpu = children_time()?.saturating_sub(before);
        Ok(Ended { cpu, instructions: instructions(&self.log()) })
    }

    fn log(&mut self) -> String {
        let mut log = String::new();
        // What cannot be read is missing, and that is reported.
        let _ = self.log.rewind().and_then(|()| self.log.read_to_string(&mut log));
        log
    }

    fn report(&mut self) -> String {
        format!("console:\n{}\nemulator:\n{}", self.console.all().join("\n"), self.log())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn hotcore(payload: &Payload<'_>) -> Command {
    let mut command = Command::new(lab_file("bin/hotcore"));
    command.args(["run", "--engine", &engine(), "--memory", &format!("size={RAM_KIB}K")]);
    match payload {
        Payload::Linux { kernel, initramfs, cmdline, vcpus } => {
            command.arg("--kernel").arg(kernel).arg("--initramfs").arg(initramfs);
            command.args(["--cmdline", cmdline, "--cpus", &format!("boot={vcpus},max={vcpus}")]);
        }
        Payload::Flat(image) => {
            command.args(["--firmware", "dt", "--kernel"]).arg(image);
        }
        Payload::Probe { image, firmware } => {
            command.args(["--cpus", "boot=2", "--firmware", firmware, "--kernel"]).arg(image);
        }
    }
    command.env("HOTCORE_LOG", LOG);
    command
}

fn qemu(payload: &Payload<'_>) -> Result<Command, GuestError> {
    let mut command = qemu_program()?;
    command
        .args(["-machine", "virt,gic-version=3", "-accel", "tcg,thread=multi", "-cpu", QEMU_CPU])
        .args(["-m", &format!("{}M", RAM_KIB >> 10), "-nodefaults", "-no-reboot"])
        .args(["-display", "none", "-serial", "stdio"]);
    match payload {
        Payload::Linux { kernel, initramfs, cmdline, vcpus } => {
            command.arg("-kernel").arg(kernel).arg("-initrd").arg(initramfs);
            command.args(["-append", cmdline, "-smp", &vcpus.to_string()]);
        }
        Payload::Flat(image) | Payload::Probe { image, .. } => {
            command.arg("-kernel").arg(image);
        }
    }
    Ok(command)
}

/// QEMU, as `cargo xtask bench` has fetched it.
fn qemu_program() -> Result<Command, GuestError> {
    let variable = |name| -> Result<OsString, GuestError> {
        let value = std::env::var_os(name);
        value.ok_or_else(|| GuestError::Wrong(format!("{name} is not set: where is QEMU?")))
    };
    let mut command = Command::new(variable("HOTCORE_QEMU_SYSTEM")?);
    command.env("LD_LIBRARY_PATH", variable("HOTCORE_QEMU_LIBRARIES")?);
    command.arg("-L").arg(variable("HOTCORE_QEMU_DATA")?);
    Ok(command)
}

/// QEMU's name and version.
pub(super) fn qemu_version() -> Result<String, GuestError> {
    let output = qemu_program()?.arg("--version").stderr(Stdio::inherit()).output();
    let output = output.map_err(GuestError::system("QEMU cannot be started"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or("QEMU of an unknown version").to_owned())
}

/// What vCPUs executed until they stopped, as the VMM's log tells, in sum.
fn instructions(log: &str) -> Option<u64> {
    let counts = log.lines().filter_map(|line| {
        let (_, count) = line.split_once(" stops after ")?;
        count.split_whitespace().next()?.parse::<u64>().ok()
    });
    counts.reduce(u64::saturating_add)
}

/// CPU time of the children that have ended (proc(5): `cutime` and `cstime`).
fn children_time() -> Result<Duration, GuestError> {
    let stat = fs::read_to_string("/proc/self/stat");
    let stat = stat.map_err(GuestError::system("this process's account in /proc"))?;
    let unknown = || GuestError::Wrong(format!("/proc/self/stat has no times: {stat}"));
    ended_children(&stat).ok_or_else(unknown)
}

fn ended_children(stat: &str) -> Option<Duration> {
    /// `USER_HZ` of every architecture that Linux still has: a tick is 10 ms.
    const TICK: Duration = Duration::from_millis(10);
    // The program's name is in parentheses and may contain anything; the third field follows it.
    let mut fields = stat[stat.rfind(')')? + 1..].split_whitespace().skip(16 - 3);
    let mut ticks = || fields.next()?.parse::<u32>().ok();
    let (user, system) = (ticks()?, ticks()?);
    Some(TICK * user.saturating_add(system))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_of_all_vcpus_are_added() {
        let log = "\
2026-01-01T00:00:00.000000Z DEBUG vCPU 1 stops after 300 instructions
2026-01-01T00:00:00.000000Z  WARN the weather is bad
2026-01-01T00:00:00.000001Z DEBUG vCPU 0 stops after 25 instructions
";
        assert_eq!(instructions(log), Some(325));
        assert_eq!(instructions("vCPU 0 stops after all\n"), None);
    }

    #[test]
    fn times_of_ended_children_are_found_behind_any_name() {
        let stat = "7 (a) b (c)) S 1 7 7 0 -1 4194304 98 0 0 0 3 4 250 17 20 0 1 0 55 8192 99";
        assert_eq!(ended_children(stat), Some(Duration::from_millis(2670)));
        assert_eq!(ended_children("7 (a) S 1"), None);
    }
}
