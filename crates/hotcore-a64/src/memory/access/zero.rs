//! DC ZVA: a block of 64 bytes becomes zero by one look at the TLB.

use super::Place;
use crate::cpu::Cpu;
use crate::memory::walk::{Access, Fault};
use crate::trap::Done;

/// Bytes that DC ZVA zeroes (DCZID_EL0.BS); no block crosses a page.
const BLOCK: u64 = 64;

/// Zeroes the block that holds `address`, at the current Exception level. Faults name `address` as
/// it was given.
#[inline(always)]
pub(crate) fn zero_block(cpu: &mut Cpu, address: u64) -> Done {
    let start = address & !(BLOCK - 1);
    if let Some(entry) = cpu.tlb.write(cpu.level, start, 8)
        && !entry.device
        && !cpu.code.is_code(entry.frame)
    {
        entry.page.zero(start, BLOCK);
        return Ok(());
    }
    zero_block_slow(cpu, address)
}

#[cold]
#[inline(never)]
fn zero_block_slow(cpu: &mut Cpu, address: u64) -> Done {
    let place = cpu.translate(cpu.level, address, Access::Write)?;
    let Place::Ram { frame, device: false } = place else {
        return Err(cpu.abort(address, Access::Write, Fault::ALIGNMENT));
    };
    cpu.before_write(frame)?;
    frame.page.zero(address & !(BLOCK - 1), BLOCK);
    Ok(())
}
