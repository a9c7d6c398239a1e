//! Loads and stores of 16 bytes (LDR Q, STR Q): two accesses of 8 bytes, aligned as one of 16.

use super::{Place, load_pair, store_pair};
use crate::cpu::Cpu;
use crate::memory::walk::{Access, Fault};
use crate::trap::{Done, Trapped};

/// Loads 16 bytes at the current Exception level.
#[inline(always)]
pub(crate) fn load_quad(cpu: &mut Cpu, address: u64) -> Result<u128, Trapped> {
    if let Some(entry) = cpu.tlb.read(cpu.level, address, 16) {
        let halves: (u64, u64) = (entry.page.load(address), entry.page.load(address + 8));
        return Ok(u128::from(halves.1) << 64 | u128::from(halves.0));
    }
    load_quad_slow(cpu, address)
}

/// Stores 16 bytes at the current Exception level.
#[inline(always)]
pub(crate) fn store_quad(cpu: &mut Cpu, address: u64, value: u128) -> Done {
    if let Some(entry) = cpu.tlb.write(cpu.level, address, 16)
        && !cpu.code.is_code(entry.frame)
    {
        entry.page.store(address, value as u64);
        entry.page.store(address + 8, (value >> 64) as u64);
        return Ok(());
    }
    store_quad_slow(cpu, address, value)
}

#[inline(never)]
fn load_quad_slow(cpu: &mut Cpu, address: u64) -> Result<u128, Trapped> {
    cpu.check_quad_alignment(address, Access::Read)?;
    let (first, second) = load_pair::<u64>(cpu, address)?;
    let (low, high) = cpu.quad_order((first, second));
    Ok(u128::from(high) << 64 | u128::from(low))
}

#[inline(never)]
fn store_quad_slow(cpu: &mut Cpu, address: u64, value: u128) -> Done {
    cpu.check_quad_alignment(address, Access::Write)?;
    let halves = cpu.quad_order((value as u64, (value >> 64) as u64));
    store_pair(cpu, address, halves)
}

impl Cpu {
    /// Of 16 bytes, an address that is a multiple of 8 only is not aligned, though both halves are.
    fn check_quad_alignment(&mut self, address: u64, access: Access) -> Done {
        if address.is_multiple_of(16) {
            return Ok(());
        }
        if self.system.alignment_checked() {
            return Err(self.abort(address, access, Fault::ALIGNMENT));
        }
        match self.translate(self.level, address, access)? {
            Place::Ram { device: false, .. } => Ok(()),
            _ => Err(self.abort(address, access, Fault::ALIGNMENT)),
        }
    }

    /// The halves as they stand in memory, or in the register: big-endian data have the high one
    /// first.
    fn quad_order(&self, halves: (u64, u64)) -> (u64, u64) {
        if self.system.data_is_big_endian(self.level) { (halves.1, halves.0) } else { halves }
    }
}
