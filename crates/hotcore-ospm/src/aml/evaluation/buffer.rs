//! Fields of buffers: `CreateField` and relatives (ACPI 6.5 §19.6.20).

use alloc::boxed::Box;
use alloc::vec;

use super::region::{get_bits, put_bits};
use super::{Data, Evaluation, Kind, Operand, Root};
use crate::aml::data::little_endian;
use crate::aml::error::Cause;
use crate::aml::namespace::BufferField;
use crate::aml::opcode::{
    CREATE_BIT_FIELD, CREATE_BYTE_FIELD, CREATE_DWORD_FIELD, CREATE_FIELD, CREATE_WORD_FIELD,
};

impl Evaluation<'_> {
    /// `CreateField (source, bit, bits, name)` or one of fixed size: `(source, index, name)`.
    pub(super) fn create_field(&mut self, opcode: u16) -> Result<(), Cause> {
        let source = self.term()?;
        let index = self.integer()?;
        let (unit, size) = match opcode {
            CREATE_FIELD => (1, self.integer()?),
            CREATE_BIT_FIELD => (1, 1),
            CREATE_BYTE_FIELD => (8, 8),
            CREATE_WORD_FIELD => (8, 16),
            CREATE_DWORD_FIELD => (8, 32),
            _ => (8, 64),
        };
        let path = self.frame.path()?;
        let (source, length) = self.place_of_buffer(source)?;
        let end = index.checked_mul(unit).and_then(|bit| bit.checked_add(size));
        if size == 0 || end.is_none_or(|end| end > 8 * length as u64) {
            return Err(Cause::Index(index));
        }
        let is_lasting = self.callers.is_empty();
        if is_lasting && matches!(source.root, Root::Made(_)) {
            return Err(Cause::Unsupported(
                "a field of a buffer without a name, outside of methods",
            ));
        }
        let buffer = opcode == CREATE_FIELD;
        let field = BufferField { source, bit: index * unit, size, buffer };
        self.declare(&path, Kind::BufferField(Box::new(field)))?;
        Ok(())
    }

    pub(super) fn read_buffer_field(&mut self, field: &BufferField) -> Result<Operand, Cause> {
        let width = self.width();
        let length = field.size.div_ceil(8) as usize;
        self.budget.make(length)?;
        let Data::Buffer(source) = self.data(&field.source)? else { return Err(Cause::Dangling) };
        if field.bit + field.size > 8 * source.len() as u64 {
            return Err(Cause::Index(field.bit));
        }
        let mut bytes = vec![0; length];
        copy_bits(source, field.bit, &mut bytes, 0, field.size);
        if length <= width && !field.buffer {
            return Ok(Operand::Integer(little_endian(&bytes)));
        }
        self.make(Data::Buffer(bytes))
    }

    /// Writes `source` into the field, and zeros where that is shorter.
    pub(super) fn write_buffer_field(
        &mut self,
        field: &BufferField,
        source: &[u8],
    ) -> Result<(), Cause> {
        self.budget.make(field.size.div_ceil(8) as usize)?;
        let Data::Buffer(bytes) = self.data_mut(&field.source)? else {
            return Err(Cause::Dangling);
        };
        if field.bit + field.size > 8 * bytes.len() as u64 {
            return Err(Cause::Index(field.bit));
        }
        copy_bits(source, 0, bytes, field.bit, field.size);
        Ok(())
    }
}

fn copy_bits(from: &[u8], first: u64, to: &mut [u8], at: u64, count: u64) {
    for done in (0..count).step_by(64) {
        let part = 64.min(count - done);
        put_bits(to, at + done, part, get_bits(from, first + done, part));
    }
}
