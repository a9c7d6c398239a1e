//! The guest's door through the hotplug register block: flags, events, `_OST`, eject.
//!
//! Linux's order of accesses is in the guest contract, §2.3 (add) and §2.4 (eject).

use core::time::Duration;

use super::cpu::Cpu;
use super::{EventFlags, Ledger, Notice, OperationKind, Outcome, Power, Stage};
use crate::VcpuIndex;

/// How long after an eject the guest has for its last `_OST` before a held plug proceeds anyway:
/// an operating system need not have `_OST` at all.
const SETTLE: Duration = Duration::from_secs(1);

/// `_OST` source events (ACPI 6.5 table 6-28).
mod source {
    pub(super) const BUS_CHECK: u32 = 0;
    pub(super) const DEVICE_CHECK: u32 = 1;
    pub(super) const EJECT_REQUEST: u32 = 3;
    pub(super) const OSPM_EJECT: u32 = 0x103;
    pub(super) const OSPM_INSERTION: u32 = 0x200;
}

/// `_OST` status codes (ACPI 6.5 tables 6-29 to 6-31).
mod status {
    pub(super) const SUCCESS: u32 = 0;
    pub(super) const INSERTION_IN_PROGRESS: u32 = 0x80;
    pub(super) const EJECT_IN_PROGRESS: u32 = 0x84;
}

impl Ledger {
    /// The guest reads the flags of a CPU. From now on it may know what they say.
    pub fn read_flags(&mut self, cpu: VcpuIndex) -> Option<EventFlags> {
        let state = self.get_mut(cpu)?;
        state.enable_seen |= state.enabled;
        state.remove_seen |= state.removing;
        Some(EventFlags {
            enabled: state.enabled,
            inserting: state.inserting,
            removing: state.removing,
        })
    }

    /// The first CPU with an event, starting at `from` and wrapping around (command 0).
    pub fn next_event(&self, from: VcpuIndex) -> Option<VcpuIndex> {
        let all = VcpuIndex::first(self.possible());
        let from_there = all.clone().filter(|&cpu| cpu >= from);
        let wrapped = all.filter(|&cpu| cpu < from);
        from_there.chain(wrapped).find(|&cpu| self.get(cpu).is_some_and(Cpu::has_event))
    }

    /// The guest clears the insert event of a CPU.
    pub fn take_insert(&mut self, cpu: VcpuIndex, now: Duration) {
        let Some(state) = self.get_mut(cpu) else { return };
        if !core::mem::take(&mut state.inserting) {
            return;
        }
        state.enable_seen = true;
        self.advance(cpu, OperationKind::Plug, Stage::Delivered, now);
    }

    /// The guest clears the remove event of a CPU.
    pub fn take_remove(&mut self, cpu: VcpuIndex, now: Duration) {
        let Some(state) = self.get_mut(cpu) else { return };
        if !core::mem::take(&mut state.removing) {
            return;
        }
        state.remove_seen = true;
        self.advance(cpu, OperationKind::Unplug, Stage::Delivered, now);
    }

    /// The guest ejects a CPU (`_EJ0`). Afterwards `_STA` reads 0xD at once, or the eject was
    /// ignored: boot CPU, fixed, not enabled, or not powered off.
    pub fn eject(&mut self, cpu: VcpuIndex, now: Duration) {
        let Some(state) = self.get_mut(cpu) else { return };
        let allowed = state.enabled && state.removable && state.power == Power::Off;
        if !allowed {
            self.notice(Notice::EjectIgnored { cpu });
            return;
        }
        state.disable();
        state.settling = Some(now.saturating_add(SETTLE));
        let kind = state.operation.map(|operation| operation.kind);
        self.notice(Notice::Ejected { cpu, asked: kind == Some(OperationKind::Unplug) });
        match kind {
            Some(OperationKind::Unplug) => self.end(cpu, Outcome::Ejected, now),
            // The guest gave back what it had just been given.
            Some(OperationKind::Plug) => self.end(cpu, Outcome::AcceptedNotOnlined, now),
            None => {}
        }
    }

    /// The guest evaluates `_OST` of a CPU.
    pub fn ost(&mut self, cpu: VcpuIndex, source: u32, status: u32, now: Duration) {
        let Some(state) = self.get_mut(cpu) else { return };
        state.ost = Some((source, status));
        self.notice(Notice::Ost { cpu, source, status });
        match source {
            source::BUS_CHECK | source::DEVICE_CHECK | source::OSPM_INSERTION => {
                self.insertion_status(cpu, source, status, now);
            }
            source::EJECT_REQUEST | source::OSPM_EJECT => {
                self.eject_status(cpu, source, status, now);
            }
            _ => {}
        }
    }

    fn insertion_status(&mut self, cpu: VcpuIndex, source: u32, status: u32, now: Duration) {
        if source == source::OSPM_INSERTION && status == status::INSERTION_IN_PROGRESS {
            return;
        }
        let Some(state) = self.get_mut(cpu) else { return };
        let Some(operation) = &mut state.operation else { return };
        if operation.kind != OperationKind::Plug || operation.stage < Stage::Delivered {
            return;
        }
        if status == status::SUCCESS {
            // The guest says success even where it could not register the CPU (guest contract
            // §2.3): only CPU_ON proves that it is in use.
            operation.deadline = now.saturating_add(operation.patience.online);
            self.advance(cpu, OperationKind::Plug, Stage::Accepted, now);
            return;
        }
        // By its own word the guest does not have the CPU, so disabling it surprises nobody.
        if state.power == Power::Off {
            state.disable();
        }
        self.end(cpu, Outcome::Refused { source, status }, now);
    }

    fn eject_status(&mut self, cpu: VcpuIndex, source: u32, status: u32, now: Duration) {
        if status == status::EJECT_IN_PROGRESS {
            self.advance(cpu, OperationKind::Unplug, Stage::Accepted, now);
            return;
        }
        self.settle(cpu, now);
        let Some(state) = self.get_mut(cpu) else { return };
        let unplugging = state.operation.is_some_and(|o| o.kind == OperationKind::Unplug);
        // The end of an eject that the guest began by itself says nothing about the host's request,
        // nor does any answer that comes before the guest has seen the request.
        if !unplugging || source != source::EJECT_REQUEST || !state.remove_seen {
            return;
        }
        state.withdraw_removal();
        self.end(cpu, Outcome::Refused { source, status }, now);
    }

    /// The guest is done with an eject: a plug that was held goes ahead.
    pub(super) fn settle(&mut self, cpu: VcpuIndex, now: Duration) {
        let Some(state) = self.get_mut(cpu) else { return };
        if state.settling.take().is_some() && state.operation.is_some() {
            self.insert(cpu, now);
        }
    }
}
