//! Steps, as they are taken.

use core::time::Duration;

use hotcore_ospm::Report;
use hotcore_vcpu::Outcome;

use super::{Choice, Step, World};
use crate::CPUS;
use crate::guest::Task;
use crate::judge::Violation;
use crate::machine::Hardware;
use crate::mutant::Mutant;
use crate::program::{Edge, Program};
use crate::replay::Ask;

/// Longer than anybody's patience.
const AGE: Duration = Duration::from_secs(60);

/// Less than anybody's patience. An event is repeated three times in it.
const SHORT: Duration = Duration::from_millis(900);

impl World {
    pub(super) fn act(
        &mut self,
        step: Step,
        program: &mut Program,
        mutant: Option<Mutant>,
    ) -> Result<(), Violation> {
        match step {
            Step::Begin(task) => {
                match task {
                    Task::Interrupt => self.interrupt = false,
                    Task::Eject(_) => {
                        self.limits.ejects -= 1;
                        self.excuses.returned = true;
                    }
                    Task::Offline(_) => self.limits.offlines -= 1,
                    Task::Kexec => self.limits.kexecs -= 1,
                    _ => {}
                }
                if task != Task::Handle {
                    self.machine.clear_late();
                }
                let edge = program.start(self.os, task);
                return self.go(&edge, program);
            }
            Step::Os(choice) => return self.os(choice, program, mutant),
            Step::Cpu(cpu) => self.machine.cpu(cpu, mutant)?,
            Step::Host(request) => {
                if !self.machine.request(request, mutant) {
                    return Ok(());
                }
                self.limits.requests -= 1;
            }
            Step::Poke(cpu) => {
                self.limits.pokes -= 1;
                self.excuses.strayed |= self.machine.is_enabled(cpu);
                self.machine.poke(cpu, mutant)?;
            }
            Step::Reset => {
                self.limits.resets -= 1;
                self.machine.reset(mutant);
                self.os = program.boot;
                self.interrupt = false;
                self.excuses.next_os();
                self.changed = false;
                return Ok(());
            }
            Step::Repeat => {
                self.limits.repeats -= 1;
                self.pass(mutant);
                self.excuses.expired |= self.machine.now >= SHORT;
            }
            Step::Expire => {
                self.limits.expiries -= 1;
                self.excuses.expired = true;
                let now = self.machine.now + AGE;
                self.machine.tick(now, mutant);
            }
        }
        self.changed = true;
        Ok(())
    }

    /// The OS's next access, call or wait.
    fn os(
        &mut self,
        choice: Choice,
        program: &mut Program,
        mutant: Option<Mutant>,
    ) -> Result<(), Violation> {
        let Some(ask) = program.ask(self.os) else { return Ok(()) };
        let before = self.machine.hardware;
        let answer = match ask {
            Ask::Read { address, width } => self.machine.read(address, width, mutant)?,
            Ask::Write { address, width, value } => {
                self.machine.write(address, width, value, mutant)?;
                self.changed = true;
                0
            }
            Ask::Call(registers) => {
                let answer = self.machine.call(registers, mutant)?;
                self.changed |= self.machine.hardware.contains(&Hardware::Starting);
                answer
            }
            Ask::Arrived(cpu) => {
                let hardware = self.machine.hardware.get(cpu.0 as usize);
                u64::from(hardware == Some(&Hardware::Running))
            }
            Ask::Offline(..) if choice == Choice::Refuse => {
                self.limits.refusals -= 1;
                self.excuses.refused = true;
                1
            }
            Ask::Offline(cpu, leave) => {
                self.machine.send_off(cpu.0 as usize, leave, mutant)?;
                self.changed = true;
                0
            }
            Ask::Wait => self.wait(choice)?,
        };
        let answer = match choice {
            Choice::Fail => self.fail(&before, answer, mutant),
            _ => answer,
        };
        let edge = program.answer(self.os, answer);
        self.go(&edge, program)
    }

    /// The CPU that is about to start is not started; what the OS's call answers then.
    fn fail(&mut self, before: &[Hardware; CPUS], answer: u64, mutant: Option<Mutant>) -> u64 {
        let Some(instead) = self.machine.fail_start(before, mutant) else { return answer };
        self.limits.failures -= 1;
        self.excuses.failed = true;
        instead
    }

    fn wait(&mut self, choice: Choice) -> Result<u64, Violation> {
        let changed = core::mem::take(&mut self.changed);
        if choice == Choice::Plain {
            return Ok(0);
        }
        if changed || self.moving().next().is_some() {
            self.limits.delays -= 1;
            self.excuses.delayed = true;
        } else if !self.excuses.delayed {
            return Err(Violation::WaitsInVain);
        }
        Ok(1)
    }

    fn go(&mut self, edge: &Edge, program: &Program) -> Result<(), Violation> {
        self.os = edge.to;
        if self.os == program.boot {
            self.interrupt = false;
            self.machine.hand_on()?;
        }
        let innocent = |report: &Report| match report {
            Report::HotAdded(_) => true,
            Report::OfflineFailed(_) => self.excuses.refused,
            Report::CpuOnFailed { .. } => self.excuses.failed,
            Report::JumpAddressLeft(_) => self.excuses.strayed,
            // The VMM waits a second for the end of an eject; then a plug that came goes ahead. And an OS
            // that is asked to eject what it has just ejected by itself ejects what is not there: a plug
            // may come in between.
            Report::EjectIncomplete { .. } => self.excuses.expired || self.excuses.returned,
            _ => false,
        };
        let complaint = |report: &&Report| !self.excuses.delayed && !innocent(report);
        if let Some(report) = edge.reports.iter().find(complaint) {
            return Err(Violation::Complaint(report.clone()));
        }
        if self.os == program.boot {
            self.excuses.next_os();
        }
        Ok(())
    }

    /// Operations end badly only if somebody was late or has refused.
    pub(super) fn judge_outcomes(&mut self) -> Result<(), Violation> {
        let delayed = self.excuses.delayed || self.excuses.delayed_before;
        for outcome in self.machine.outcomes.drain(..) {
            let good = match outcome {
                Outcome::TimedOut => self.excuses.expired || delayed,
                Outcome::AcceptedNotOnlined => {
                    self.excuses.expired || delayed || self.excuses.returned || self.excuses.failed
                }
                Outcome::Refused { .. } => delayed || self.excuses.refused,
                _ => true,
            };
            if !good {
                return Err(Violation::EndedBadly(outcome));
            }
        }
        Ok(())
    }
}
