//! Stage 1 translation of the EL1&0 regime: the table walk (Arm ARM, D8.2, 4 KiB granule, 48 bits).
//!
//! ```text
//! table: 62:61 APTable | 60 UXNTable | 59 PXNTable | 47:12 next table | 1:0 = 11
//! leaf:  54 UXN | 53 PXN | 47:12 output | 11 nG | 10 AF | 7:6 AP | 4:2 AttrIndx | 1:0 = 01, L3: 11
//! ```

use crate::memory::ram::{PAGE, Ram};
use crate::pstate::Level;
use crate::system::SystemRegisters;

/// Bits of a physical address that are implemented (ID_AA64MMFR0_EL1.PARange = 40 bits).
pub(crate) const PHYSICAL_BITS: u32 = 40;

/// What an access is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    Write,
    Fetch,
}

/// Why a translation fails: a fault status code (ESR_EL1.ISS.DFSC and IFSC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault(pub(crate) u32);

impl Fault {
    pub(crate) const ALIGNMENT: Fault = Fault(0x21);
    /// Synchronous External abort, not on a table walk.
    pub(crate) const EXTERNAL: Fault = Fault(0x10);
    /// An exclusive or atomic access where the memory does not support it.
    pub(crate) const UNSUPPORTED_EXCLUSIVE: Fault = Fault(0x35);

    fn address_size(level: u32) -> Self {
        Fault(level)
    }

    fn translation(level: u32) -> Self {
        Fault(0x04 + level)
    }

    fn access_flag(level: u32) -> Self {
        Fault(0x08 + level)
    }

    fn permission(level: u32) -> Self {
        Fault(0x0c + level)
    }

    fn external_on_walk(level: u32) -> Self {
        Fault(0x14 + level)
    }
}

/// Where a virtual address leads, and who may do what there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// The physical address of the byte that was asked for.
    pub(crate) physical: u64,
    /// log2 of what the descriptor maps.
    pub(crate) size_bits: u32,
    /// The level of the table it stands in.
    pub(crate) table_level: u32,
    /// Whether EL0 has access to data.
    pub(crate) el0: bool,
    /// Whether whoever may read may write.
    pub(crate) writable: bool,
    /// UXN, with what the tables above say.
    pub(crate) uxn: bool,
    /// PXN, likewise; or EL0 can write there, which EL1 then never executes.
    pub(crate) pxn: bool,
    /// Whether all ASIDs share it.
    pub(crate) global: bool,
    /// Its memory attributes: a byte of MAIR_EL1.
    pub(crate) attributes: u8,
}

impl Leaf {
    /// Whether the memory type is Device.
    pub(crate) fn is_device(&self) -> bool {
        self.attributes & 0xf0 == 0
    }

    /// Whether `level` may read, write or execute (AArch64.S1DirectBasePermissions).
    pub(crate) fn allows(&self, level: Level, access: Access, write_execute_never: bool) -> bool {
        match access {
            Access::Read => level == Level::El1 || self.el0,
            Access::Write => self.writable && (level == Level::El1 || self.el0),
            Access::Fetch => self.executable(level, write_execute_never),
        }
    }

    fn executable(&self, level: Level, write_execute_never: bool) -> bool {
        let writable_here = self.allows(level, Access::Write, false);
        if write_execute_never && writable_here {
            return false;
        }
        match level {
            Level::El0 => !self.uxn,
            Level::El1 => !self.pxn,
        }
    }

    /// The Permission fault of this translation.
    pub(crate) fn permission_fault(&self) -> Fault {
        Fault::permission(self.table_level)
    }
}

/// Translates `address` for an access of `level`: FEAT_E0PD's fault comes before any walk.
pub(crate) fn walk_for(
    level: Level,
    system: &SystemRegisters,
    ram: &Ram,
    address: u64,
    fetch: bool,
) -> Result<Leaf, Fault> {
    if level == Level::El0 && system.keeps_el0_out(address) {
        return Err(Fault::translation(0));
    }
    walk(system, ram, address, fetch)
}

/// Translates `address` by the tables that `system` names, or by the identity with the MMU off.
pub(crate) fn walk(
    system: &SystemRegisters,
    ram: &Ram,
    address: u64,
    fetch: bool,
) -> Result<Leaf, Fault> {
    if !system.mmu_enabled() {
        return identity(system, address, fetch);
    }
    let start = Start::of(system, address)?;
    let mut tables = Tables::default();
    let mut table = start.table;
    for level in start.level..=3 {
        let shift = 39 - 9 * level;
        let low_bits = if level == start.level { start.bits } else { shift + 9 };
        let index = (address & ((1 << low_bits) - 1)) >> shift;
        let descriptor = read(system, ram, table + index * 8);
        let descriptor = descriptor.ok_or(Fault::external_on_walk(level))?;
        // What the descriptor is comes before what it holds (AArch64.DecodeDescriptorType).
        let is_table = match (descriptor & 3, level) {
            (0b11, 3) | (0b01, 1 | 2) => false,
            (0b11, _) => true,
            _ => return Err(Fault::translation(level)),
        };
        let output = descriptor & 0xffff_ffff_f000;
        if output >> system.output_bits() != 0 {
            return Err(Fault::address_size(level));
        }
        if is_table {
            tables.enter(descriptor);
            table = output;
            continue;
        }
        if descriptor & 1 << 10 == 0 {
            return Err(Fault::access_flag(level));
        }
        return Ok(leaf(system, &tables, descriptor, address, level));
    }
    Err(Fault::translation(3))
}

fn identity(system: &SystemRegisters, address: u64, fetch: bool) -> Result<Leaf, Fault> {
    let physical = if system.tcr_ignores_top_byte(false) { address << 8 >> 8 } else { address };
    if physical >> PHYSICAL_BITS != 0 {
        return Err(Fault::address_size(0));
    }
    Ok(Leaf {
        physical,
        size_bits: 12,
        table_level: 0,
        el0: true,
        writable: true,
        uxn: false,
        pxn: false,
        global: true,
        attributes: if fetch { 0xff } else { 0 },
    })
}

fn leaf(
    system: &SystemRegisters,
    tables: &Tables,
    descriptor: u64,
    address: u64,
    level: u32,
) -> Leaf {
    let size_bits = 39 - 9 * level;
    let inside = (1u64 << size_bits) - 1;
    let attribute_index = (descriptor >> 2) & 7;
    let el0 = descriptor >> 6 & 1 == 1 && !tables.no_el0;
    let writable = descriptor >> 7 & 1 == 0 && !tables.no_write;
    Leaf {
        physical: (descriptor & 0xffff_ffff_f000 & !inside) | (address & inside),
        size_bits,
        table_level: level,
        el0,
        writable,
        uxn: descriptor >> 54 & 1 == 1 || tables.uxn,
        pxn: descriptor >> 53 & 1 == 1 || tables.pxn || (el0 && writable),
        global: descriptor >> 11 & 1 == 0,
        attributes: (system.mair >> (attribute_index * 8)) as u8,
    }
}

/// What the tables above a leaf take away.
#[derive(Default)]
struct Tables {
    no_el0: bool,
    no_write: bool,
    uxn: bool,
    pxn: bool,
}

impl Tables {
    fn enter(&mut self, descriptor: u64) {
        self.no_el0 |= descriptor >> 61 & 1 == 1;
        self.no_write |= descriptor >> 62 & 1 == 1;
        self.uxn |= descriptor >> 60 & 1 == 1;
        self.pxn |= descriptor >> 59 & 1 == 1;
    }
}

/// Where a walk begins.
struct Start {
    table: u64,
    level: u32,
    /// Size of the half of the address space, as log2.
    bits: u32,
}

impl Start {
    fn of(system: &SystemRegisters, address: u64) -> Result<Self, Fault> {
        let high = address >> 55 & 1 == 1;
        let half = system.tcr_half(high);
        let bits = 64 - half.size.clamp(16, 39);
        let checked = if half.ignores_top_byte { address << 8 >> 8 } else { address };
        let all_ones = if half.ignores_top_byte { u64::MAX >> 8 } else { u64::MAX };
        let above = checked >> bits;
        let expected = if high { all_ones >> bits } else { 0 };
        if above != expected || half.walks_disabled {
            return Err(Fault::translation(0));
        }
        let level = match bits {
            40.. => 0,
            31..=39 => 1,
            22..=30 => 2,
            _ => 3,
        };
        let entries_bits = bits - (39 - 9 * level);
        let align = (1u64 << (entries_bits + 3)) - 1;
        let table = half.base & 0xffff_ffff_ffff & !align & !1;
        if table >> system.output_bits() != 0 {
            return Err(Fault::address_size(0));
        }
        Ok(Self { table, level, bits })
    }
}

/// The descriptor at `physical`, in the byte order of EL1's data (SCTLR_EL1.EE).
fn read(system: &SystemRegisters, ram: &Ram, physical: u64) -> Option<u64> {
    let stored = ram.page(physical)?.page.load::<u64>(physical & (PAGE - 1));
    let big_endian = system.data_is_big_endian(Level::El1);
    Some(if big_endian { u64::from_be(stored) } else { u64::from_le(stored) })
}
