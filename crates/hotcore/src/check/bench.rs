//! What a behaviour is looked at with: a machine, its console and its host's side, each wait bounded.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::answer::{Answer, Step, mask};
use super::host::{Ended, Host, HostError};
use super::machine::{Machine, Shape, StartError, Vmm};
use super::verdict::{Trouble, fail, not_applicable};

/// How often the probe is asked for events while one is waited for.
const STEP: Duration = Duration::from_millis(20);

/// A bench.
pub(super) struct Bench<'a> {
    vmm: &'a Vmm,
    kernel: &'a Path,
    /// How long any one thing may take.
    pub(super) patience: Duration,
    /// How often a CPU is handed back where that is repeated.
    pub(super) cycles: u32,
    /// Where the machine has its registers, once that was found out.
    pub(super) registers: Option<Registers>,
    shape: Shape,
    machine: Option<Machine>,
}

/// The addresses of the CPU hotplug register block and of the GED.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Registers {
    pub(super) block: u64,
    pub(super) ged: u64,
}

/// The probe's masks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Masks {
    pub(super) possible: Vec<u32>,
    pub(super) present: Vec<u32>,
    pub(super) enabled: Vec<u32>,
    pub(super) online: Vec<u32>,
}

impl<'a> Bench<'a> {
    pub(super) fn new(vmm: &'a Vmm, kernel: &'a Path, patience: Duration, cycles: u32) -> Self {
        let shape = Shape::new(1, 1);
        Self { vmm, kernel, patience, cycles, registers: None, shape, machine: None }
    }

    /// Whether the VMM is this program.
    pub(super) fn is_own(&self) -> bool {
        matches!(self.vmm, Vmm::Own { .. })
    }

    /// Whether its guests run on KVM.
    pub(super) fn is_kvm(&self) -> bool {
        matches!(self.vmm, Vmm::Own { engine: "kvm", .. })
    }

    /// How many CPUs there are to be.
    pub(super) fn max(&self) -> u32 {
        self.shape.max.into()
    }

    /// Ends the machine.
    pub(super) fn end(&mut self) {
        self.machine = None;
        self.registers = None;
    }

    /// Whether there is one.
    pub(super) fn is_running(&self) -> bool {
        self.machine.is_some()
    }

    /// Starts a machine and waits for the probe. `meanwhile` happens before that.
    pub(super) fn begin(
        &mut self,
        shape: Shape,
        meanwhile: impl FnOnce(&mut Host) -> Result<(), HostError>,
    ) -> Result<(), Trouble> {
        self.end();
        self.shape = shape;
        let start = || -> Result<Machine, StartError> {
            let mut machine = Machine::start(self.vmm, self.kernel, shape, self.patience)?;
            let done = meanwhile(&mut machine.host);
            done.map_err(|source| StartError::Host { source, log: machine.log() })?;
            machine.wait_until_ready(self.patience)?;
            // A byte costs an exit or two: only who wants to see accesses is told of them.
            let quiet = machine.console.ask("tell off", self.patience);
            quiet.map_err(|source| StartError::Guest { source, log: machine.log() })?;
            Ok(machine)
        };
        match start() {
            Ok(machine) => {
                self.machine = Some(machine);
                Ok(())
            }
            Err(error) => fail(format!("the machine does not start: {error}")),
        }
    }

    fn machine(&mut self) -> Result<&mut Machine, Trouble> {
        match &mut self.machine {
            Some(machine) => Ok(machine),
            None => fail("the machine has ended"),
        }
    }

    /// Sends a command to the probe, whatever it answers.
    pub(super) fn try_ask(&mut self, command: &str) -> Result<Answer, Trouble> {
        let patience = self.patience;
        let machine = self.machine()?;
        machine.console.ask(command, patience).or_else(|error| {
            let latest = machine.console.latest().join("; ");
            fail(format!("`{command}`: {error} (console: {latest}; VMM: {})", machine.log()))
        })
    }

    /// Sends a command to the probe that has to succeed.
    pub(super) fn ask(&mut self, command: &str) -> Result<Answer, Trouble> {
        let answer = self.try_ask(command)?;
        match &answer.error {
            Some(reason) => fail(format!("`{command}`: {reason} ({})", answer.lines.join("; "))),
            None => Ok(answer),
        }
    }

    /// Sends a command after which the probe begins anew.
    pub(super) fn restart(&mut self, command: &str) -> Result<(), Trouble> {
        let patience = self.patience;
        let machine = self.machine()?;
        let sent = machine.console.send(command).map_err(|error| Trouble::Fail(error.to_string()));
        sent.and_then(|()| match machine.wait_until_ready(patience) {
            Ok(_) => Ok(()),
            Err(error) => fail(format!("after `{command}`: {error}")),
        })
    }

    /// One load.
    pub(super) fn read(&mut self, address: u64, width: u8) -> Result<u64, Trouble> {
        self.ask(&format!("read {address:#x} {width}"))?.number("value")
    }

    /// One store.
    pub(super) fn write(&mut self, address: u64, width: u8, value: u64) -> Result<(), Trouble> {
        self.ask(&format!("write {address:#x} {width} {value:#x}")).map(drop)
    }

    /// A call of the firmware: X0, sign-extended.
    pub(super) fn psci(&mut self, function: u32, [a, b]: [u64; 2]) -> Result<i64, Trouble> {
        let answer = self.ask(&format!("psci {function:#x} {a:#x} {b:#x} 0"))?;
        Ok(answer.number("x0")?.cast_signed())
    }

    /// The host's side, if there is one.
    pub(super) fn host(&mut self) -> Result<&mut Host, Trouble> {
        let host = &mut self.machine()?.host;
        if host.exists() {
            return Ok(host);
        }
        not_applicable(
            "this VMM adds and removes no CPUs: its command line has neither {api} nor {qmp}",
        )
    }

    /// Asks the host for a CPU.
    pub(super) fn plug(&mut self, cpu: u32) -> Result<(), Trouble> {
        self.host()?.plug(cpu).or_else(|error| fail(format!("CPU {cpu} cannot be added: {error}")))
    }

    /// Asks the host to remove a CPU.
    pub(super) fn unplug(&mut self, cpu: u32) -> Result<(), Trouble> {
        self.host()?
            .unplug(cpu)
            .or_else(|error| fail(format!("CPU {cpu} cannot be removed: {error}")))
    }

    /// How the host says that its latest request for a CPU ended.
    pub(super) fn ended(&mut self, cpu: u32) -> Result<Ended, Trouble> {
        let patience = self.patience;
        self.host()?.end(cpu, patience).or_else(|error| fail(error.to_string()))
    }

    /// Has the probe handle events until `done`, and gives all that it told meanwhile.
    pub(super) fn events_until(
        &mut self,
        what: &str,
        mut done: impl FnMut(&Answer) -> bool,
    ) -> Result<Answer, Trouble> {
        let until = Instant::now() + self.patience;
        let mut told = Answer::default();
        loop {
            told.lines.extend(self.ask("events")?.lines);
            if done(&told) {
                return Ok(told);
            }
            if Instant::now() > until {
                return fail(format!("{what} does not come: {:?}", told.steps()));
            }
            thread::sleep(STEP);
        }
    }

    /// Adds a CPU and has the probe handle that.
    pub(super) fn add(&mut self, cpu: u32) -> Result<Answer, Trouble> {
        self.plug(cpu)?;
        let is_ost = |step: &Step| matches!(step, Step::Ost(0 | 1, _));
        self.events_until("the answer to an added CPU", |told| told.steps().iter().any(is_ost))
    }

    /// Has the host ask for a CPU back, and the probe handle that.
    pub(super) fn remove(&mut self, cpu: u32) -> Result<Answer, Trouble> {
        self.unplug(cpu)?;
        let is_last = |step: &Step| matches!(step, Step::Ost(3, status) if *status != 0x84);
        self.events_until("the answer to an unplug request", |told| {
            told.steps().iter().any(is_last)
        })
    }

    /// `_STA` of a CPU's object.
    pub(super) fn sta(&mut self, cpu: u32) -> Result<u64, Trouble> {
        self.ask(&format!("sta {cpu}"))?.number("sta")
    }

    /// The masks.
    pub(super) fn masks(&mut self) -> Result<Masks, Trouble> {
        let answer = self.ask("cpus")?;
        // The CPUs' own lines come first, and have words of the same names.
        let one = |name: &str| {
            let mut masks =
                answer.lines.iter().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            masks.next().map_or_else(
                || fail(format!("the probe has no mask {name}")),
                |text| Ok(mask(text)),
            )
        };
        Ok(Masks {
            possible: one("possible")?,
            present: one("present")?,
            enabled: one("enabled")?,
            online: one("online")?,
        })
    }
}
