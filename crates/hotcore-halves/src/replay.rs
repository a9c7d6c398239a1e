//! The platform of the OS half: it answers from a log, and notes what is asked beyond it.

use core::time::Duration;

use hotcore_ospm::{
    Bus, Conduit, Consent, Cpu, Entry, Fault, Leave, Os, Report, Signal, Transition, Width,
};

use crate::tables::ENTRY;

/// Something that the OS asks of its platform, and others can observe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ask {
    /// A load. The answer: what it reads.
    Read {
        /// Physical address.
        address: u64,
        /// How wide.
        width: Width,
    },
    /// A store.
    Write {
        /// Physical address.
        address: u64,
        /// How wide.
        width: Width,
        /// What.
        value: u64,
    },
    /// Some time is to pass. The answer: whether it was endless.
    Wait,
    /// A firmware call with these registers. The answer: X0.
    Call([u64; 4]),
    /// Whether a CPU has arrived.
    Arrived(Cpu),
    /// A CPU is to leave. The answer: whether the OS refuses that.
    Offline(Cpu, Leave),
}

/// What a task has done when it was cut off, or ended.
#[derive(Debug, Default)]
pub struct Replay<'l> {
    log: &'l [u64],
    answered: usize,
    /// The first thing asked beyond the log.
    pub pending: Option<Ask>,
    /// Changes that the OS was told of.
    pub transitions: Vec<(Cpu, Transition)>,
    /// What a person should know of.
    pub reports: Vec<Report>,
}

impl<'l> Replay<'l> {
    /// Answers from `log`.
    pub fn new(log: &'l [u64]) -> Self {
        Self { log, ..Self::default() }
    }

    fn ask(&mut self, ask: Ask) -> Result<u64, Fault> {
        if self.pending.is_none()
            && let Some(&answer) = self.log.get(self.answered)
        {
            self.answered += 1;
            return Ok(answer);
        }
        self.pending.get_or_insert(ask);
        Err(Fault { address: 0 })
    }
}

impl Bus for Replay<'_> {
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault> {
        self.ask(Ask::Read { address, width })
    }

    fn write(&mut self, address: u64, width: Width, value: u64) -> Result<(), Fault> {
        self.ask(Ask::Write { address, width, value }).map(drop)
    }
}

impl Os for Replay<'_> {
    fn wait(&mut self, at_most: Duration) -> Result<Duration, Fault> {
        let endless = self.ask(Ask::Wait)? != 0;
        Ok(if endless { Duration::MAX } else { at_most })
    }

    fn call(&mut self, _: Conduit, registers: [u64; 4]) -> Result<u64, Fault> {
        self.ask(Ask::Call(registers))
    }

    /// The firmware sees every store as it is made.
    fn signal(&mut self, _: Signal) -> Result<(), Fault> {
        Ok(())
    }

    fn prepare(&mut self, cpu: Cpu) -> Result<Entry, Fault> {
        Ok(Entry { address: ENTRY, context: cpu.0.into() })
    }

    fn arrived(&mut self, cpu: Cpu) -> Result<bool, Fault> {
        Ok(self.ask(Ask::Arrived(cpu))? != 0)
    }

    fn offline(&mut self, cpu: Cpu, leave: Leave) -> Result<Consent, Fault> {
        let refused = self.ask(Ask::Offline(cpu, leave))? != 0;
        Ok(if refused { Consent::Refused } else { Consent::Leaving })
    }

    fn transition(&mut self, cpu: Cpu, transition: Transition) {
        self.transitions.push((cpu, transition));
    }

    fn report(&mut self, report: Report) {
        self.reports.push(report);
    }
}
