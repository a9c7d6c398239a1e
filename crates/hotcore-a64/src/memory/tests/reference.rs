//! A table walk that keeps nothing and computes nothing twice: the Arm ARM, D8.2 to D8.4, read anew.

use crate::memory::{Access, PHYSICAL_BITS};
use crate::pstate::Level;

/// The registers that rule stage 1 of EL1&0.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Regime {
    pub(super) sctlr: u64,
    pub(super) tcr: u64,
    pub(super) ttbr: [u64; 2],
    pub(super) mair: u64,
}

/// A walk: which descriptors it read, and how it ended.
pub(super) struct Walk {
    pub(super) read: Vec<u64>,
    pub(super) end: Result<Found, u32>,
}

/// A translation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) physical: u64,
    pub(super) level: u32,
    pub(super) device: bool,
    /// What EL0 and EL1 may do.
    may: [May; 2],
}

#[derive(Debug, Clone, Copy)]
struct May {
    read: bool,
    write: bool,
    execute: bool,
}

fn field(value: u64, high: u32, low: u32) -> u64 {
    (value >> low) % (1 << (high - low + 1))
}

/// Whether bits `from` and up, as far as bit `top`, of `address` all are `bit`.
fn all_are(address: u64, top: u32, from: u32, bit: bool) -> bool {
    (from..=top).all(|at| (field(address, at, at) == 1) == bit)
}

impl Regime {
    pub(super) fn walk(&self, memory: &dyn Fn(u64) -> Option<u64>, address: u64) -> Walk {
        let mut read = Vec::new();
        let end = if field(self.sctlr, 0, 0) == 1 {
            self.by_tables(memory, address, &mut read)
        } else {
            self.flat(address)
        };
        Walk { read, end }
    }

    /// What an access comes to: a physical address and whether it is Device, or a fault status.
    pub(super) fn access(
        &self,
        memory: &dyn Fn(u64) -> Option<u64>,
        address: u64,
        level: Level,
        access: Access,
    ) -> Result<Found, u32> {
        // TCR_EL1.E0PD0 and E0PD1: half of the address space is not EL0's.
        let half = 55 + field(address, 55, 55) as u32;
        let mmu = field(self.sctlr, 0, 0) == 1;
        if mmu && level == Level::El0 && field(self.tcr, half, half) == 1 {
            return Err(0b000100);
        }
        let found = self.walk(memory, address).end?;
        let may = found.may[level as usize];
        let allowed = match access {
            Access::Read => may.read,
            Access::Write => may.write,
            Access::Fetch => may.execute,
        };
        if allowed { Ok(found) } else { Err(0b001100 | found.level) }
    }

    fn flat(&self, address: u64) -> Result<Found, u32> {
        let top = if field(self.tcr, 37, 37) == 1 && field(address, 55, 55) == 0 { 55 } else { 63 };
        if !all_are(address, top, PHYSICAL_BITS, false) {
            return Err(0);
        }
        let may = [May { read: true, write: true, execute: true }; 2];
        Ok(Found { physical: field(address, PHYSICAL_BITS - 1, 0), level: 0, device: true, may })
    }

    fn by_tables(
        &self,
        memory: &dyn Fn(u64) -> Option<u64>,
        address: u64,
        read: &mut Vec<u64>,
    ) -> Result<Found, u32> {
        let upper = field(address, 55, 55) == 1;
        let [size, epd, tbi] = if upper {
            [field(self.tcr, 21, 16), field(self.tcr, 23, 23), field(self.tcr, 38, 38)]
        } else {
            [field(self.tcr, 5, 0), field(self.tcr, 7, 7), field(self.tcr, 37, 37)]
        };
        let input = 64 - size.clamp(16, 39) as u32;
        let top = if tbi == 1 { 55 } else { 63 };
        if epd == 1 || !all_are(address, top, input, upper) {
            return Err(0b000100);
        }
        // Each level resolves 9 bits; the first, what is left of them.
        let levels = (input - 12).div_ceil(9);
        let first = 4 - levels;
        let first_bits = input - 12 - 9 * (levels - 1);
        let table_mask = (1u64 << (first_bits + 3)) - 1;
        let mut table = (field(self.ttbr[usize::from(upper)], 47, 1) * 2) & !table_mask;
        if self.too_large(table) {
            return Err(0);
        }
        let mut hierarchy = 0;
        for level in first..4 {
            let low = 12 + 9 * (3 - level);
            let bits = if level == first { first_bits } else { 9 };
            let at = table + field(address, low + bits - 1, low) * 8;
            read.push(at);
            let descriptor = memory(at).ok_or(0b010100 | level)?;
            let is_leaf = match (field(descriptor, 1, 0), level) {
                (3, 3) | (1, 1 | 2) => true,
                (3, _) => false,
                _ => return Err(0b000100 | level),
            };
            let next = field(descriptor, 47, 12) << 12;
            if self.too_large(next) {
                return Err(level);
            }
            if !is_leaf {
                hierarchy |= field(descriptor, 62, 59);
                table = next;
                continue;
            }
            if field(descriptor, 10, 10) == 0 {
                return Err(0b001000 | level);
            }
            return Ok(self.found(descriptor, hierarchy, address, level, low));
        }
        unreachable!("a descriptor of level 3 is a leaf or invalid")
    }

    fn too_large(&self, address: u64) -> bool {
        let implemented = match field(self.tcr, 34, 32) {
            0 => 32,
            1 => 36,
            _ => PHYSICAL_BITS,
        };
        address >> implemented != 0
    }

    /// `hierarchy`: 3:2 APTable | 1 UXNTable | 0 PXNTable.
    fn found(&self, leaf: u64, hierarchy: u64, address: u64, level: u32, low: u32) -> Found {
        let permissions = field(leaf, 7, 6) & !field(hierarchy, 2, 2) | field(hierarchy, 3, 3) << 1;
        // AP[2:1]: what EL1 and EL0 may do with data, reading and writing.
        let (el1, el0) = match permissions {
            0 => ((true, true), (false, false)),
            1 => ((true, true), (true, true)),
            2 => ((true, false), (false, false)),
            _ => ((true, false), (true, false)),
        };
        let wxn = field(self.sctlr, 19, 19) == 1;
        let uxn = (field(leaf, 54, 54) | field(hierarchy, 1, 1)) == 1;
        let pxn = (field(leaf, 53, 53) | field(hierarchy, 0, 0)) == 1 || el0.1;
        let may = [(el0, uxn), (el1, pxn)].map(|((read, write), never)| May {
            read,
            write,
            execute: !(never || wxn && write),
        });
        let attributes =
            field(self.mair, field(leaf, 4, 2) as u32 * 8 + 7, field(leaf, 4, 2) as u32 * 8);
        let base = field(leaf, 47, low) << low;
        let physical = base + field(address, low - 1, 0);
        Found { physical, level, device: attributes < 0x10, may }
    }
}
