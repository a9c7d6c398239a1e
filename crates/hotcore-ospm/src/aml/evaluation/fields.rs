//! Lists of fields: `Field`, `IndexField`, `BankField` (ACPI 6.5 §20.2.5.2).

use super::{Evaluation, Kind};
use crate::Width;
use crate::aml::error::Cause;
use crate::aml::namespace::{Field, Id, Update, Via};
use crate::aml::opcode::{BANK_FIELD, INDEX_FIELD};
use crate::aml::path::Path;

/// Elements of a list that are no field.
const RESERVED: u8 = 0;
const ACCESS: u8 = 1;
const CONNECTION: u8 = 2;
const EXTENDED_ACCESS: u8 = 3;

impl Evaluation<'_> {
    /// A list of fields, and what they are fields of.
    pub(super) fn fields(&mut self, opcode: u16) -> Result<(), Cause> {
        let end = self.frame.package_end()?;
        let outer = core::mem::replace(&mut self.frame.end, end);
        let via = match opcode {
            INDEX_FIELD => Via::Index { index: self.field_name()?, data: self.field_name()? },
            BANK_FIELD => {
                let (region, bank) = (self.region_name()?, self.field_name()?);
                Via::Bank { region, bank, value: self.integer()? }
            }
            _ => Via::Region(self.region_name()?),
        };
        let flags = self.frame.byte()?;
        let update = match flags >> 5 & 3 {
            0 => Update::Preserve,
            1 => Update::WriteAsOnes,
            2 => Update::WriteAsZeros,
            _ => return Err(Cause::Type("an update rule")),
        };
        let access = width(flags & 0xf)?;
        self.field_list(Field { via, bit: 0, size: 0, access, update })?;
        self.frame.end = outer;
        Ok(())
    }

    fn field_list(&mut self, mut field: Field) -> Result<(), Cause> {
        while let Some(first) = self.frame.peek() {
            self.budget.spend(1)?;
            match first {
                RESERVED => {
                    self.frame.byte()?;
                    field.bit += self.frame.length()? as u64;
                }
                ACCESS | EXTENDED_ACCESS => {
                    self.frame.byte()?;
                    field.access = width(self.frame.byte()? & 0xf)?;
                    // AccessAttrib, and AccessLength: both are for serial buses.
                    self.frame.bytes(if first == ACCESS { 1 } else { 2 })?;
                }
                CONNECTION => {
                    self.frame.byte()?;
                    self.term()?;
                }
                _ => {
                    let bytes = self.frame.bytes(4)?;
                    let (path, _) = Path::decode(bytes)?;
                    field.size = self.frame.length()? as u64;
                    self.declare(&path, Kind::Field(field))?;
                    field.bit += field.size;
                }
            }
        }
        Ok(())
    }

    fn region_name(&mut self) -> Result<Id, Cause> {
        let path = self.frame.path()?;
        let id = self.find(&path)?;
        match self.entry(id)?.kind {
            Kind::Region(_) => Ok(id),
            _ => Err(Cause::Type("an operation region")),
        }
    }

    fn field_name(&mut self) -> Result<Id, Cause> {
        let path = self.frame.path()?;
        let id = self.find(&path)?;
        match self.entry(id)?.kind {
            Kind::Field(_) | Kind::BufferField(_) => Ok(id),
            _ => Err(Cause::Type("a field")),
        }
    }
}

/// The width of accesses of an `AccessType`; of bytes, where it does not matter.
fn width(access: u8) -> Result<Width, Cause> {
    match access {
        0 | 1 | 5 => Ok(Width::Byte),
        2 => Ok(Width::Half),
        3 => Ok(Width::Word),
        4 => Ok(Width::Double),
        _ => Err(Cause::Type("an access type")),
    }
}
