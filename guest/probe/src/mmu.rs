//! The identity map: 512 blocks of 1 GiB, devices or RAM.
#![allow(unsafe_code)] // The table is what the MMU reads.

use core::sync::atomic::{AtomicU64, Ordering};

use crate::arch::{self, read, write};

/// Bytes of a block.
const BLOCK: u64 = 1 << 30;
/// T0SZ of 39 bits: the table of blocks is the first that is walked.
const T0SZ: u64 = 64 - 39;
/// `MAIR_ELx`: 0 is Device-nGnRnE, 1 is Normal, write-back.
const MAIR: u64 = 0xff00;
const NORMAL: u64 = 1;

/// Where the identity map ends.
pub(crate) const LIMIT: u64 = BLOCK * 512;

#[repr(C, align(4096))]
struct Table([AtomicU64; 512]);

static TABLE: Table = Table([const { AtomicU64::new(0) }; 512]);

/// Values of the registers that all CPUs share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Registers {
    pub(crate) ttbr: u64,
    pub(crate) tcr: u64,
    pub(crate) mair: u64,
    pub(crate) sctlr: u64,
}

impl Registers {
    /// For this exception level.
    pub(crate) fn here() -> Self {
        let range = (read!("id_aa64mmfr0_el1") & 0xf).min(5);
        // Inner shareable, write-back walks.
        let walks = T0SZ | 1 << 8 | 1 << 10 | 3 << 12;
        let el2 = arch::level() == 2;
        Self {
            ttbr: (&raw const TABLE) as u64,
            tcr: walks | if el2 { range << 16 | 1 << 31 | 1 << 23 } else { range << 32 | 1 << 23 },
            mair: MAIR,
            // RES1, and I, C and M.
            sctlr: if el2 { 0x30c5_0830 } else { 0x30d0_0800 } | 1 << 12 | 1 << 2 | 1,
        }
    }
}

/// Maps the first GiB as devices, and the blocks of these addresses as RAM, and turns the MMU on.
///
/// Atomics are usable from then on, and not before: exclusive accesses to Device memory need not work.
pub(crate) fn begin(ram: [u64; 2]) {
    map(0, 0);
    for address in ram {
        map(address, NORMAL);
    }
    let registers = Registers::here();
    if arch::level() == 2 {
        write!("mair_el2", registers.mair);
        write!("tcr_el2", registers.tcr);
        write!("ttbr0_el2", registers.ttbr);
    } else {
        write!("mair_el1", registers.mair);
        write!("tcr_el1", registers.tcr);
        write!("ttbr0_el1", registers.ttbr);
    }
    // SAFETY: there are no translations yet that anybody relies on.
    unsafe {
        if arch::level() == 2 {
            core::arch::asm!("dsb sy", "tlbi alle2", "dsb sy", "isb", options(nostack));
        } else {
            core::arch::asm!("dsb sy", "tlbi vmalle1", "dsb sy", "isb", options(nostack));
        }
    }
    // Where this code is and what it uses is mapped to itself.
    if arch::level() == 2 {
        write!("sctlr_el2", registers.sctlr);
    } else {
        write!("sctlr_el1", registers.sctlr);
    }
}

/// Has RAM mapped.
pub(crate) fn map_ram(start: u64, end: u64) {
    let mut block = start & !(BLOCK - 1);
    while block < end.min(LIMIT) {
        map_once(block, NORMAL);
        block += BLOCK;
    }
}

/// Has an address mapped that no RAM is at, as far as anybody said. `false`: it cannot be.
pub(crate) fn map_device(address: u64) -> bool {
    if address >= LIMIT {
        return false;
    }
    map_once(address, 0);
    true
}

/// Whether an address is mapped as RAM.
pub(crate) fn is_ram(address: u64) -> bool {
    address < LIMIT && entry(address).load(Ordering::Relaxed) & 0x1f == 1 | NORMAL << 2
}

fn map_once(address: u64, attributes: u64) {
    if entry(address).load(Ordering::Relaxed) == 0 {
        map(address, attributes);
    }
}

fn entry(address: u64) -> &'static AtomicU64 {
    &TABLE.0[(address / BLOCK) as usize % 512]
}

/// A block that was not mapped needs no TLB maintenance: what is not valid is not cached.
fn map(address: u64, attributes: u64) {
    let block = address & !(BLOCK - 1);
    // Access flag, inner shareable; EL2 wants AP[1] to be 1, EL1 cannot execute what EL0 may write.
    let mut value = block | 1 << 10 | 3 << 8 | attributes << 2 | 1;
    if arch::level() == 2 {
        value |= 1 << 6;
    }
    if attributes != NORMAL {
        // Execute-never, for either level.
        value |= 1 << 54 | 1 << 53;
    }
    entry(address).store(value, Ordering::Relaxed);
    arch::barrier();
}
