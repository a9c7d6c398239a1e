//! Both halves, and who may act next.

mod act;
mod steps;

use crate::CPUS;
use crate::firmware::Firmware;
use crate::guest::Task;
use crate::judge::{self, Cause, Violation};
use crate::machine::{Machine, Request};
use crate::mutant::Mutant;
use crate::program::{Node, Program};

/// How often those may act who need no reason to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limits {
    /// The host asks for something.
    pub requests: u8,
    /// The machine is reset.
    pub resets: u8,
    /// The OS refuses to let a CPU go.
    pub refusals: u8,
    /// An event is repeated although nothing was lost yet.
    pub repeats: u8,
    /// So much time passes at once that all patience is over.
    pub expiries: u8,
    /// A CPU is so slow that the OS waits no longer.
    pub delays: u8,
    /// The OS ejects a CPU of its own accord.
    pub ejects: u8,
    /// The OS takes a CPU offline and brings it up again.
    pub offlines: u8,
    /// The VMM cannot start a CPU.
    pub failures: u8,
    /// A guest tries to start a CPU that may not start: one that is not enabled, as Linux 6.12 does while it
    /// boots, or by its mailbox one that is not parked.
    pub pokes: u8,
    /// The OS hands the machine on to the next one.
    pub kexecs: u8,
}

impl Limits {
    /// Nobody acts but those who have to.
    pub const NONE: Self = Self {
        requests: 0,
        resets: 0,
        refusals: 0,
        repeats: 0,
        expiries: 0,
        delays: 0,
        ejects: 0,
        offlines: 0,
        failures: 0,
        pokes: 0,
        kexecs: 0,
    };
}

/// What is searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    /// How CPUs are started.
    pub firmware: Firmware,
    /// How often who may act.
    pub limits: Limits,
    /// The rule that is broken.
    pub mutant: Option<Mutant>,
}

/// How the OS's next step goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Choice {
    /// As the machine answers.
    Plain,
    /// It waits for as long as it would at most.
    Endless,
    /// It refuses.
    Refuse,
    /// The CPU that it starts cannot be started.
    Fail,
}

/// A step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The OS begins a task.
    Begin(Task),
    /// The OS does its next access, call or wait.
    Os(Choice),
    /// A CPU does what it has to do next.
    Cpu(usize),
    /// The host asks.
    Host(Request),
    /// The guest tries to start this CPU, which may not start.
    Poke(usize),
    /// The machine is reset.
    Reset,
    /// Time passes until an event is repeated.
    Repeat,
    /// Time passes until all patience is over.
    Expire,
}

/// Why something may have gone badly without anybody's fault.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
struct Excuses {
    /// The host's patience was over, so operations may end badly.
    expired: bool,
    /// The OS's patience was over, so it may have lost CPUs.
    delayed: bool,
    /// The patience of an OS before it was over: what that OS began for the host may still end badly.
    delayed_before: bool,
    /// The OS has refused to let a CPU go.
    refused: bool,
    /// The OS has ejected a CPU of its own accord.
    returned: bool,
    /// A CPU could not be started.
    failed: bool,
    /// Somebody has written into a mailbox that is not looked into.
    strayed: bool,
}

impl Excuses {
    /// Another OS begins. It has lost no CPU, and has nothing to complain of: all are in the firmware.
    fn next_os(&mut self) {
        self.delayed_before |= core::mem::take(&mut self.delayed);
    }
}

/// Both halves at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct World {
    machine: Machine,
    os: Node,
    /// An edge of the GED's interrupt that the OS has not taken.
    interrupt: bool,
    /// Something has happened since the OS last looked while waiting.
    changed: bool,
    limits: Limits,
    excuses: Excuses,
}

impl World {
    /// Before the first step.
    pub fn new(scenario: &Scenario, program: &Program) -> Self {
        Self {
            machine: Machine::new(scenario.firmware),
            os: program.boot,
            interrupt: false,
            changed: false,
            limits: scenario.limits,
            excuses: Excuses::default(),
        }
    }

    /// Takes a step, and judges what has become of it.
    pub fn take(
        &mut self,
        step: Step,
        program: &mut Program,
        mutant: Option<Mutant>,
    ) -> Result<(), Violation> {
        let (before, os) = (judge::enabled(&self.machine), self.os);
        let cause = match step {
            Step::Begin(_) | Step::Os(_) | Step::Cpu(_) | Step::Poke(_) => Cause::Guest,
            Step::Reset => Cause::Reset,
            Step::Host(_) | Step::Repeat | Step::Expire => Cause::Host,
        };
        self.act(step, program, mutant)?;
        self.settle(before, os, program, cause)
    }

    /// Lets time pass until the ledger waits no longer; whether it waited.
    fn pass(&mut self, mutant: Option<Mutant>) -> bool {
        let Some(at) = self.machine.ledger.next_deadline() else { return false };
        self.machine.tick(at, mutant);
        true
    }

    /// Judges the end.
    pub(crate) fn judge_end(&self, program: &Program) -> Result<(), Violation> {
        let expected = judge::Expected {
            os: !self.excuses.delayed,
            all: !(self.excuses.expired || self.excuses.failed),
        };
        judge::judge_end(&self.machine, self.os, program, expected)
    }

    /// Lets time pass, and judges.
    pub(crate) fn let_pass(
        &mut self,
        program: &Program,
        mutant: Option<Mutant>,
    ) -> Result<bool, Violation> {
        let before = judge::enabled(&self.machine);
        let waited = self.pass(mutant);
        self.settle(before, self.os, program, Cause::Host)?;
        Ok(waited)
    }

    /// What a step has brought about is taken note of, and judged.
    fn settle(
        &mut self,
        before: [bool; CPUS],
        os: Node,
        program: &Program,
        cause: Cause,
    ) -> Result<(), Violation> {
        self.interrupt |= core::mem::take(&mut self.machine.pulse) && program.listens(self.os);
        self.judge_outcomes()?;
        judge::judge_disabled(before, &self.machine, os, program, cause)?;
        judge::judge(&self.machine, self.os, program)
    }
}
