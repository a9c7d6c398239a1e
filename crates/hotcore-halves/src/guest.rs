//! The OS around the OS half: one task at a time, each an operation of the library.

use std::collections::BTreeSet;

use hotcore_ospm::aml::Interpreter;
use hotcore_ospm::{Cpu, EjectError, Fault, OfflineError, OnlineError, Ospm, Transition};

use crate::mutant::Mutant;
use crate::replay::Replay;
use crate::tables::GED_INTERRUPT;

/// Notification: the device is to be ejected.
const EJECT_REQUEST: u64 = 3;

/// What the OS does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Task {
    /// Enumerates; listens to the GED's interrupt from then on.
    Boot,
    /// Handles the GED's interrupt.
    Interrupt,
    /// Handles the oldest notification.
    Handle,
    /// Brings a CPU up that was added, as a udev rule would.
    Online(Cpu),
    /// Takes a CPU offline, to bring it up again some time.
    Offline(Cpu),
    /// Ejects a CPU because the OS wants to.
    Eject(Cpu),
}

/// The OS between two tasks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Guest {
    pub(crate) ospm: Ospm,
    pub(crate) aml: Interpreter,
    /// CPUs to bring up.
    wanted: BTreeSet<Cpu>,
    /// It has enumerated.
    pub(crate) listening: bool,
}

impl Guest {
    /// Before it boots.
    pub(crate) fn new(ospm: Ospm, aml: Interpreter) -> Self {
        Self { ospm, aml, wanted: BTreeSet::new(), listening: false }
    }

    /// What it can begin with, apart from an interrupt.
    pub(crate) fn tasks(&self) -> Vec<Task> {
        if !self.listening {
            return vec![Task::Boot];
        }
        let mut tasks: Vec<Task> = self.wanted.iter().copied().map(Task::Online).collect();
        if self.ospm.clone().next_notification().is_some() {
            tasks.push(Task::Handle);
        }
        tasks
    }

    /// Runs a task to its end, or until its platform ends it.
    pub(crate) fn run(
        &mut self,
        task: Task,
        mutant: Option<Mutant>,
        os: &mut Replay<'_>,
    ) -> Result<(), Fault> {
        let Self { ospm, aml, .. } = self;
        match task {
            Task::Boot => {
                ospm.enumerate(aml, os)?;
                self.listening = true;
            }
            Task::Interrupt => ospm.handle_interrupt(GED_INTERRUPT, aml, os)?,
            Task::Handle => {
                let Some(notification) = ospm.next_notification() else { return Ok(()) };
                let forgets = mutant == Some(Mutant::OsForgetsEjects);
                if !(forgets && notification.value == EJECT_REQUEST) {
                    ospm.handle(notification, aml, os)?;
                }
            }
            Task::Online(cpu) => {
                self.wanted.remove(&cpu);
                if let Err(OnlineError::Fault(fault)) = ospm.online(cpu, os) {
                    return Err(fault);
                }
            }
            Task::Offline(cpu) => match ospm.offline(cpu, os) {
                Ok(()) => drop(self.wanted.insert(cpu)),
                Err(OfflineError::Fault(fault)) => return Err(fault),
                Err(_) => {}
            },
            Task::Eject(cpu) => {
                if let Err(EjectError::Fault(fault)) = ospm.eject(cpu, aml, os) {
                    return Err(fault);
                }
            }
        }
        for (cpu, transition) in os.transitions.drain(..) {
            match transition {
                Transition::Add if cpu != Cpu::BOOT => drop(self.wanted.insert(cpu)),
                Transition::Remove => drop(self.wanted.remove(&cpu)),
                _ => {}
            }
        }
        Ok(())
    }
}
