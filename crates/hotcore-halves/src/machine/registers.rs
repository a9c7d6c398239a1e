//! The OS's loads and stores, and what mutants make of those to the hotplug registers.

use hotcore_devices::MmioDevice;
use hotcore_ospm::Width;
use hotcore_vcpu::{OperationKind, Stage};

use super::{Machine, index};
use crate::judge::Violation;
use crate::mutant::Mutant;
use crate::tables::{GED, HOTPLUG, MAILBOXES};

/// Registers of the hotplug block.
mod register {
    pub(super) const SELECTOR: u64 = 0x0;
    pub(super) const FLAGS: u64 = 0x4;
    pub(super) const COMMAND: u64 = 0x5;
    pub(super) const DATA: u64 = 0x8;
    pub(super) const END: u64 = 0xc;
}

const HOTPLUG_END: u64 = HOTPLUG + register::END;

impl Machine {
    /// A load of the OS.
    pub(crate) fn read(
        &mut self,
        address: u64,
        width: Width,
        mutant: Option<Mutant>,
    ) -> Result<u64, Violation> {
        let mut data = [0; 8];
        let bytes = &mut data[..width.bytes() as usize];
        match address {
            GED => self.ged.read(0, bytes),
            HOTPLUG..HOTPLUG_END => {
                let offset = address - HOTPLUG;
                self.block.read(&mut self.ledger, offset, bytes);
                if offset == register::FLAGS {
                    bytes[0] = self.flags(bytes[0], mutant);
                }
            }
            MAILBOXES.. => return self.read_mailbox(address - MAILBOXES, width, mutant),
            _ => return Err(Violation::StrangeAccess(address)),
        }
        Ok(u64::from_le_bytes(data))
    }

    /// What the flags read, as mutants have it.
    fn flags(&self, flags: u8, mutant: Option<Mutant>) -> u8 {
        let cpu = self.memory.selected;
        let Some(view) = self.ledger.cpu(index(cpu)) else { return flags };
        let plugging = view.operation.is_some_and(|operation| {
            operation.kind == OperationKind::Plug && operation.stage < Stage::Accepted
        });
        match mutant {
            Some(Mutant::EventBeforePolicy) if plugging => flags & !1,
            Some(Mutant::StaLate) if self.memory.ejected[usize::from(cpu)] => flags | 1,
            _ => flags,
        }
    }

    /// A store of the OS.
    pub(crate) fn write(
        &mut self,
        address: u64,
        width: Width,
        value: u64,
        mutant: Option<Mutant>,
    ) -> Result<(), Violation> {
        let data = value.to_le_bytes();
        let bytes = &data[..width.bytes() as usize];
        match address {
            HOTPLUG..HOTPLUG_END => self.write_block(address - HOTPLUG, bytes, mutant),
            MAILBOXES.. => self.write_mailbox(address - MAILBOXES, bytes, mutant)?,
            _ => return Err(Violation::StrangeAccess(address)),
        }
        self.carry_out(mutant);
        Ok(())
    }

    fn write_block(&mut self, offset: u64, bytes: &[u8], mutant: Option<Mutant>) {
        const INSERT: u8 = 1 << 1;
        const REMOVE: u8 = 1 << 2;
        const EJECT: u8 = 1 << 3;
        let cpu = usize::from(self.memory.selected);
        match (mutant, offset, bytes[0]) {
            (Some(Mutant::OsForgetsOst), register::DATA, _)
            | (Some(Mutant::OsForgetsOst), register::COMMAND, 1 | 2) => return,
            (Some(Mutant::ClearsAfterNotify), register::FLAGS, INSERT | REMOVE) => {
                self.memory.uncleared[cpu].0 |= bytes[0] == INSERT;
                self.memory.uncleared[cpu].1 |= bytes[0] == REMOVE;
                return;
            }
            (Some(Mutant::ClearsBothEvents), register::FLAGS, INSERT | REMOVE) => {
                self.store(register::FLAGS, &[INSERT]);
                self.store(register::FLAGS, &[REMOVE]);
            }
            (Some(Mutant::EjectsRunning), register::FLAGS, EJECT) => {
                self.ledger.cpu_off(index(cpu as u16), self.now);
            }
            _ => {}
        }
        self.store(offset, bytes);
        match (offset, bytes[0]) {
            (register::SELECTOR, cpu) => self.memory.selected = cpu.into(),
            (register::COMMAND, 0) => {
                let mut data = [0; 4];
                self.block.read(&mut self.ledger, register::DATA, &mut data);
                self.memory.selected = data[0].into();
            }
            (register::FLAGS, EJECT) if mutant == Some(Mutant::StaLate) => {
                self.memory.ejected[cpu] = true;
            }
            (register::DATA, 0) => self.memory.ejected[cpu] = false,
            _ => {}
        }
    }

    /// The OS begins with something else: what a mutant has not cleared is cleared now.
    pub(crate) fn clear_late(&mut self) {
        let uncleared = core::mem::take(&mut self.memory.uncleared);
        for (cpu, (insert, remove)) in (0..).map(index).zip(uncleared) {
            if insert {
                self.ledger.take_insert(cpu, self.now);
            }
            if remove {
                self.ledger.take_remove(cpu, self.now);
            }
        }
    }

    fn store(&mut self, offset: u64, bytes: &[u8]) {
        self.block.write(&mut self.ledger, offset, bytes, self.now);
    }
}
