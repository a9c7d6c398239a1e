//! A method that runs, or a table that is being loaded: where it is in its code, and its locals.

use alloc::vec;
use alloc::vec::Vec;

use super::Operand;
use crate::aml::error::Cause;
use crate::aml::limits::BLOCKS;
use crate::aml::namespace::Id;
use crate::aml::opcode::EXTENDED;
use crate::aml::path::Path;

/// Locals, then arguments.
const SLOTS: usize = 15;
/// The first argument's slot.
pub(super) const FIRST_ARGUMENT: usize = 8;

/// What is to be restored at the end of a block of code.
pub(super) struct Block {
    /// Where the `While` begins, if this is its body.
    pub(super) repeat: Option<usize>,
    /// Where the code around it ends.
    end: usize,
    /// The scope around it.
    scope: Id,
}

pub(super) struct Frame<'e> {
    pub(super) table: usize,
    code: &'e [u8],
    pub(super) at: usize,
    /// Where the innermost block ends.
    pub(super) end: usize,
    /// Where names are searched for and declared.
    pub(super) scope: Id,
    /// The next object's number when this began: what it declares is gone when it ends.
    pub(super) first: Id,
    /// On the heap: calls recurse, and a kernel's stack is small.
    pub(super) slots: Vec<Operand>,
    blocks: Vec<Block>,
}

impl<'e> Frame<'e> {
    /// To run `code[at..end]`.
    pub(super) fn new(table: usize, code: &'e [u8], at: usize, end: usize, scope: Id) -> Self {
        let slots = vec![Operand::Uninitialized; SLOTS];
        Self { table, code, at, end, scope, first: 0, slots, blocks: Vec::new() }
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.code[..self.end].get(self.at).copied()
    }

    pub(super) fn byte(&mut self) -> Result<u8, Cause> {
        let byte = self.peek().ok_or(Cause::Truncated)?;
        self.at += 1;
        Ok(byte)
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'e [u8], Cause> {
        let rest: &'e [u8] = &self.code[self.at..self.end];
        let bytes = rest.get(..count).ok_or(Cause::Truncated)?;
        self.at += count;
        Ok(bytes)
    }

    /// An opcode; it is known not to be a name.
    pub(super) fn opcode(&mut self) -> Result<u16, Cause> {
        match self.byte()? {
            EXTENDED => Ok(u16::from(EXTENDED) << 8 | u16::from(self.byte()?)),
            byte => Ok(byte.into()),
        }
    }

    /// The opcode that follows, which may as well be the first byte of a name.
    pub(super) fn peek_opcode(&self) -> Option<u16> {
        match self.peek()? {
            EXTENDED => {
                let second = *self.code[..self.end].get(self.at + 1)?;
                Some(u16::from(EXTENDED) << 8 | u16::from(second))
            }
            byte => Some(byte.into()),
        }
    }

    /// A string up to its NUL.
    pub(super) fn string(&mut self) -> Result<&'e [u8], Cause> {
        let rest: &'e [u8] = &self.code[self.at..self.end];
        let length = rest.iter().position(|&byte| byte == 0).ok_or(Cause::Truncated)?;
        self.at += length + 1;
        Ok(&rest[..length])
    }

    pub(super) fn path(&mut self) -> Result<Path<'e>, Cause> {
        let rest: &'e [u8] = &self.code[self.at..self.end];
        let (path, length) = Path::decode(rest)?;
        self.at += length;
        Ok(path)
    }

    /// A name as it is encoded.
    pub(super) fn raw_path(&mut self) -> Result<(Path<'e>, &'e [u8]), Cause> {
        let start = self.at;
        let path = self.path()?;
        Ok((path, &self.code[start..self.at]))
    }

    /// A number in the encoding of a `PkgLength`.
    pub(super) fn length(&mut self) -> Result<usize, Cause> {
        let first = usize::from(self.byte()?);
        let follow = first >> 6;
        if follow == 0 {
            return Ok(first & 0x3f);
        }
        let bytes = self.bytes(follow)?;
        let high = bytes.iter().rev().fold(0, |value, &byte| value << 8 | usize::from(byte));
        Ok(high << 4 | first & 0xf)
    }

    /// Where the package that begins with its `PkgLength` here ends.
    pub(super) fn package_end(&mut self) -> Result<usize, Cause> {
        let start = self.at;
        let length = self.length()?;
        let end = start.checked_add(length).filter(|end| (self.at..=self.end).contains(end));
        end.ok_or(Cause::PackageLength)
    }

    /// Goes on within a block that ends at `end`.
    pub(super) fn enter(&mut self, end: usize, repeat: Option<usize>) -> Result<(), Cause> {
        if self.blocks.len() >= BLOCKS {
            return Err(Cause::Limit("blocks within each other"));
        }
        self.blocks.push(Block { repeat, end: self.end, scope: self.scope });
        self.end = end;
        Ok(())
    }

    /// Leaves a block at its end. `None` if there is none to leave.
    pub(super) fn leave(&mut self) -> Option<Block> {
        let block = self.blocks.pop()?;
        self.at = self.end;
        self.end = block.end;
        self.scope = block.scope;
        Some(block)
    }
}
