//! The VMM's half: ledger, registers, firmware, and the CPUs as the engine would have them.

mod cpus;
mod mailboxes;
mod registers;

use core::time::Duration;

use hotcore_devices::{Ged, GedEvent, HotplugController, InterruptLine, MmioDevice};
use hotcore_firmware::{Mailboxes, Protocol};
use hotcore_ospm::Leave;
use hotcore_vcpu::{
    Ledger, Mpidr, Notice, Operation, OperationId, Outcome, Output, Patience, Power, Stage,
    VcpuEntry, VcpuIndex,
};

use crate::firmware::Firmware;
use crate::mutant::Mutant;
use crate::tables::{MAILBOXES, RETURN_ENTRY};
use crate::{CPUS, mutant};

/// Where a CPU is, as the engine knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hardware {
    /// In the firmware: no thread executes it.
    Parked,
    /// Its thread begins.
    Starting,
    /// It executes, but has not said so to the OS.
    Started,
    /// It executes the OS.
    Running,
    /// It executes the OS, on its way out.
    Leaving(Leave),
    /// It has executed its last instruction; the ledger is yet to hear of it.
    Stopped,
}

impl Hardware {
    /// Whether it executes instructions.
    pub fn executes(self) -> bool {
        matches!(self, Self::Started | Self::Running | Self::Leaving(_))
    }
}

/// What the host asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Request {
    /// Add this CPU.
    Plug(u16),
    /// Remove it.
    Unplug(u16),
    /// Take back what was asked of it.
    Cancel(u16),
}

/// The interrupt's wire; the world looks at what raised it instead.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Wire;

impl InterruptLine for Wire {
    fn set_level(&self, _: bool) {}
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Machine {
    pub(crate) ledger: Ledger,
    block: HotplugController,
    ged: Ged<Wire>,
    protocol: Option<Protocol>,
    mailboxes: Option<Mailboxes>,
    pub(crate) now: Duration,
    pub(crate) hardware: [Hardware; CPUS],
    /// An edge was seen since this was last cleared.
    pub(crate) pulse: bool,
    /// How operations ended since this was last cleared.
    pub(crate) outcomes: Vec<Outcome>,
    /// Operations that have begun and not ended, by what the ledger told.
    open: Vec<OperationId>,
    ended_twice: bool,
    /// A CPU that was started and was not parked.
    pub(crate) started_twice: Option<usize>,
    /// What mutants remember.
    memory: mutant::Memory,
}

/// The index of a CPU, all of which are possible.
pub(crate) fn index(cpu: u16) -> VcpuIndex {
    VcpuIndex::new(cpu).unwrap_or(VcpuIndex::BOOT)
}

impl Machine {
    #[allow(clippy::panic, reason = "three CPUs make a machine: see the policies")]
    pub(crate) fn new(firmware: Firmware) -> Self {
        let ledger = Ledger::new(&firmware.policies()).unwrap_or_else(|error| panic!("{error}"));
        let mailboxes = |protocol| Mailboxes::new(protocol, CPUS as u16, MAILBOXES, RETURN_ENTRY);
        let mut hardware = [Hardware::Parked; CPUS];
        hardware[0] = Hardware::Running;
        Self {
            block: HotplugController::new(&ledger, None),
            ledger,
            ged: Ged::new(Wire),
            protocol: firmware.protocol(),
            mailboxes: firmware.protocol().map(mailboxes),
            now: Duration::ZERO,
            hardware,
            pulse: false,
            outcomes: vec![],
            open: vec![],
            ended_twice: false,
            started_twice: None,
            memory: mutant::Memory::default(),
        }
    }

    pub(crate) fn request(&mut self, request: Request, mutant: Option<Mutant>) -> bool {
        let patience = Patience::default();
        let taken = match request {
            Request::Plug(cpu) => self.ledger.plug(index(cpu), patience, self.now).is_ok(),
            Request::Unplug(cpu) => self.ledger.unplug(index(cpu), patience, self.now).is_ok(),
            Request::Cancel(cpu) => {
                let operation = self.ledger.cpu(index(cpu)).and_then(|cpu| cpu.operation);
                operation.is_some_and(|it| self.ledger.cancel(it.id, self.now).is_ok())
            }
        };
        if let (true, Request::Unplug(cpu), Some(Mutant::DisablesWithoutEject)) =
            (taken, request, mutant)
        {
            self.ledger.cpu_off(index(cpu), self.now);
            self.ledger.eject(index(cpu), self.now);
        }
        if let (true, Request::Plug(cpu), Some(Mutant::PlugsDuringEject)) = (taken, request, mutant)
        {
            // As if the guest had said that it is done.
            let operation = self.ledger.cpu(index(cpu)).and_then(|cpu| cpu.operation);
            if operation.is_some_and(|operation| operation.stage == Stage::Held) {
                self.ledger.ost(index(cpu), 3, 0, self.now);
            }
        }
        self.carry_out(mutant);
        taken
    }

    /// System reset; the owner boots the OS anew.
    pub(crate) fn reset(&mut self, mutant: Option<Mutant>) {
        let on: Vec<_> = self.ledger.cpus().filter(|(_, cpu)| cpu.power == Power::On).collect();
        self.ledger.reset(self.now);
        self.block.reset();
        self.ged.reset();
        if let Some(mailboxes) = &mut self.mailboxes
            && mutant != Some(Mutant::ResetKeepsMailboxes)
        {
            mailboxes.reset();
        }
        self.memory = mutant::Memory::default();
        self.carry_out(mutant);
        self.hardware = [Hardware::Parked; CPUS];
        self.hardware[0] = Hardware::Running;
        self.pulse = false;
        if mutant == Some(Mutant::ResetKeepsPower) {
            let entry = VcpuEntry { pc: 4, context: 0, big_endian: false };
            for (cpu, _) in on {
                let _ = self.ledger.cpu_on(Mpidr::of(cpu), entry, self.now);
                self.ledger.vcpu_started(cpu, self.now);
            }
            while self.ledger.next_output().is_some() {}
        }
    }

    /// Whether policy lets a CPU run.
    pub(crate) fn is_enabled(&self, cpu: usize) -> bool {
        self.ledger.cpu(index(cpu as u16)).is_some_and(|cpu| cpu.enabled)
    }

    /// Whether there is something to tell the guest.
    pub(crate) fn has_event(&self) -> bool {
        self.ledger.cpus().any(|(_, cpu)| cpu.inserting || cpu.removing)
    }

    /// Lets time pass.
    pub(crate) fn tick(&mut self, now: Duration, mutant: Option<Mutant>) {
        self.now = now;
        self.ledger.tick(now);
        if mutant == Some(Mutant::NoRepeat) {
            let (raised, pulse) = (self.ged.clone(), self.pulse);
            self.carry_out(mutant);
            (self.ged, self.pulse) = (raised, pulse);
        }
        self.carry_out(mutant);
    }

    /// An operation has come further, or to its end.
    fn hear(&mut self, operation: &Operation) {
        let position = self.open.iter().position(|&open| open == operation.id);
        match (operation.outcome, position) {
            (None, None) => self.open.push(operation.id),
            (None, Some(_)) => {}
            (Some(_), None) => self.ended_twice = true,
            (Some(outcome), Some(position)) => {
                self.open.remove(position);
                self.outcomes.push(outcome);
            }
        }
    }

    /// Whether the operations that were told of are those of the ledger: each ends, and once.
    pub(crate) fn operations_agree(&self) -> bool {
        let operations = self.ledger.cpus().filter_map(|(_, cpu)| cpu.operation);
        let known = operations.map(|operation| self.open.contains(&operation.id));
        let (open, all) = known.fold((0, true), |(open, all), known| (open + 1, all && known));
        all && open == self.open.len() && !self.ended_twice
    }

    fn start(&mut self, cpu: usize) {
        let before = core::mem::replace(&mut self.hardware[cpu], Hardware::Starting);
        if before != Hardware::Parked {
            self.started_twice = Some(cpu);
        }
    }

    /// Does what the ledger has decided.
    fn carry_out(&mut self, mutant: Option<Mutant>) {
        while let Some(output) = self.ledger.next_output() {
            match output {
                Output::RaiseEvent => {
                    self.pulse = true;
                    if mutant != Some(Mutant::NoSelector) {
                        self.ged.raise(GedEvent::Cpu);
                    }
                }
                Output::StartVcpu { .. } if mutant == Some(Mutant::LosesStart) => {}
                Output::StartVcpu { cpu, .. } => self.start(cpu.to_usize()),
                Output::Notice(Notice::Operation(operation)) => self.hear(&operation),
                Output::Notice(_) => {}
            }
        }
    }
}
