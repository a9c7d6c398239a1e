//! A guest that loads from and stores to its mailboxes as it likes, while its CPUs come and go and the
//! host asks for things. The body of the fuzz target `mailbox`.

use std::collections::BTreeMap;
use std::time::Duration;

use hotcore_firmware::{Call, HAND_BACK, MAILBOX_SIZE, Mailboxes, Protocol, Reply};
use hotcore_vcpu::{CpuPolicy, Ledger, Output, Patience, Power, VcpuIndex};

const NOW: Duration = Duration::ZERO;
const CPUS: u16 = 4;
/// Bytes of one step.
const STEP: usize = 12;

struct Machine {
    ledger: Ledger,
    mailboxes: Mailboxes,
    /// CPUs between the ledger's word and their first instruction.
    starting: Vec<VcpuIndex>,
    /// How often each CPU has been handed back since the last reset.
    returns: BTreeMap<u16, u64>,
}

/// Has a guest do what the bytes say.
pub(crate) fn attack(bytes: &[u8]) {
    let Some((&first, steps)) = bytes.split_first() else { return };
    let protocol = if first & 1 == 0 { Protocol::Parking } else { Protocol::SpinTable };
    let absent = CpuPolicy { enabled: false, removable: true };
    let present = CpuPolicy { enabled: true, removable: true };
    let boot = CpuPolicy { enabled: true, removable: false };
    let ledger = Ledger::new(&[boot, present, present, absent]).expect("a machine");
    let mailboxes = Mailboxes::new(protocol, CPUS, 0x0e00_0000, 0x0e20_0000);
    let mut machine = Machine { ledger, mailboxes, starting: Vec::new(), returns: BTreeMap::new() };
    for step in steps.chunks_exact(STEP) {
        machine.step(step.try_into().expect("a whole step"));
        machine.carry_out();
        machine.check();
    }
}

impl Machine {
    fn step(&mut self, [what, cpu, low, high, value @ ..]: [u8; STEP]) {
        // One page more than there are.
        let cpu = u16::from(cpu) % (CPUS + 1);
        // Half of the accesses are near the words.
        let offset = u64::from(u16::from_le_bytes([low, high]));
        let offset = if what & 0x80 == 0 { offset % 0x48 } else { offset % MAILBOX_SIZE };
        let at = u64::from(cpu) * MAILBOX_SIZE + offset;
        let size = 1 << (what >> 4 & 3);
        let index = VcpuIndex::new(cpu).filter(|_| cpu < CPUS).unwrap_or(VcpuIndex::BOOT);
        match what & 0xf {
            0..=6 => self.mailboxes.write(&mut self.ledger, at, &value[..size], NOW),
            7 => {
                // What wakes, in one step.
                let page = u64::from(index.get()) * MAILBOX_SIZE;
                self.mailboxes.write(&mut self.ledger, page + 8, &value, NOW);
                let number = Mailboxes::number(index).to_le_bytes();
                self.mailboxes.write(&mut self.ledger, page, &number, NOW);
            }
            8 => self.mailboxes.read(at, &mut [0; 8][..size]),
            9 => self.started(true),
            10 => self.started(false),
            11 | 12 => self.hand_back(index, u64::from_le_bytes(value)),
            13 => drop(self.ledger.plug(index, Patience::default(), NOW)),
            14 => self.ledger.eject(index, NOW),
            _ => self.reset(),
        }
    }

    fn started(&mut self, well: bool) {
        let Some(cpu) = self.starting.pop() else { return };
        if well {
            self.ledger.vcpu_started(cpu, NOW);
        } else {
            self.mailboxes.start_failed(&mut self.ledger, cpu);
        }
    }

    /// A CPU that executes calls the firmware; rarely with its own mailbox, as a guest can.
    fn hand_back(&mut self, cpu: VcpuIndex, value: u64) {
        if self.power(cpu) != Power::On {
            return;
        }
        let own = self.mailboxes.address(cpu);
        let mailbox = if value & 1 == 0 { own } else { value };
        let call = Call { function: HAND_BACK, args: [mailbox, 0, 0], big_endian: false };
        let reply = self.mailboxes.call(&mut self.ledger, cpu, &call, NOW);
        assert_eq!(reply == Reply::CpuOff, mailbox == own);
        if reply == Reply::CpuOff {
            self.mailboxes.park(&mut self.ledger, cpu, NOW);
            *self.returns.entry(cpu.get()).or_default() += 1;
        }
    }

    fn reset(&mut self) {
        self.ledger.reset(NOW);
        self.mailboxes.reset();
        self.starting.clear();
        self.returns.clear();
    }

    fn carry_out(&mut self) {
        while let Some(output) = self.ledger.next_output() {
            let Output::StartVcpu { cpu, entry } = output else { continue };
            let enabled = self.ledger.cpu(cpu).is_some_and(|cpu| cpu.enabled);
            assert!(enabled, "CPU {cpu} starts against policy");
            assert!(entry.pc != 0 && entry.context == 0 && !entry.big_endian, "{entry:?}");
            assert_eq!(self.words(cpu).jump, 0, "the address is gone before the CPU is");
            self.starting.push(cpu);
        }
    }

    /// What holds after every step.
    fn check(&self) {
        for cpu in VcpuIndex::first(CPUS) {
            let words = self.words(cpu);
            let parked = self.power(cpu) == Power::Off;
            assert_eq!(words.state, u32::from(parked), "CPU {cpu}: {words:?}");
            assert!(words.status <= 2, "CPU {cpu}: {words:?}");
            assert!(!parked || words.command == 0, "a parked CPU answers: {words:?}");
            let returns = self.returns.get(&cpu.get()).copied().unwrap_or_default();
            assert_eq!(words.generation, returns, "CPU {cpu}: {words:?}");
            assert_eq!((words.magic, words.owner), (0x3250_4b50, u64::from(cpu.get())));
        }
    }

    fn power(&self, cpu: VcpuIndex) -> Power {
        self.ledger.cpu(cpu).map_or(Power::Off, |cpu| cpu.power)
    }

    fn words(&self, cpu: VcpuIndex) -> Words {
        let mut page = [0; 0x40];
        self.mailboxes.read(u64::from(cpu.get()) * MAILBOX_SIZE, &mut page);
        let word = |at: usize| u32::from_le_bytes(page[at..at + 4].try_into().expect("4 bytes"));
        let pair = |at: usize| u64::from(word(at)) | u64::from(word(at + 4)) << 32;
        Words {
            jump: pair(0x08),
            magic: word(0x10),
            state: word(0x14),
            command: word(0x18),
            status: word(0x1c),
            generation: pair(0x28),
            owner: pair(0x30),
        }
    }
}

#[derive(Debug)]
struct Words {
    jump: u64,
    magic: u32,
    state: u32,
    command: u32,
    status: u32,
    generation: u64,
    owner: u64,
}
