//! The registers that have bits for each interrupt. A redistributor's SGI_base frame lays them out as
//! the distributor does, so both decode here (IHI 0069, "The Distributor register map").

use crate::bank::{Bank, LANES, PRIORITY_MASK};

/// What a register says about its interrupts.
///
/// | offset | register | bits per interrupt | accesses |
/// |---|---|---|---|
/// | 0x080 | IGROUPR | 1 | 4 bytes |
/// | 0x100, 0x180 | ISENABLER, ICENABLER | 1 | 4 bytes |
/// | 0x200, 0x280 | ISPENDR, ICPENDR | 1 | 4 bytes |
/// | 0x300, 0x380 | ISACTIVER, ICACTIVER | 1 | 4 bytes |
/// | 0x400 | IPRIORITYR | 8 | 1 or 4 bytes |
/// | 0xc00 | ICFGR | 2 | 4 bytes |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Group,
    SetEnabled,
    ClearEnabled,
    SetPending,
    ClearPending,
    SetActive,
    ClearActive,
    Priority,
    Configuration,
}

/// An access to such a register, of a valid size and alignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BankAccess {
    field: Field,
    /// The first interrupt it is about.
    intid: u32,
    /// How many it is about.
    count: u32,
}

impl BankAccess {
    /// Decodes an access; `None` if no such register is there, or it cannot be accessed like that.
    pub(crate) fn decode(offset: u64, size: usize) -> Option<Self> {
        let offset = u32::try_from(offset).ok().filter(|offset| *offset < 0xd00)?;
        let field = match offset {
            0x080..0x100 => Field::Group,
            0x100..0x180 => Field::SetEnabled,
            0x180..0x200 => Field::ClearEnabled,
            0x200..0x280 => Field::SetPending,
            0x280..0x300 => Field::ClearPending,
            0x300..0x380 => Field::SetActive,
            0x380..0x400 => Field::ClearActive,
            0x400..0x800 => Field::Priority,
            0xc00.. => Field::Configuration,
            _ => return None,
        };
        match (field, size) {
            (Field::Priority, 1) => Some(Self { field, intid: offset & 0x3ff, count: 1 }),
            (_, 4) if offset.is_multiple_of(4) => Some(match field {
                Field::Priority => Self { field, intid: offset & 0x3ff, count: 4 },
                Field::Configuration => Self { field, intid: (offset & 0xff) * 4, count: 16 },
                _ => Self { field, intid: (offset & 0x7f) * 8, count: 32 },
            }),
            _ => None,
        }
    }

    /// The number of the bank: 0 for private interrupts.
    pub(crate) const fn bank(self) -> usize {
        (self.intid / LANES) as usize
    }

    /// The interrupts that writing `value` is about, as bits of their bank.
    pub(crate) const fn lanes(self, value: u32) -> u32 {
        match self.field {
            Field::Group => !0,
            Field::Priority | Field::Configuration => ((1 << self.count) - 1) << self.shift(),
            _ => value,
        }
    }

    const fn shift(self) -> u32 {
        self.intid % LANES
    }

    pub(crate) fn read(self, bank: &Bank) -> u32 {
        match self.field {
            Field::Group => bank.group,
            Field::SetEnabled | Field::ClearEnabled => bank.enabled,
            Field::SetPending | Field::ClearPending => bank.pending(),
            Field::SetActive | Field::ClearActive => bank.active,
            Field::Priority => self.priorities(bank),
            Field::Configuration => spread(bank.edge >> self.shift()),
        }
    }

    /// Writes; ICFGR keeps the bits of the interrupts in `fixed`.
    pub(crate) fn write(self, bank: &mut Bank, value: u32, fixed: u32) {
        match self.field {
            Field::Group => bank.group = value,
            Field::SetEnabled => bank.enabled |= value,
            Field::ClearEnabled => bank.enabled &= !value,
            Field::SetPending => bank.latch |= value,
            Field::ClearPending => bank.latch &= !value,
            Field::SetActive => bank.active |= value,
            Field::ClearActive => bank.active &= !value,
            Field::Priority => self.set_priorities(bank, value),
            Field::Configuration => {
                let lanes = self.lanes(value) & !fixed;
                bank.edge = bank.edge & !lanes | gather(value) << self.shift() & lanes;
            }
        }
    }

    fn priorities(self, bank: &Bank) -> u32 {
        let lanes = &bank.priority[self.shift() as usize..][..self.count as usize];
        lanes.iter().rev().fold(0, |value, priority| value << 8 | u32::from(*priority))
    }

    fn set_priorities(self, bank: &mut Bank, value: u32) {
        let lanes = &mut bank.priority[self.shift() as usize..][..self.count as usize];
        for (priority, byte) in lanes.iter_mut().zip(value.to_le_bytes()) {
            *priority = byte & PRIORITY_MASK;
        }
    }
}

/// 16 bits to the upper bits of 16 pairs: Int_config, of which the lower bit is RES0.
fn spread(edge: u32) -> u32 {
    (0..16).filter(|lane| edge >> lane & 1 != 0).fold(0, |value, lane| value | 2 << (2 * lane))
}

/// The inverse of [`spread`].
fn gather(configuration: u32) -> u32 {
    (0..16).fold(0, |edge, lane| edge | (configuration >> (2 * lane + 1) & 1) << lane)
}
