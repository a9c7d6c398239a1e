//! Explicit conversions and what puts strings and buffers together (ACPI 6.5 §19.6).

use alloc::vec::Vec;

use super::{Data, Evaluation, Operand};
use crate::aml::data::{decimal, digits, explicit_integer, hexadecimal_byte, separated};
use crate::aml::error::Cause;
use crate::aml::opcode::{
    CONCATENATE, CONCATENATE_RES, MID, TO_BUFFER, TO_DECIMAL_STRING, TO_HEX_STRING, TO_INTEGER,
    TO_STRING,
};

/// The end tag of resource templates; its checksum is not used.
const END_TAG: [u8; 2] = [0x79, 0];

impl Evaluation<'_> {
    #[inline(never)]
    pub(super) fn convert(&mut self, opcode: u16) -> Result<Operand, Cause> {
        let source = self.term()?;
        let source = self.plain(source)?;
        let source = self.data_of(&source)?;
        if source == Data::Uninitialized {
            return Err(Cause::Uninitialized);
        }
        let width = self.width();
        let result = match opcode {
            TO_INTEGER => match &source {
                Data::String(text) => Data::Integer(explicit_integer(text, width)),
                other => Data::Integer(other.to_integer(width)?),
            },
            TO_BUFFER => Data::Buffer(source.to_bytes(width)?),
            TO_HEX_STRING | TO_DECIMAL_STRING => {
                Data::String(explicit_text(source, opcode, width)?)
            }
            TO_STRING => self.text_until_nul(&source)?,
            MID => self.mid(source)?,
            CONCATENATE => self.concatenate(&source)?,
            CONCATENATE_RES => self.concatenate_resources(&source)?,
            _ => return Err(Cause::Opcode(opcode)),
        };
        let target = self.target()?;
        let result = self.make(result)?;
        self.store(target, &result)?;
        Ok(result)
    }

    /// A second operand.
    fn second(&mut self) -> Result<Data, Cause> {
        let operand = self.term()?;
        let operand = self.plain(operand)?;
        self.data_of(&operand)
    }

    /// `ToString (buffer, length)`: up to a NUL, if one comes first.
    #[inline(never)]
    fn text_until_nul(&mut self, source: &Data) -> Result<Data, Cause> {
        let length = usize::try_from(self.integer()?).unwrap_or(usize::MAX);
        let bytes = source.to_bytes(self.width())?;
        let text = bytes.iter().take(length).copied().take_while(|&byte| byte != 0);
        Ok(Data::String(text.collect()))
    }

    /// `Mid (source, index, length)`
    #[inline(never)]
    fn mid(&mut self, source: Data) -> Result<Data, Cause> {
        let (index, length) = (self.integer()?, self.integer()?);
        let part = |bytes: Vec<u8>| {
            let start = usize::try_from(index).unwrap_or(usize::MAX).min(bytes.len());
            let rest = &bytes[start..];
            rest[..usize::try_from(length).unwrap_or(usize::MAX).min(rest.len())].to_vec()
        };
        Ok(match source {
            Data::String(text) => Data::String(part(text)),
            other => Data::Buffer(part(other.to_bytes(self.width())?)),
        })
    }

    /// `Concatenate (first, second)`: the type of the first decides.
    #[inline(never)]
    fn concatenate(&mut self, first: &Data) -> Result<Data, Cause> {
        let second = self.second()?;
        let width = self.width();
        Ok(match first {
            Data::Integer(_) => {
                let second = Data::Integer(second.to_integer(width)?);
                Data::Buffer([first.to_bytes(width)?, second.to_bytes(width)?].concat())
            }
            Data::String(text) => Data::String([text.as_slice(), &second.to_text(width)?].concat()),
            _ => Data::Buffer([first.to_bytes(width)?, second.to_bytes(width)?].concat()),
        })
    }

    /// `ConcatenateResTemplate (first, second)`
    #[inline(never)]
    fn concatenate_resources(&mut self, first: &Data) -> Result<Data, Cause> {
        let second = self.second()?;
        match (first, &second) {
            (Data::Buffer(first), Data::Buffer(second)) => {
                Ok(Data::Buffer([without_end(first)?, without_end(second)?, &END_TAG].concat()))
            }
            _ => Err(Cause::Type("buffers")),
        }
    }
}

/// The text of an integer, or of each byte of a buffer, apart by commas.
fn explicit_text(source: Data, opcode: u16, width: usize) -> Result<Vec<u8>, Cause> {
    let is_decimal = opcode == TO_DECIMAL_STRING;
    match source {
        Data::Integer(value) if is_decimal => Ok(decimal(value)),
        Data::Integer(value) => Ok(digits(value, width)),
        Data::Buffer(bytes) if is_decimal => {
            Ok(separated(&bytes, b',', |byte| decimal(byte.into())))
        }
        Data::Buffer(bytes) => Ok(separated(&bytes, b',', hexadecimal_byte)),
        Data::String(text) => Ok(text),
        _ => Err(Cause::Type("an integer, a string or a buffer")),
    }
}

/// A resource template without its end tag (ACPI 6.5 §6.4).
fn without_end(template: &[u8]) -> Result<&[u8], Cause> {
    let mut at = 0;
    while let Some(&tag) = template.get(at) {
        if tag & 0xf8 == 0x78 {
            return Ok(&template[..at]);
        }
        at += if tag & 0x80 == 0 {
            1 + usize::from(tag & 7)
        } else {
            match template.get(at + 1..at + 3) {
                Some(&[low, high]) => 3 + usize::from(u16::from_le_bytes([low, high])),
                _ => break,
            }
        };
    }
    if template.is_empty() { Ok(template) } else { Err(Cause::Type("a resource template")) }
}
