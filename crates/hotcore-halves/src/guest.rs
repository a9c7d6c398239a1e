//! The OS around the OS half: one task at a time, each an operation of the library, or several.

use std::collections::BTreeSet;

use hotcore_ospm::{Cpu, CpuRecord, Fault, Transition};

use crate::half::Half;
use crate::mutant::Mutant;
use crate::replay::Replay;

/// What the OS does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Task {
    /// Enumerates; listens to the GED's interrupt from then on.
    Boot,
    /// Handles the GED's interrupt.
    Interrupt,
    /// Handles the oldest notification.
    Handle,
    /// Brings a CPU up that was found or added, as an init or a udev rule would.
    Online(Cpu),
    /// Takes a CPU offline, to bring it up again some time.
    Offline(Cpu),
    /// Ejects a CPU because the OS wants to.
    Eject(Cpu),
    /// Takes all CPUs offline but the one that boots, on which the next OS begins then.
    Kexec,
}

/// What has become of the OS at the end of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// It waits for the next one.
    Idle,
    /// It is no more: the next OS begins.
    Next,
}

/// The OS between two tasks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Guest {
    pub(crate) half: Half,
    /// CPUs to bring up.
    wanted: BTreeSet<Cpu>,
    /// It has enumerated.
    pub(crate) listening: bool,
}

impl Guest {
    /// Before it boots.
    pub(crate) fn new(half: Half) -> Self {
        Self { half, wanted: BTreeSet::new(), listening: false }
    }

    /// What it can begin with, apart from an interrupt.
    pub(crate) fn tasks(&self) -> Vec<Task> {
        if !self.listening {
            return vec![Task::Boot];
        }
        let mut tasks: Vec<Task> = self.wanted.iter().copied().map(Task::Online).collect();
        if self.half.is_notified() {
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
    ) -> Result<Ending, Fault> {
        match task {
            Task::Boot => self.boot(os)?,
            Task::Interrupt => self.half.handle_interrupt(os)?,
            Task::Handle => self.half.handle(mutant, os)?,
            Task::Online(cpu) => {
                self.wanted.remove(&cpu);
                self.half.online(cpu, os)?;
            }
            Task::Offline(cpu) => drop(self.offline(cpu, os)?),
            Task::Eject(cpu) => self.half.eject(cpu, os)?,
            Task::Kexec => return self.kexec(mutant, os),
        }
        for (cpu, transition) in os.transitions.drain(..) {
            match transition {
                Transition::Add if cpu != Cpu::BOOT => drop(self.wanted.insert(cpu)),
                Transition::Remove => drop(self.wanted.remove(&cpu)),
                _ => {}
            }
        }
        Ok(Ending::Idle)
    }

    fn boot(&mut self, os: &mut Replay<'_>) -> Result<(), Fault> {
        self.half.enumerate(os)?;
        // A device tree tells of no CPU later: those that it has are there.
        if !self.half.has_hotplug() {
            self.wanted = self.others(CpuRecord::enabled);
        }
        self.listening = true;
        Ok(())
    }

    /// Whether the CPU is offline; some time it comes back.
    fn offline(&mut self, cpu: Cpu, os: &mut Replay<'_>) -> Result<bool, Fault> {
        let left = self.half.offline(cpu, os)?;
        if left {
            self.wanted.insert(cpu);
        }
        Ok(left)
    }

    /// What a CPU that did not leave stays for, and what the others come back for, is this OS.
    fn kexec(&mut self, mutant: Option<Mutant>, os: &mut Replay<'_>) -> Result<Ending, Fault> {
        let others = match mutant {
            Some(Mutant::OsKeepsCpusAtKexec) => BTreeSet::new(),
            _ => self.others(CpuRecord::online),
        };
        for cpu in others {
            self.offline(cpu, os)?;
        }
        let registry = self.half.registry();
        let goes = match mutant {
            Some(Mutant::OsKeepsCpusAtKexec) => true,
            Some(Mutant::OsForgetsStuckCpus) => registry.online() == 1,
            _ => registry.online() == 1 && registry.kexec_allowed(),
        };
        Ok(if goes { Ending::Next } else { Ending::Idle })
    }

    /// The CPUs that are so, without the one that boots.
    fn others(&self, are: fn(&CpuRecord) -> bool) -> BTreeSet<Cpu> {
        let cpus = self.half.registry().iter();
        cpus.filter(|(cpu, it)| *cpu != Cpu::BOOT && are(it)).map(|(cpu, _)| cpu).collect()
    }
}
