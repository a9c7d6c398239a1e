//! TLBI: this PE's translations at once, those of others by request (Arm ARM, C5.5, D8.14).
//!
//! ```text
//! operand: 63:48 ASID | 43:0 VA[55:12]
//! ```
//! An invalidation by address forgets the page for every ASID, so that the forms with and without
//! ASID, of the last level and of all, are the same here.

use crate::cluster::TlbRequest;
use crate::cpu::Cpu;
use crate::step::Step;
use crate::trap::Done;

pub(super) fn all(cpu: &mut Cpu, _: &Step, _: u64) -> Done {
    cpu.invalidate_tlb(TlbRequest::All);
    Ok(())
}

pub(super) fn asid(cpu: &mut Cpu, _: &Step, operand: u64) -> Done {
    let request = by_asid(cpu, operand);
    cpu.invalidate_tlb(request);
    Ok(())
}

pub(super) fn address(cpu: &mut Cpu, _: &Step, operand: u64) -> Done {
    cpu.invalidate_tlb(by_address(operand));
    Ok(())
}

pub(super) fn all_everywhere(cpu: &mut Cpu, _: &Step, _: u64) -> Done {
    cpu.invalidate_everywhere(TlbRequest::All);
    Ok(())
}

pub(super) fn asid_everywhere(cpu: &mut Cpu, _: &Step, operand: u64) -> Done {
    let request = by_asid(cpu, operand);
    cpu.invalidate_everywhere(request);
    Ok(())
}

pub(super) fn address_everywhere(cpu: &mut Cpu, _: &Step, operand: u64) -> Done {
    cpu.invalidate_everywhere(by_address(operand));
    Ok(())
}

fn by_asid(cpu: &Cpu, operand: u64) -> TlbRequest {
    TlbRequest::Asid(cpu.system.implemented_asid((operand >> 48) as u16))
}

fn by_address(operand: u64) -> TlbRequest {
    TlbRequest::Address((operand & ((1 << 44) - 1)) << 12)
}

impl Cpu {
    /// Forgets translations on every PE; the next DSB waits for the others.
    fn invalidate_everywhere(&mut self, request: TlbRequest) {
        self.invalidate_tlb(request);
        self.cluster.broadcast(self.index, request);
        self.awaits_others = true;
    }

    /// DSB: what this PE asked of others is done when it returns.
    pub(crate) fn await_others(&mut self) {
        if std::mem::take(&mut self.awaits_others) {
            self.cluster.synchronise(self.index);
            self.serve_requests();
        }
    }
}
