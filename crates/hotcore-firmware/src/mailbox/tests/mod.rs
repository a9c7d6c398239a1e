//! Behaviours 80 to 102, on the firmware's side: a guest's loads and stores, and what follows.

mod hand_back;
mod parking;
mod spin_table;
mod words;

use std::vec::Vec;

use hotcore_vcpu::{CpuPolicy, Output, Patience, Power};

use super::*;

const NOW: Duration = Duration::ZERO;
const BASE: u64 = 0x0e00_0000;
const RETURN: u64 = 0x0e20_0000;

const CPU_ID: u64 = 0x00;
const JUMP: u64 = 0x08;
const STATE: u64 = 0x14;
const COMMAND: u64 = 0x18;
const STATUS: u64 = 0x1c;
const GENERATION: u64 = 0x28;

const NOBODY: u64 = 0xffff_ffff;
const TEST: u32 = 2;

/// The firmware and the ledger of a machine, with the engine's part played here.
struct Machine {
    ledger: Ledger,
    mailboxes: Mailboxes,
}

impl Machine {
    /// CPU 0 runs, CPU 1 is enabled and parked, CPU 2 is disabled and parked.
    fn new(protocol: Protocol) -> Self {
        let absent = CpuPolicy { enabled: false, removable: true };
        let enabled = CpuPolicy { enabled: true, removable: true };
        let boot = CpuPolicy { enabled: true, removable: false };
        let ledger = Ledger::new(&[boot, enabled, absent]).unwrap();
        Self { ledger, mailboxes: Mailboxes::new(protocol, 3, BASE, RETURN) }
    }

    fn at(cpu: u16, offset: u64) -> u64 {
        u64::from(cpu) * MAILBOX_SIZE + offset
    }

    /// The 32-bit word, or the 64-bit one where that is what the page has.
    fn read(&self, cpu: u16, offset: u64) -> u64 {
        let mut data = [0; 8];
        let size = if [JUMP, 0x20, GENERATION, 0x30, 0x38].contains(&offset) { 8 } else { 4 };
        self.mailboxes.read(Self::at(cpu, offset), &mut data[..size]);
        u64::from_le_bytes(data)
    }

    fn store(&mut self, cpu: u16, offset: u64, data: &[u8]) {
        self.mailboxes.write(&mut self.ledger, Self::at(cpu, offset), data, NOW);
    }

    fn word(&mut self, cpu: u16, offset: u64, value: u32) {
        self.store(cpu, offset, &value.to_le_bytes());
    }

    fn jump(&mut self, cpu: u16, address: u64) {
        self.store(cpu, JUMP, &address.to_le_bytes());
    }

    /// The entry points of the CPUs that start; they run from then on.
    fn started(&mut self) -> Vec<(u16, VcpuEntry)> {
        let mut started = Vec::new();
        while let Some(output) = self.ledger.next_output() {
            if let Output::StartVcpu { cpu, entry } = output {
                self.ledger.vcpu_started(cpu, NOW);
                started.push((cpu.get(), entry));
            }
        }
        started
    }

    /// A CPU goes to the return entry and calls from there.
    fn hand_back(&mut self, cpu: u16) {
        let index = VcpuIndex::new(cpu).unwrap();
        let mailbox = self.mailboxes.address(index);
        let call = Call { function: HAND_BACK, args: [mailbox, 0, 0], big_endian: false };
        let reply = self.mailboxes.call(&mut self.ledger, index, &call, NOW);
        assert_eq!(reply, Reply::CpuOff);
        self.mailboxes.park(&mut self.ledger, index, NOW);
    }

    fn power(&self, cpu: u16) -> Power {
        self.ledger.cpu(VcpuIndex::new(cpu).unwrap()).unwrap().power
    }

    /// The words that say that a CPU is parked and can be woken: `cpu_id`, `jump`, `state`.
    fn is_armed(&self, cpu: u16) -> bool {
        [CPU_ID, JUMP, STATE].map(|offset| self.read(cpu, offset)) == [NOBODY, 0, 1]
    }
}

/// Little-endian, at EL1, with zeros in the registers: so does every CPU begin.
fn entry(pc: u64) -> VcpuEntry {
    VcpuEntry { pc, context: 0, big_endian: false }
}
