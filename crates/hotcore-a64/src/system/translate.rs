//! AT: what a virtual address translates to, as PAR_EL1 tells it (Arm ARM, C5.4, D17.2.98).
//!
//! ```text
//! PAR_EL1: 63:56 ATTR | 47:12 PA | 11 RES1 | 8:7 SH | 0 F = 0
//!          11 RES1 | 6:1 FST | 0 F = 1
//! ```

use crate::cpu::Cpu;
use crate::memory::{Access, Fault, PAGE, walk_for};
use crate::pstate::Level;
use crate::step::Step;
use crate::trap::Done;

const RES1: u64 = 1 << 11;
/// FST without its two bits of table level: a synchronous External abort on a table walk.
const EXTERNAL_ON_WALK: u32 = 0x14;

pub(super) fn s1e1r(cpu: &mut Cpu, _: &Step, address: u64) -> Done {
    translate(cpu, Level::El1, Access::Read, address)
}

pub(super) fn s1e1w(cpu: &mut Cpu, _: &Step, address: u64) -> Done {
    translate(cpu, Level::El1, Access::Write, address)
}

pub(super) fn s1e0r(cpu: &mut Cpu, _: &Step, address: u64) -> Done {
    translate(cpu, Level::El0, Access::Read, address)
}

pub(super) fn s1e0w(cpu: &mut Cpu, _: &Step, address: u64) -> Done {
    translate(cpu, Level::El0, Access::Write, address)
}

fn translate(cpu: &mut Cpu, level: Level, access: Access, address: u64) -> Done {
    match physical(cpu, level, access, address) {
        Ok((page, attributes)) => {
            let shareability = shareability(attributes);
            cpu.system.par = u64::from(attributes) << 56 | page | RES1 | shareability << 7;
            Ok(())
        }
        Err(fault) if fault.0 & !3 == EXTERNAL_ON_WALK => {
            Err(cpu.maintenance_abort(address, fault))
        }
        Err(fault) => {
            cpu.system.par = RES1 | u64::from(fault.0) << 1 | 1;
            Ok(())
        }
    }
}

/// The physical page and its memory attributes.
fn physical(cpu: &Cpu, level: Level, access: Access, address: u64) -> Result<(u64, u8), Fault> {
    let leaf = walk_for(level, &cpu.system, &cpu.cluster.ram, address, false)?;
    if !leaf.allows(level, access, false) {
        return Err(leaf.permission_fault());
    }
    Ok((leaf.physical & !(PAGE - 1), leaf.attributes))
}

/// Device and Non-cacheable memory is Outer Shareable, all other is Inner Shareable here.
fn shareability(attributes: u8) -> u64 {
    if attributes & 0xf0 == 0 || attributes == 0x44 { 2 } else { 3 }
}
