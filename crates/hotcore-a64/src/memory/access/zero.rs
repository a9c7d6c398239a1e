//! DC ZVA: zeroes a block of memory.

use super::{Place, store};
use crate::cpu::Cpu;
use crate::memory::walk::{Access, Fault, walk};
use crate::trap::Done;

/// Bytes of the block: DCZID_EL0.BS = 4.
const BLOCK: u64 = 64;

/// Zeroes the 64-byte block that holds `address`.
#[inline(always)]
pub(crate) fn zero_block(cpu: &mut Cpu, address: u64) -> Done {
    let start = address & !(BLOCK - 1);
    if let Some(entry) = cpu.tlb.write(cpu.level, start, 8)
        && !entry.device
        && !cpu.code.is_code(entry.frame)
    {
        for offset in (0..BLOCK).step_by(8) {
            entry.page.store(start + offset, 0u64);
        }
        return Ok(());
    }
    zero_block_slow(cpu, address)
}

/// An abort reports the address as the instruction gave it.
#[cold]
#[inline(never)]
fn zero_block_slow(cpu: &mut Cpu, address: u64) -> Done {
    let is_device = match cpu.translate(cpu.level, address, Access::Write)? {
        Place::Ram { device, .. } => device,
        Place::Outside { .. } => {
            walk(&cpu.system, &cpu.cluster.ram, address, false).is_ok_and(|leaf| leaf.is_device())
        }
    };
    if is_device {
        return Err(cpu.abort(address, Access::Write, Fault::ALIGNMENT));
    }
    let start = address & !(BLOCK - 1);
    for offset in (0..BLOCK).step_by(8) {
        store(cpu, start + offset, 0u64)?;
    }
    Ok(())
}
