//! Constants, strings, buffers and packages (ACPI 6.5 §20.2.3).

use alloc::vec;
use alloc::vec::Vec;

use super::{Data, Evaluation, Kind, Operand};
use crate::aml::data::little_endian;
use crate::aml::error::Cause;
use crate::aml::limits::SIZE;
use crate::aml::opcode::{
    BUFFER, BYTE, DWORD, ONE, ONES, PACKAGE, QWORD, REVISION, STRING, VAR_PACKAGE, WORD, ZERO,
};
use crate::aml::path::is_lead;

/// What `Revision` reads: of this interpreter.
const INTERPRETER_REVISION: u64 = 1;

impl Evaluation<'_> {
    #[inline(never)]
    pub(super) fn literal(&mut self, opcode: u16) -> Result<Operand, Cause> {
        let data = self.literal_data(opcode)?;
        self.make(data)
    }

    fn literal_data(&mut self, opcode: u16) -> Result<Data, Cause> {
        let integer = match opcode {
            ZERO => 0,
            ONE => 1,
            ONES => u64::MAX,
            REVISION => INTERPRETER_REVISION,
            BYTE => little_endian(self.frame.bytes(1)?),
            WORD => little_endian(self.frame.bytes(2)?),
            DWORD => little_endian(self.frame.bytes(4)?),
            QWORD => little_endian(self.frame.bytes(8)?),
            STRING => return self.string().map(Data::String),
            BUFFER => return self.buffer().map(Data::Buffer),
            PACKAGE | VAR_PACKAGE => return self.package(opcode).map(Data::Package),
            _ => return Err(Cause::Opcode(opcode)),
        };
        let mask = if self.width() == 4 { 0xffff_ffff } else { u64::MAX };
        Ok(Data::Integer(integer & mask))
    }

    fn string(&mut self) -> Result<Vec<u8>, Cause> {
        let text = self.frame.string()?;
        self.budget.spend(text.len() / 16)?;
        Ok(text.to_vec())
    }

    #[inline(never)]
    fn buffer(&mut self) -> Result<Vec<u8>, Cause> {
        let end = self.frame.package_end()?;
        let outer = core::mem::replace(&mut self.frame.end, end);
        let size = self.integer()?;
        let initial = self.frame.bytes(end - self.frame.at)?;
        self.frame.end = outer;
        let size = bounded(size.max(initial.len() as u64))?;
        self.budget.make(size)?;
        let mut bytes = initial.to_vec();
        bytes.resize(size, 0);
        Ok(bytes)
    }

    #[inline(never)]
    fn package(&mut self, opcode: u16) -> Result<Vec<Data>, Cause> {
        let end = self.frame.package_end()?;
        let outer = core::mem::replace(&mut self.frame.end, end);
        let count = match opcode {
            PACKAGE => u64::from(self.frame.byte()?),
            _ => self.integer()?,
        };
        let count = bounded(count)?;
        self.budget.make(count.saturating_mul(size_of::<Data>()))?;
        let mut elements = vec![Data::Uninitialized; count];
        // There may be fewer than the package has room for; more are ignored.
        for element in &mut elements {
            if self.frame.at == end {
                break;
            }
            self.budget.descend()?;
            *element = self.element()?;
            self.budget.ascend();
        }
        self.frame.at = end;
        self.frame.end = outer;
        Ok(elements)
    }

    fn element(&mut self) -> Result<Data, Cause> {
        if !self.frame.peek().is_some_and(is_lead) {
            let opcode = self.frame.opcode()?;
            return self.literal_data(opcode);
        }
        let (path, raw) = self.frame.raw_path()?;
        match self.namespace().find(self.frame.scope, &path) {
            Some(id) if matches!(self.entry(id)?.kind, Kind::Name(_)) => {
                let value = self.value_of(id)?;
                self.data_of(&value)
            }
            Some(id) => Ok(Data::Object(id)),
            None => Ok(Data::Pending(self.frame.scope, raw.into())),
        }
    }
}

/// A size that is not too large.
fn bounded(size: u64) -> Result<usize, Cause> {
    usize::try_from(size).ok().filter(|&size| size <= SIZE).ok_or(Cause::Limit("bytes of a buffer"))
}
