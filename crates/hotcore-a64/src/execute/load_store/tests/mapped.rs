//! A machine with its MMU on: Normal memory, mapped by pages to the same addresses.

use vm_memory::{Bytes, GuestAddress};

use crate::testing::{Machine, RAM};

/// Where data lies: [`SIZE`] bytes, over several pages.
pub(in crate::execute) const DATA: u64 = RAM + 0x1_0000;
/// Bytes of data.
pub(in crate::execute) const SIZE: usize = 0x4000;
/// The bit of SCTLR_EL1 that makes data and descriptors big-endian.
pub(in crate::execute) const EE: u32 = 25;
/// The tables, one behind the other.
const LEVEL1: u64 = RAM + 0xf_c000;
const LEVEL2: u64 = RAM + 0xf_d000;
const LEVEL3: u64 = RAM + 0xf_e000;

/// What a page may be used for; [`Machine::map`] takes it.
pub(in crate::execute) const NORMAL: u64 = 0x403;
pub(in crate::execute) const READ_ONLY: u64 = NORMAL | 1 << 7;
pub(in crate::execute) const EL0_TOO: u64 = NORMAL | 1 << 6;
pub(in crate::execute) const DEVICE: u64 = NORMAL | 1 << 2;
pub(in crate::execute) const NOTHING: u64 = 0;

/// Normal memory, which EL1 may read, write and execute; exceptions end the run.
pub(in crate::execute) fn mapped() -> Machine {
    let mut machine = Machine::new();
    let put = |at: u64, value: u64| machine.memory.write_obj(value, GuestAddress(at)).unwrap();
    put(LEVEL1 + 8, LEVEL2 | 3);
    put(LEVEL2, LEVEL3 | 3);
    for page in 0..256 {
        put(LEVEL3 + page * 8, (RAM + page * 4096) | NORMAL);
    }
    let system = &mut machine.core.cpu.system;
    system.ttbr0 = LEVEL1;
    system.tcr = 0x2_0000_0019;
    system.mair = 0x00ff;
    system.sctlr |= 1;
    machine.core.cpu.tlb.flush();
    machine
}

impl Machine {
    /// Maps the page of `address`, to the same address, as one of the constants above.
    pub(in crate::execute) fn map(&mut self, address: u64, kind: u64) {
        let page = address & !0xfff;
        let descriptor = if kind == NOTHING { 0 } else { page | kind };
        let at = GuestAddress(LEVEL3 + (page - RAM) / 4096 * 8);
        self.memory.write_obj(descriptor, at).unwrap();
        self.core.cpu.tlb.flush();
    }

    /// Sets a bit of SCTLR_EL1. With EE the descriptors are turned round, too.
    pub(in crate::execute) fn set_sctlr(&mut self, bit: u32) {
        let descriptors = if bit == EE { 3 * 512 } else { 0 };
        for at in (0..descriptors).map(|number| GuestAddress(LEVEL1 + 8 * number)) {
            let descriptor: u64 = self.memory.read_obj(at).unwrap();
            self.memory.write_obj(descriptor.swap_bytes(), at).unwrap();
        }
        self.core.cpu.system.sctlr |= 1 << bit;
        self.core.cpu.tlb.flush();
    }

    /// Writes `bytes` to `address`.
    pub(in crate::execute) fn fill(&self, address: u64, bytes: &[u8]) {
        self.memory.write_slice(bytes, GuestAddress(address)).unwrap();
    }

    /// The `length` bytes at `address`.
    pub(in crate::execute) fn bytes(&self, address: u64, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.memory.read_slice(&mut bytes, GuestAddress(address)).unwrap();
        bytes
    }

    /// ESR_EL1.EC, ESR_EL1.ISS and FAR_EL1 of the exception that ended the run.
    pub(in crate::execute) fn fault(&self) -> (u64, u64, u64) {
        let (esr, far) = self.core.syndrome();
        (esr >> 26, esr & 0x1ff_ffff, far)
    }
}

/// Bytes that tell their places apart.
pub(in crate::execute) fn pattern() -> Vec<u8> {
    (0..SIZE as u32).map(|at| (at.wrapping_mul(0x9e37_79b1) >> 24) as u8).collect()
}
