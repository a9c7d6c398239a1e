//! Which steps can be taken.

use hotcore_ospm::Cpu;

use super::{Choice, Step, World};
use crate::CPUS;
use crate::guest::Task;
use crate::machine::{Hardware, Request};
use crate::program::Program;
use crate::replay::Ask;

impl World {
    /// Appends every step that can be taken: those that happen by themselves, then the others.
    pub fn steps(&self, program: &Program, steps: &mut Vec<Step>) {
        self.natural_steps(program, steps);
        match program.ask(self.os) {
            Some(Ask::Offline(..)) if self.limits.refusals > 0 => {
                steps.push(Step::Os(Choice::Refuse));
            }
            Some(Ask::Wait)
                if self.limits.delays > 0 && (self.changed || self.moving().next().is_some()) =>
            {
                steps.push(Step::Os(Choice::Endless));
            }
            Some(ask) if self.limits.failures > 0 && self.machine.starts_cpu(&ask) => {
                steps.push(Step::Os(Choice::Fail));
            }
            None if program.listens(self.os) => self.whims(program, steps),
            _ => {}
        }
        self.requests(program, steps);
        if self.limits.pokes > 0 {
            let cpus = (1..CPUS).filter(|&cpu| self.machine.may_not_start(cpu));
            steps.extend(cpus.map(Step::Poke));
        }
        if self.limits.resets > 0 {
            steps.push(Step::Reset);
        }
        if self.limits.repeats > 0 && self.machine.has_event() {
            steps.push(Step::Repeat);
        }
        if self.limits.expiries > 0 && self.machine.ledger.next_deadline().is_some() {
            steps.push(Step::Expire);
        }
    }

    /// What happens without anybody's wish, and at once.
    pub(crate) fn natural_steps(&self, program: &Program, steps: &mut Vec<Step>) {
        if self.interrupt && self.is_idle(program) {
            steps.push(Step::Begin(Task::Interrupt));
        }
        steps.extend(program.tasks(self.os).iter().copied().map(Step::Begin));
        steps.extend(self.moving().map(Step::Cpu));
        let nobody = self.moving().next().is_none();
        match program.ask(self.os) {
            Some(Ask::Wait) if self.changed => steps.push(Step::Os(Choice::Plain)),
            // Nobody else has anything to do: the OS waits for as long as it would at most.
            Some(Ask::Wait) if nobody => steps.push(Step::Os(Choice::Endless)),
            Some(Ask::Wait) | None => {}
            Some(_) => steps.push(Step::Os(Choice::Plain)),
        }
    }

    fn is_idle(&self, program: &Program) -> bool {
        program.ask(self.os).is_none()
    }

    /// What the OS can begin with because somebody in it wants to.
    fn whims(&self, program: &Program, steps: &mut Vec<Step>) {
        let half = &program.guest(self.os).half;
        for cpu in (1..CPUS as u32).map(Cpu) {
            if self.limits.ejects > 0 && half.has_hotplug() {
                steps.push(Step::Begin(Task::Eject(cpu)));
            }
            if self.limits.offlines > 0 {
                steps.push(Step::Begin(Task::Offline(cpu)));
            }
        }
        // It answers what it was asked by a notification first: the next OS knows nothing of it.
        if self.limits.kexecs > 0 && !half.is_notified() {
            steps.push(Step::Begin(Task::Kexec));
        }
    }

    /// The VMM takes no requests on a machine without hotplug.
    fn requests(&self, program: &Program, steps: &mut Vec<Step>) {
        if self.limits.requests == 0 || !program.guest(self.os).half.has_hotplug() {
            return;
        }
        for cpu in 1..CPUS as u16 {
            let requests = [Request::Plug(cpu), Request::Unplug(cpu), Request::Cancel(cpu)];
            steps.extend(requests.map(Step::Host));
        }
    }

    /// The CPUs that have something to do next.
    pub(super) fn moving(&self) -> impl Iterator<Item = usize> {
        let rests = |cpu| matches!(cpu, Hardware::Parked | Hardware::Running);
        (0..CPUS).filter(move |&cpu| !rests(self.machine.hardware[cpu]))
    }
}
