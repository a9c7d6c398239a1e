//! An OS for tests: memory, a firmware behind PSCI and mailboxes, and a log of all that happens.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use hotcore_ospm::{
    Bus, Conduit, Consent, Cpu, CpuRecord, EnableMethod, Entry, Fault, Leave, Mpidr, Os, Psci,
    Registry, Report, Signal, Transition, Width,
};

/// What happened, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    Method(String, Vec<u64>),
    Write(u64, u64),
    Call([u64; 4]),
    Signal(Signal),
    Prepare(Cpu),
    Offline(Cpu, Leave),
    Transition(Cpu, Transition),
    Report(Report),
}

pub(crate) type Log = Rc<RefCell<Vec<Event>>>;

/// A mailbox page and the firmware behind it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(crate) address: u64,
    pub(crate) interface: u32,
    pub(crate) spin_table: bool,
    pub(crate) denies: bool,
    pub(crate) takes_back: bool,
    pub(crate) answers_test: bool,
    pub(crate) takes_jump: bool,
}

pub(crate) struct TestOs {
    pub(crate) log: Log,
    pub(crate) memory: BTreeMap<u64, u8>,
    pub(crate) pages: Vec<Page>,
    /// What CPU_ON answers.
    pub(crate) cpu_on: i64,
    /// What AFFINITY_INFO answers, once a CPU has left.
    pub(crate) affinity: i64,
    pub(crate) refuses: bool,
    /// Whether CPUs that were started arrive.
    pub(crate) arrives: bool,
    pub(crate) arrived: BTreeSet<Cpu>,
    pub(crate) time: Duration,
    /// Accesses, calls and waits until everything faults.
    pub(crate) budget: u64,
}

pub(crate) const ENTRY: u64 = 0x4000_1000;
pub(crate) const RETURN: u64 = 0x4ff0_0000;

impl TestOs {
    pub(crate) fn new() -> Self {
        Self {
            log: Log::default(),
            memory: BTreeMap::new(),
            pages: Vec::new(),
            cpu_on: 0,
            affinity: 1,
            refuses: false,
            arrives: true,
            arrived: BTreeSet::new(),
            time: Duration::ZERO,
            budget: u64::MAX,
        }
    }

    pub(crate) fn note(&self, event: Event) {
        self.log.borrow_mut().push(event);
    }

    /// What has happened since this was asked last.
    pub(crate) fn taken(&self) -> Vec<Event> {
        self.log.take()
    }

    pub(crate) fn reports(&self) -> Vec<Report> {
        let log = self.log.borrow();
        log.iter()
            .filter_map(|event| match event {
                Event::Report(report) => Some(report.clone()),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn load(&mut self, address: u64, bytes: &[u8]) {
        self.memory.extend((address..).zip(bytes.iter().copied()));
    }

    pub(crate) fn peek(&self, address: u64, bytes: u64) -> u64 {
        (0..bytes).fold(0, |value, i| value | u64::from(self.memory[&(address + i)]) << (8 * i))
    }

    pub(crate) fn poke(&mut self, address: u64, bytes: usize, value: u64) {
        self.load(address, &value.to_le_bytes()[..bytes]);
    }

    /// A page as the firmware leaves it for a CPU that waits; its MPIDR is its interface number.
    pub(crate) fn park(&mut self, address: u64, interface: u32) -> &mut Page {
        self.load(address, &[0; 0x40]);
        self.poke(address, 4, 0xffff_ffff);
        self.poke(address + 0x10, 4, u64::from(hotcore_ospm::mailbox::MAGIC));
        self.poke(address + 0x14, 4, 1);
        self.poke(address + 0x20, 8, RETURN);
        self.poke(address + 0x30, 8, interface.into());
        self.pages.push(Page {
            address,
            interface,
            spin_table: false,
            denies: false,
            takes_back: true,
            answers_test: true,
            takes_jump: true,
        });
        self.pages.last_mut().unwrap()
    }

    fn step(&mut self, address: u64) -> Result<(), Fault> {
        self.budget = self.budget.checked_sub(1).ok_or(Fault { address })?;
        Ok(())
    }

    /// The firmware looks at its mailboxes.
    fn firmware(&mut self) {
        for page in self.pages.clone() {
            let at = page.address;
            let asked = page.spin_table || self.peek(at, 4) == u64::from(page.interface);
            let parked = self.peek(at + 0x14, 4) == 1;
            if parked && asked && self.peek(at + 8, 8) != 0 {
                self.wake(page);
            }
            if parked && page.answers_test && self.peek(at + 0x18, 4) != 0 {
                let status = u64::from(self.peek(at + 0x18, 4) != 2);
                self.poke(at + 0x1c, 4, status);
                self.poke(at + 0x18, 4, 0);
            }
        }
    }

    fn wake(&mut self, page: Page) {
        if page.takes_jump {
            self.poke(page.address + 8, 8, 0);
        }
        if page.denies {
            self.poke(page.address + 0x1c, 4, 2);
            self.poke(page.address, 4, 0xffff_ffff);
        } else {
            self.poke(page.address + 0x1c, 4, 0);
            self.poke(page.address + 0x14, 4, 0);
            self.arrived.insert(Cpu(page.interface));
        }
    }

    fn take_back(&mut self, mailbox: u64) {
        let Some(page) = self.pages.iter().find(|page| page.address == mailbox).copied() else {
            return;
        };
        if page.takes_back {
            self.poke(mailbox + 8, 8, 0);
            self.poke(mailbox + 0x14, 4, 1);
            let generation = self.peek(mailbox + 0x28, 8);
            self.poke(mailbox + 0x28, 8, generation + 1);
            self.poke(mailbox, 4, 0xffff_ffff);
        }
    }
}

impl Bus for TestOs {
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault> {
        self.step(address)?;
        assert!(address.is_multiple_of(width.bytes()), "unaligned read of {address:#x}");
        let all = (0..width.bytes()).all(|i| {
            address.checked_add(i).is_some_and(|address| self.memory.contains_key(&address))
        });
        if all { Ok(self.peek(address, width.bytes())) } else { Err(Fault { address }) }
    }

    fn write(&mut self, address: u64, width: Width, value: u64) -> Result<(), Fault> {
        self.read(address, width)?;
        self.note(Event::Write(address, value));
        self.poke(address, width.bytes() as usize, value);
        Ok(())
    }
}

impl Os for TestOs {
    fn wait(&mut self, at_most: Duration) -> Result<Duration, Fault> {
        self.step(0)?;
        self.time += at_most;
        Ok(at_most)
    }

    fn call(&mut self, _: Conduit, registers: [u64; 4]) -> Result<u64, Fault> {
        self.step(registers[0])?;
        self.note(Event::Call(registers));
        let answer = match registers[0] {
            0xc400_0003 | 0x8400_0003 => {
                if self.cpu_on == 0 && self.arrives {
                    self.arrived.insert(Cpu(registers[1] as u32));
                }
                self.cpu_on
            }
            0xc400_0004 | 0x8400_0004 => self.affinity,
            _ => -1,
        };
        Ok(answer.cast_unsigned())
    }

    fn signal(&mut self, signal: Signal) -> Result<(), Fault> {
        self.step(0)?;
        self.note(Event::Signal(signal));
        self.firmware();
        Ok(())
    }

    fn prepare(&mut self, cpu: Cpu) -> Result<Entry, Fault> {
        self.step(0)?;
        self.note(Event::Prepare(cpu));
        self.arrived.remove(&cpu);
        Ok(Entry { address: ENTRY, context: 7 })
    }

    fn arrived(&mut self, cpu: Cpu) -> Result<bool, Fault> {
        self.step(0)?;
        Ok(self.arrived.contains(&cpu))
    }

    fn offline(&mut self, cpu: Cpu, leave: Leave) -> Result<Consent, Fault> {
        self.step(0)?;
        self.note(Event::Offline(cpu, leave));
        if self.refuses {
            return Ok(Consent::Refused);
        }
        if let Leave::Return { mailbox, .. } = leave {
            self.take_back(mailbox);
        }
        Ok(Consent::Leaving)
    }

    fn transition(&mut self, cpu: Cpu, transition: Transition) {
        self.note(Event::Transition(cpu, transition));
    }

    fn report(&mut self, report: Report) {
        self.note(Event::Report(report));
    }
}

/// CPUs with this method, whose MPIDR, UID and logical number are one.
pub(crate) fn registry(count: u32, method: impl Fn(u32) -> EnableMethod) -> Registry {
    let record = |n: u32| CpuRecord::new(Mpidr::new(n.into()).unwrap(), Some(n), Some(method(n)));
    Registry::new(record(0), (1..count).map(record))
}

/// As [`registry`], by PSCI.
pub(crate) fn psci_registry(count: u32) -> Registry {
    registry(count, |_| EnableMethod::Psci(Psci::new(Conduit::Hvc)))
}

/// A mask as sysfs would print it, one letter for each CPU.
pub(crate) fn mask(registry: &Registry, of: impl Fn(&CpuRecord) -> bool) -> String {
    registry.iter().map(|(_, record)| if of(record) { '1' } else { '-' }).collect()
}
