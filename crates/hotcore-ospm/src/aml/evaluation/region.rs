//! Fields of operation regions: which accesses a read and a write of them make (ACPI 6.5 §19.6.48).

use alloc::vec;
use alloc::vec::Vec;

use super::{Data, Evaluation, Kind, Operand, Reference};
use crate::Width;
use crate::aml::data::little_endian;
use crate::aml::error::Cause;
use crate::aml::limits::SIZE;
use crate::aml::namespace::{Field, Id, Region, Update, Via};

/// `SystemMemory`
const SYSTEM_MEMORY: u8 = 0;

/// A unit of a field: as much of it as one access reaches.
struct Unit {
    /// Where the access is, in bytes from the region's start.
    offset: u64,
    /// The unit's bits before the field, and the field's bits before the unit.
    skipped: u64,
    done: u64,
    /// How many bits the unit has of the field.
    bits: u64,
}

impl Evaluation<'_> {
    /// Reads a field: an integer if it fits, else a buffer.
    pub(super) fn read_field(&mut self, field: &Field) -> Result<Operand, Cause> {
        let mut bytes = vec![0; bytes_of(field)?];
        for unit in units(field) {
            let value = self.read_unit(field, unit.offset)?;
            put_bits(&mut bytes, unit.done, unit.bits, value >> unit.skipped);
        }
        if bytes.len() <= self.width() {
            return Ok(Operand::Integer(little_endian(&bytes)));
        }
        self.make(Data::Buffer(bytes))
    }

    /// Writes a field: `source`, and zeros where that is shorter.
    pub(super) fn write_field(&mut self, field: &Field, source: &[u8]) -> Result<(), Cause> {
        bytes_of(field)?;
        let width = 8 * field.access.bytes();
        for unit in units(field) {
            let bits = get_bits(source, unit.done, unit.bits);
            let own = mask(unit.bits) << unit.skipped;
            let others = match field.update {
                _ if unit.bits == width => 0,
                Update::Preserve => self.read_unit(field, unit.offset)?,
                Update::WriteAsOnes => mask(width),
                Update::WriteAsZeros => 0,
            };
            self.write_unit(field, unit.offset, others & !own | bits << unit.skipped)?;
        }
        Ok(())
    }

    fn read_unit(&mut self, field: &Field, offset: u64) -> Result<u64, Cause> {
        self.budget.descend()?;
        let value = match self.reach(field, offset)? {
            Reached::Region(region) => {
                let address = self.address(region, offset, field.access)?;
                self.surroundings.read(address, field.access)?
            }
            Reached::Data(data) => {
                let value = self.value_of(data)?;
                self.integer_of(value)?
            }
        };
        self.budget.ascend();
        Ok(value & mask(8 * field.access.bytes()))
    }

    fn write_unit(&mut self, field: &Field, offset: u64, value: u64) -> Result<(), Cause> {
        self.budget.descend()?;
        match self.reach(field, offset)? {
            Reached::Region(region) => {
                let address = self.address(region, offset, field.access)?;
                self.surroundings.write(address, field.access, value)?;
            }
            Reached::Data(data) => self.write_number(data, value)?,
        }
        self.budget.ascend();
        Ok(())
    }

    /// Selects the bank or the index, if there is one.
    fn reach(&mut self, field: &Field, offset: u64) -> Result<Reached, Cause> {
        match field.via {
            Via::Region(region) => Ok(Reached::Region(region)),
            Via::Bank { region, bank, value } => {
                self.write_number(bank, value)?;
                Ok(Reached::Region(region))
            }
            Via::Index { index, data } => {
                self.write_number(index, offset)?;
                Ok(Reached::Data(data))
            }
        }
    }

    /// Writes an integer into the field `id`.
    fn write_number(&mut self, id: Id, value: u64) -> Result<(), Cause> {
        match &self.entry(id)?.kind {
            Kind::Field(field) => {
                let field = *field;
                self.write_field(&field, &value.to_le_bytes())
            }
            Kind::BufferField(field) => {
                let field = field.clone();
                self.write_buffer_field(&field, &value.to_le_bytes())
            }
            _ => Err(Cause::Dangling),
        }
    }

    /// The address of an access, which must be one that is whole within the region and aligned.
    fn address(&self, region: Id, offset: u64, width: Width) -> Result<u64, Cause> {
        let Kind::Region(Region { space, offset: base, length }) = self.entry(region)?.kind else {
            return Err(Cause::Dangling);
        };
        if space != SYSTEM_MEMORY {
            return Err(Cause::Space(space));
        }
        let end = offset.checked_add(width.bytes()).filter(|&end| end <= length);
        if end.is_none() {
            return Err(Cause::Region(offset));
        }
        // The region's end was found to have an address when it was declared.
        let address = base.wrapping_add(offset);
        if address % width.bytes() == 0 { Ok(address) } else { Err(Cause::Misaligned(address)) }
    }

    /// A value as the bytes that go into a field.
    pub(super) fn bytes_for_field(&mut self, value: &Operand) -> Result<Vec<u8>, Cause> {
        let width = self.width();
        let value = self.plain(value.clone())?;
        match &value {
            Operand::Reference(Reference::Node(_)) => Err(Cause::Type("a value")),
            value => match self.data_of(value)? {
                Data::String(text) => Ok(text),
                other => other.to_bytes(width),
            },
        }
    }
}

enum Reached {
    Region(Id),
    Data(Id),
}

/// The units that a field has bits in.
fn units(field: &Field) -> impl Iterator<Item = Unit> + use<> {
    let width = 8 * field.access.bytes();
    let (start, end) = (field.bit, field.bit + field.size);
    (start / width..end.div_ceil(width)).map(move |index| {
        let from = start.max(index * width);
        let to = end.min((index + 1) * width);
        Unit {
            offset: index * width / 8,
            skipped: from - index * width,
            done: from - start,
            bits: to - from,
        }
    })
}

/// The size of a field in bytes, which must not be excessive.
fn bytes_of(field: &Field) -> Result<usize, Cause> {
    let bytes = field.size.div_ceil(8);
    if bytes <= SIZE as u64 { Ok(bytes as usize) } else { Err(Cause::Limit("bytes of a field")) }
}

/// So many low bits, 64 at most.
fn mask(bits: u64) -> u64 {
    u64::MAX >> (64 - bits.clamp(1, 64))
}

/// Puts `count` bits (64 at most) into bytes from bit `at` on; those beyond the end are dropped.
pub(super) fn put_bits(bytes: &mut [u8], at: u64, count: u64, value: u64) {
    for bit in 0..count {
        let place = at + bit;
        let Some(byte) = bytes.get_mut((place / 8) as usize) else { return };
        let one = 1 << (place % 8);
        if value >> bit & 1 == 0 {
            *byte &= !one;
        } else {
            *byte |= one;
        }
    }
}

/// `count` bits (64 at most) from bit `at` on; zeros beyond the end.
pub(super) fn get_bits(bytes: &[u8], at: u64, count: u64) -> u64 {
    (0..count).fold(0, |value, bit| {
        let place = at + bit;
        let byte = bytes.get((place / 8) as usize).copied().unwrap_or(0);
        value | u64::from(byte >> (place % 8) & 1) << bit
    })
}
