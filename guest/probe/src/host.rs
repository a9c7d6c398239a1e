//! This kernel as `hotcore-ospm` needs it: time, firmware calls, interrupts, and CPUs that come and go.

use alloc::vec::Vec;
use core::time::Duration;

use hotcore_ospm::{
    Bus, Conduit, Consent, Cpu, Entry, Fault, Leave, Os, Report, Signal, Transition, Width,
};
use hotcore_probe::memory::Span;
use hotcore_probe::protocol::Refuse;

use crate::big_endian::BigEndian;
use crate::bus::Physical;
use crate::console::say;
use crate::cpus::{self, Order};
use crate::interrupts::Interrupts;
use crate::{arch, gic, mmu, stub, timer};

/// What X0 holds where a CPU begins, and its number.
pub(crate) const CONTEXT: u64 = 0xc0de_0000;

/// The platform.
pub(crate) struct Host {
    /// Affinities in logical order.
    mpidrs: Vec<u64>,
    /// The page of the stub, and the stacks behind it.
    pub(crate) arena: Span,
    /// Which requests to eject are refused.
    pub(crate) refuse: Refuse,
    /// Whether accesses to devices are told while notifications are handled.
    pub(crate) tells: bool,
    /// Notifications are handled now.
    pub(crate) told: bool,
    /// Memory and mailboxes are accessed as by an OS that is big-endian. Not so while notifications are
    /// handled: registers change when they are read.
    pub(crate) big_endian: bool,
    /// What has come, and is not handled yet.
    pub(crate) interrupts: Interrupts,
}

impl Host {
    /// How much memory `possible` CPUs take.
    pub(crate) fn arena_size(possible: usize) -> u64 {
        stub::SIZE + cpus::STACK * possible as u64
    }

    /// With its memory in `arena`.
    pub(crate) fn new(mpidrs: Vec<u64>, arena: Span) -> Self {
        let host = Self {
            mpidrs,
            arena,
            refuse: Refuse::Nothing,
            tells: true,
            told: false,
            big_endian: false,
            interrupts: Interrupts::default(),
        };
        for cpu in 1..host.mpidrs.len() as u32 {
            host.reset(cpu);
        }
        stub::install(host.stub());
        host
    }

    /// Where CPUs begin.
    pub(crate) fn stub(&self) -> u64 {
        self.arena.start
    }

    /// The page with it.
    pub(crate) fn stub_page(&self) -> Span {
        self.stub()..self.stub() + stub::SIZE
    }

    /// The stack of a CPU.
    pub(crate) fn stack(&self, cpu: u32) -> Span {
        let start = self.arena.start + stub::SIZE + cpus::STACK * u64::from(cpu);
        start..start + cpus::STACK
    }

    fn reset(&self, cpu: u32) {
        let mpidr = self.mpidrs.get(cpu as usize);
        if let (Some(record), Some(mpidr)) = (cpus::record(cpu), mpidr) {
            record.prepare(*mpidr, self.stack(cpu).end);
        }
    }

    fn tell(&self, operation: char, address: u64, width: Width, value: u64) {
        if self.told && self.tells && !mmu::is_ram(address) {
            let width = width.bytes();
            say!("access={operation} at={address:#x} width={width} value={value:#x}");
        }
    }
}

impl Bus for Host {
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault> {
        let value = if self.big_endian && !self.told {
            BigEndian.read(address, width)?
        } else {
            Physical.read(address, width)?
        };
        self.tell('r', address, width, value);
        Ok(value)
    }

    fn write(&mut self, address: u64, width: Width, value: u64) -> Result<(), Fault> {
        if self.big_endian && !self.told {
            BigEndian.write(address, width, value)?;
        } else {
            Physical.write(address, width, value)?;
        }
        self.tell('w', address, width, value);
        Ok(())
    }
}

impl Os for Host {
    fn wait(&mut self, at_most: Duration) -> Result<Duration, Fault> {
        let begin = arch::ticks();
        timer::set(at_most);
        let end = begin.saturating_add(arch::ticks_of(at_most));
        while arch::ticks() < end {
            if !self.interrupts.collect() && gic::exists() {
                arch::wait_for_interrupt();
            }
        }
        timer::end();
        Ok(arch::duration_of(arch::ticks() - begin))
    }

    fn call(&mut self, conduit: Conduit, [x0, x1, x2, x3]: [u64; 4]) -> Result<u64, Fault> {
        Ok(arch::firmware_call(conduit == Conduit::Smc, x0, [x1, x2, x3]))
    }

    fn signal(&mut self, signal: Signal) -> Result<(), Fault> {
        match signal {
            Signal::Sgi(mpidr) if gic::exists() => gic::interrupt(mpidr.bits(), gic::LOOK),
            Signal::Sgi(_) | Signal::Event => arch::send_event(),
        }
        Ok(())
    }

    fn prepare(&mut self, cpu: Cpu) -> Result<Entry, Fault> {
        self.reset(cpu.0);
        stub::install(self.stub());
        Ok(Entry { address: self.stub(), context: CONTEXT | u64::from(cpu.0) })
    }

    fn arrived(&mut self, cpu: Cpu) -> Result<bool, Fault> {
        Ok(cpus::record(cpu.0).is_some_and(cpus::Record::is_present))
    }

    fn offline(&mut self, cpu: Cpu, leave: Leave) -> Result<Consent, Fault> {
        let record = cpus::record(cpu.0).filter(|_| cpu != Cpu::BOOT && !self.refuse.covers(cpu.0));
        let Some(record) = record else { return Ok(Consent::Refused) };
        match leave {
            Leave::CpuOff { conduit } => record.ask(Order::Off { smc: conduit == Conduit::Smc }),
            Leave::Return { mailbox, entry } => {
                stub::install(self.stub());
                record.ask(Order::Return { stub: self.stub(), mailbox, entry });
            }
            // The library does not wait for one that never tells; the next order must not overtake this one.
            Leave::Halt => drop(record.ask_and_wait(Order::Halt)),
        }
        Ok(Consent::Leaving)
    }

    fn transition(&mut self, cpu: Cpu, transition: Transition) {
        say!("transition={transition:?} cpu={cpu}");
    }

    fn report(&mut self, report: Report) {
        say!("report {report}");
    }
}
