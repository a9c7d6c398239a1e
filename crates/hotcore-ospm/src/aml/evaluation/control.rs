//! Statements: which code is executed next (ACPI 6.5 §20.2.5.3).

use super::{Evaluation, Operand};
use crate::aml::error::Cause;
use crate::aml::opcode::{BREAK, BREAK_POINT, CONTINUE, ELSE, IF, NOOP, RETURN, WHILE};
use crate::aml::path::is_lead;

impl Evaluation<'_> {
    /// Executes the code of the current frame to its end or `Return`.
    pub(super) fn run(&mut self) -> Result<Option<Operand>, Cause> {
        loop {
            if self.frame.at < self.frame.end {
                self.budget.spend(1)?;
                let result = self.statement()?;
                if result.is_some() {
                    return Ok(result);
                }
                continue;
            }
            let Some(block) = self.frame.leave() else { return Ok(None) };
            if let Some(start) = block.repeat {
                self.frame.at = start;
            }
        }
    }

    /// Executes a statement. What it returns, if it does.
    #[inline(never)]
    fn statement(&mut self) -> Result<Option<Operand>, Cause> {
        let start = self.frame.at;
        if self.frame.peek().is_some_and(is_lead) {
            return self.term().map(|_| None);
        }
        match self.frame.opcode()? {
            IF => self.conditional()?,
            // After an `If` whose code was executed.
            ELSE => self.frame.at = self.frame.package_end()?,
            WHILE => {
                let end = self.frame.package_end()?;
                if self.predicate(end)? {
                    self.frame.enter(end, Some(start))?;
                } else {
                    self.frame.at = end;
                }
            }
            NOOP | BREAK_POINT => {}
            BREAK => drop(self.leave_loop()?),
            CONTINUE => self.frame.at = self.leave_loop()?,
            RETURN => {
                let value = self.term()?;
                return Ok(Some(value));
            }
            opcode if self.declaration(opcode)? => {}
            _ => {
                self.frame.at = start;
                self.term()?;
            }
        }
        Ok(None)
    }

    #[inline(never)]
    fn conditional(&mut self) -> Result<(), Cause> {
        let end = self.frame.package_end()?;
        if self.predicate(end)? {
            return self.frame.enter(end, None);
        }
        self.frame.at = end;
        if self.frame.peek_opcode() != Some(ELSE) {
            return Ok(());
        }
        self.frame.opcode()?;
        let end = self.frame.package_end()?;
        self.frame.enter(end, None)
    }

    /// A condition within a package that ends at `end`.
    fn predicate(&mut self, end: usize) -> Result<bool, Cause> {
        let outer = core::mem::replace(&mut self.frame.end, end);
        let value = self.integer()?;
        self.frame.end = outer;
        Ok(value != 0)
    }

    /// Leaves the innermost loop; where it begins.
    fn leave_loop(&mut self) -> Result<usize, Cause> {
        loop {
            let block = self.frame.leave().ok_or(Cause::NoLoop)?;
            if let Some(start) = block.repeat {
                return Ok(start);
            }
        }
    }
}
