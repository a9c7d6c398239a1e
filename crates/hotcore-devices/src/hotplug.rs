//! CPU hotplug register block: the guest's AML talks to the ledger through it.
//!
//! Guest contract §1.11; the interface is QEMU's (`docs/specs/acpi_cpu_hotplug`), in its modern
//! form. The block decodes accesses and holds the selector and the command; what they mean for a CPU is
//! the ledger's business.

use core::time::Duration;

use hotcore_vcpu::{Ledger, Mpidr, VcpuIndex};

/// Size of the block in bytes.
pub const HOTPLUG_BLOCK_SIZE: u64 = 12;

mod offset {
    pub(super) const SELECTOR: u64 = 0x0;
    pub(super) const FLAGS: u64 = 0x4;
    pub(super) const COMMAND: u64 = 0x5;
    pub(super) const DATA: u64 = 0x8;
}

mod flag {
    pub(super) const ENABLED: u32 = 1 << 0;
    pub(super) const INSERT: u32 = 1 << 1;
    pub(super) const REMOVE: u32 = 1 << 2;
    pub(super) const EJECT: u32 = 1 << 3;
}

/// What offset 8 (and 0, when read) is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Command {
    /// 0: selects the next CPU with an event.
    NextEvent,
    /// 1: the next write to offset 8 is `_OST` argument 0.
    OstEvent,
    /// 2: the next write to offset 8 is `_OST` argument 1.
    OstStatus,
    /// 3: offsets 8 and 0 read as the CPU's MPIDR.
    ArchId,
}

/// A way in which the block breaks the contract on purpose, so that authors of operating systems
/// can see how theirs copes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HotplugFault {
    /// `_EJ0` has no effect: the CPU stays enabled.
    IgnoreEject,
    /// A hot-added CPU never reads as enabled.
    HideEnabled,
}

/// The register block.
///
/// | offset | size | read | write |
/// |---|---|---|---|
/// | 0x0 | 4 | command 3: arch id, bits 63 to 32; else 0 | CPU selector |
/// | 0x4 | 1 | bit 0 enabled, 1 insert event, 2 remove event | bit 1 clears insert, else 2 clears remove, else 3 ejects |
/// | 0x5 | 1 | 0 | command |
/// | 0x8 | 4 | command 0: selector; 3: arch id, bits 31 to 0; else 0 | command 1: OST event; 2: OST status |
///
/// While the selector names no possible CPU, everything reads 0 and only the selector can be written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct HotplugController {
    selector: u32,
    command: Command,
    /// `_OST` argument 0 per CPU, until argument 1 follows.
    ost_event: Vec<u32>,
    fault: Option<HotplugFault>,
}

impl HotplugController {
    /// A block for as many CPUs as the ledger knows.
    pub fn new(ledger: &Ledger, fault: Option<HotplugFault>) -> Self {
        Self {
            selector: 0,
            command: Command::NextEvent,
            ost_event: vec![0; usize::from(ledger.possible())],
            fault,
        }
    }

    /// The guest loads `data.len()` bytes at `offset`.
    pub fn read(&mut self, ledger: &mut Ledger, offset: u64, data: &mut [u8]) {
        let value = self.selected(ledger).map_or(0, |cpu| self.register(ledger, cpu, offset));
        let bytes = u64::from(value).to_le_bytes();
        for (to, from) in data.iter_mut().zip(bytes) {
            *to = from;
        }
    }

    /// The guest stores `data` at `offset`.
    pub fn write(&mut self, ledger: &mut Ledger, offset: u64, data: &[u8], now: Duration) {
        let mut bytes = [0; 4];
        for (to, from) in bytes.iter_mut().zip(data) {
            *to = *from;
        }
        let value = u32::from_le_bytes(bytes);
        if offset == offset::SELECTOR {
            self.selector = value;
            return;
        }
        let Some(cpu) = self.selected(ledger) else { return };
        match offset {
            offset::FLAGS => self.write_flags(ledger, cpu, value, now),
            offset::COMMAND => self.write_command(ledger, cpu, value & 0xff),
            offset::DATA => self.write_data(ledger, cpu, value, now),
            _ => {}
        }
    }

    /// System reset. The selector may keep its value as long as it is valid (behaviour 56).
    pub fn reset(&mut self) {
        self.selector = 0;
        self.command = Command::NextEvent;
        self.ost_event.fill(0);
    }

    fn selected(&self, ledger: &Ledger) -> Option<VcpuIndex> {
        let index = u16::try_from(self.selector).ok().and_then(VcpuIndex::new)?;
        (index.get() < ledger.possible()).then_some(index)
    }

    fn register(&self, ledger: &mut Ledger, cpu: VcpuIndex, offset: u64) -> u32 {
        let arch_id = Mpidr::of(cpu).bits();
        match (offset, self.command) {
            (offset::FLAGS, _) => self.flags(ledger, cpu),
            (offset::SELECTOR, Command::ArchId) => (arch_id >> 32) as u32,
            (offset::DATA, Command::ArchId) => arch_id as u32,
            (offset::DATA, Command::NextEvent) => u32::from(cpu.get()),
            _ => 0,
        }
    }

    fn flags(&self, ledger: &mut Ledger, cpu: VcpuIndex) -> u32 {
        let Some(flags) = ledger.read_flags(cpu) else { return 0 };
        let hidden = self.fault == Some(HotplugFault::HideEnabled) && !cpu.is_boot();
        let mut value = 0;
        if flags.enabled && !hidden {
            value |= flag::ENABLED;
        }
        if flags.inserting {
            value |= flag::INSERT;
        }
        if flags.removing {
            value |= flag::REMOVE;
        }
        value
    }

    /// One bit is acted upon, the first that matches: so the guest cannot clear an event and eject
    /// with one careless write.
    fn write_flags(&self, ledger: &mut Ledger, cpu: VcpuIndex, value: u32, now: Duration) {
        if value & flag::INSERT != 0 {
            ledger.take_insert(cpu, now);
        } else if value & flag::REMOVE != 0 {
            ledger.take_remove(cpu, now);
        } else if value & flag::EJECT != 0 && self.fault != Some(HotplugFault::IgnoreEject) {
            ledger.eject(cpu, now);
        }
    }

    fn write_command(&mut self, ledger: &Ledger, cpu: VcpuIndex, value: u32) {
        self.command = match value {
            0 => Command::NextEvent,
            1 => Command::OstEvent,
            2 => Command::OstStatus,
            3 => Command::ArchId,
            _ => return,
        };
        if self.command == Command::NextEvent
            && let Some(next) = ledger.next_event(cpu)
        {
            self.selector = u32::from(next.get());
        }
    }

    fn write_data(&mut self, ledger: &mut Ledger, cpu: VcpuIndex, value: u32, now: Duration) {
        let Some(event) = self.ost_event.get_mut(cpu.to_usize()) else { return };
        match self.command {
            Command::OstEvent => *event = value,
            Command::OstStatus => {
                let event = *event;
                ledger.ost(cpu, event, value, now);
            }
            Command::NextEvent | Command::ArchId => {}
        }
    }
}

#[cfg(test)]
mod tests;
