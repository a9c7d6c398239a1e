//! A VMM with the probe in it: started, connected to, and ended on every path.

use std::fs::{self, File};
use std::io;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::console::{Console, ConsoleError};
use super::host::{Host, HostError};

/// RAM of Hotcore's machines: little, because all of it is overwritten again and again.
const MEMORY: &str = "size=64M";
/// The most of a VMM's log that is quoted.
const QUOTED: usize = 400;

/// How its CPUs are described and started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// ACPI and PSCI.
    Psci,
    /// ACPI and the parking protocol.
    Parking,
    /// A device tree and spin-table.
    SpinTable,
}

/// A machine, as a family of behaviours needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) boot: u16,
    pub(super) max: u16,
    pub(super) start: Start,
    /// In which way it breaks the contract.
    pub(super) fault: Option<&'static str>,
}

impl Shape {
    /// With ACPI and PSCI.
    pub(super) const fn new(boot: u16, max: u16) -> Self {
        Self { boot, max, start: Start::Psci, fault: None }
    }

    /// The same, started so.
    pub(super) const fn start(mut self, start: Start) -> Self {
        self.start = start;
        self
    }

    /// The same, broken so.
    pub(super) const fn fault(mut self, fault: &'static str) -> Self {
        self.fault = Some(fault);
        self
    }
}

/// What is started.
pub(super) enum Vmm {
    /// This program.
    Own { engine: &'static str, fault: Option<String> },
    /// Somebody else's: its command line, and where its console is, if not on its standard streams.
    Foreign { template: String, console: Option<PathBuf> },
}

/// The process of the machine there is; 0 for none.
static CURRENT: AtomicU32 = AtomicU32::new(0);

/// Ends the machine there is, from whichever thread: who waits for it learns of that.
pub(super) fn end_current() {
    let process = i32::try_from(CURRENT.load(Ordering::Acquire)).ok().and_then(Pid::from_raw);
    if let Some(process) = process {
        // It may have ended by itself. Nobody else has its number before `drop` waited for it.
        let _ = kill_process(process, Signal::KILL);
    }
}

/// Why there is no machine.
#[derive(Debug, thiserror::Error)]
pub(super) enum StartError {
    #[error("{what}: {source}")]
    System { what: &'static str, source: io::Error },
    #[error("{source}; the VMM says: {log}")]
    Guest { source: ConsoleError, log: String },
    #[error("{source}; the VMM says: {log}")]
    Host { source: HostError, log: String },
}

fn system(what: &'static str) -> impl FnOnce(io::Error) -> StartError {
    move |source| StartError::System { what, source }
}

/// A running machine. Its VMM is killed when it goes out of scope.
pub(super) struct Machine {
    child: Child,
    pub(super) console: Console,
    pub(super) host: Host,
    folder: TempDir,
}

impl Machine {
    /// Starts one and does not wait for the probe.
    pub(super) fn start(
        vmm: &Vmm,
        kernel: &Path,
        shape: Shape,
        patience: Duration,
    ) -> Result<Self, StartError> {
        let folder = tempfile::tempdir().map_err(system("a folder for sockets"))?;
        let mut command = match vmm {
            Vmm::Own { engine, fault } => {
                own(engine, fault.as_deref(), kernel, shape, folder.path())?
            }
            Vmm::Foreign { template, console } => {
                foreign(template, console.as_deref(), kernel, shape, folder.path())
            }
        };
        let log = File::create(folder.path().join("log")).map_err(system("a file for the log"))?;
        let (output, its_output) = io::pipe().map_err(system("a pipe"))?;
        let (its_input, input) = io::pipe().map_err(system("a pipe"))?;
        let spawned = command.stdin(its_input).stdout(its_output).stderr(log).spawn();
        // With the command go our copies of its ends of the pipes: the console ends with the child.
        drop(command);
        let child = spawned.map_err(system("the VMM cannot be started"))?;
        CURRENT.store(child.id(), Ordering::Release);
        let console = Console::new(output, input);
        let mut machine = Self { child, console, host: Host::Nobody, folder };
        machine.connect(vmm, patience)?;
        Ok(machine)
    }

    /// Waits until the probe takes commands; its banner.
    pub(super) fn wait_until_ready(&mut self, patience: Duration) -> Result<String, StartError> {
        let ready = self.console.wait_until_ready(patience);
        ready.map_err(|source| StartError::Guest { source, log: self.log() })
    }

    /// What the VMM logged last.
    pub(super) fn log(&self) -> String {
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        let start = log.char_indices().rev().nth(QUOTED - 1).map_or(0, |(at, _)| at);
        log.get(start..).unwrap_or_default().trim().replace('\n', "; ")
    }

    fn connect(&mut self, vmm: &Vmm, patience: Duration) -> Result<(), StartError> {
        let (rest, qmp, console) = match vmm {
            Vmm::Own { .. } => (true, false, None),
            Vmm::Foreign { template, console } => {
                (template.contains("{api}"), template.contains("{qmp}"), console.as_deref())
            }
        };
        let until = Instant::now() + patience;
        if let Some(path) = console {
            let stream =
                self.retry(until, || UnixStream::connect(path).map_err(HostError::other))?;
            let input = stream.try_clone().map_err(system("the console"))?;
            self.console = Console::new(stream, input);
        }
        let path = |name| self.folder.path().join(name);
        let (api, control) = (path("api"), path("qmp"));
        if rest {
            self.host = self.retry(until, || Host::rest(&api))?;
        } else if qmp {
            self.host = self.retry(until, || Host::qmp(&control))?;
        }
        Ok(())
    }

    /// Until it succeeds, the VMM has ended, or time is up.
    fn retry<T>(
        &mut self,
        until: Instant,
        mut attempt: impl FnMut() -> Result<T, HostError>,
    ) -> Result<T, StartError> {
        loop {
            let ended = self.child.try_wait().is_ok_and(|status| status.is_some());
            match attempt() {
                Ok(value) => return Ok(value),
                Err(source) if ended || Instant::now() > until => {
                    return Err(StartError::Host { source, log: self.log() });
                }
                Err(_) => thread::sleep(Duration::from_millis(5)),
            }
        }
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        CURRENT.store(0, Ordering::Release);
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn own(
    engine: &str,
    fault: Option<&str>,
    kernel: &Path,
    shape: Shape,
    folder: &Path,
) -> Result<Command, StartError> {
    let program = std::env::current_exe().map_err(system("this program cannot be found"))?;
    let mut command = Command::new(program);
    let Shape { boot, max, start, fault: needed } = shape;
    command
        .args(["run", "--engine", engine, "--memory", MEMORY, "--kernel"])
        .arg(kernel)
        .args(["--cpus", &format!("boot={boot},max={max},removable=no")])
        .arg("--api-socket")
        .arg(folder.join("api"));
    match start {
        Start::Psci => {}
        Start::Parking => drop(command.args(["--firmware", "acpi,cpu-start=parking"])),
        Start::SpinTable => drop(command.args(["--firmware", "dt,cpu-start=spin-table"])),
    }
    if let Some(fault) = needed.or(fault) {
        command.args(["--fault", fault]);
    }
    Ok(command)
}

fn foreign(
    template: &str,
    console: Option<&Path>,
    kernel: &Path,
    shape: Shape,
    folder: &Path,
) -> Command {
    let path = |path: &Path| path.display().to_string();
    let replacements = [
        ("{kernel}", path(kernel)),
        ("{boot}", shape.boot.to_string()),
        ("{max}", shape.max.to_string()),
        ("{cmdline}", "hotcore-probe".to_owned()),
        ("{api}", path(&folder.join("api"))),
        ("{qmp}", path(&folder.join("qmp"))),
        ("{console}", console.map_or_else(String::new, path)),
    ];
    let mut words = template.split_whitespace().map(|word| {
        replacements.iter().fold(word.to_owned(), |word, (name, value)| word.replace(name, value))
    });
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).stdin(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_a_command_line_are_replaced() {
        let template = "qemu -smp {boot},maxcpus={max} -kernel {kernel} -qmp unix:{qmp},server";
        let command =
            foreign(template, None, Path::new("/p"), Shape::new(2, 4), Path::new("/tmp/x"));
        let args: Vec<_> = command.get_args().map(|arg| arg.to_string_lossy()).collect();
        assert_eq!(command.get_program(), "qemu");
        assert_eq!(
            args,
            ["-smp", "2,maxcpus=4", "-kernel", "/p", "-qmp", "unix:/tmp/x/qmp,server"]
        );
    }
}
