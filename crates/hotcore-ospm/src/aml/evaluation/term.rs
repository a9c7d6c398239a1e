//! Terms that have a value: names, calls, and which room an opcode belongs to.

use alloc::vec::Vec;

use super::frame::FIRST_ARGUMENT;
use super::{Data, Evaluation, Kind, Operand};
use crate::aml::error::Cause;
#[allow(clippy::wildcard_imports, reason = "most of them are named here")]
use crate::aml::opcode::*;
use crate::aml::path::is_lead;

impl Evaluation<'_> {
    /// Evaluates a term.
    pub(super) fn term(&mut self) -> Result<Operand, Cause> {
        self.budget.descend()?;
        let value = if self.frame.peek().is_some_and(is_lead) {
            self.named_term()
        } else {
            let opcode = self.frame.opcode()?;
            self.operation(opcode)
        };
        self.budget.ascend();
        value
    }

    /// Evaluates a term to an integer.
    pub(super) fn integer(&mut self) -> Result<u64, Cause> {
        let operand = self.term()?;
        self.integer_of(operand)
    }

    #[inline(never)]
    fn operation(&mut self, opcode: u16) -> Result<Operand, Cause> {
        match opcode {
            ZERO | ONE | ONES | BYTE..=QWORD | BUFFER..=VAR_PACKAGE | REVISION => {
                self.literal(opcode)
            }
            LOCAL0..=ARG6 => match &self.frame.slots[usize::from(opcode - LOCAL0)] {
                Operand::Uninitialized => Err(Cause::Uninitialized),
                value => Ok(value.clone()),
            },
            ADD | SUBTRACT | MULTIPLY..=FIND_SET_RIGHT_BIT | MOD | FROM_BCD | TO_BCD => {
                self.arithmetic(opcode)
            }
            INCREMENT | DECREMENT => self.count(opcode),
            LAND..=LLESS => self.logic(opcode),
            STORE => self.store_term(),
            COPY_OBJECT => self.copy_object(),
            REF_OF | DEREF_OF | SIZE_OF | INDEX | MATCH | OBJECT_TYPE | COND_REF_OF => {
                self.reference(opcode)
            }
            CONCATENATE | CONCATENATE_RES | TO_BUFFER..=TO_STRING | MID => self.convert(opcode),
            _ => self.system(opcode),
        }
    }

    /// A name: a method is called, anything else has a value.
    #[inline(never)]
    fn named_term(&mut self) -> Result<Operand, Cause> {
        let path = self.frame.path()?;
        let object = self.find(&path)?;
        match self.entry(object)?.kind {
            Kind::Method(method) => {
                let arguments = self.arguments(method.arguments)?;
                let result = self.invoke(object, method, arguments)?;
                Ok(result.unwrap_or(Operand::Uninitialized))
            }
            Kind::Osi => self.osi(),
            _ => self.value_of(object),
        }
    }

    fn arguments(&mut self, count: u8) -> Result<Vec<Operand>, Cause> {
        (0..count).map(|_| self.term()).collect()
    }

    /// `_OSI`: the features of this driver, and no operating system's name (ACPI 6.5 §5.7.2).
    #[inline(never)]
    fn osi(&mut self) -> Result<Operand, Cause> {
        let asked = self.term()?;
        let Operand::At(place) = self.plain(asked)? else { return Err(Cause::Type("a string")) };
        let Data::String(text) = self.data(&place)? else { return Err(Cause::Type("a string")) };
        let known = matches!(text.as_slice(), b"Module Device" | b"Processor Device");
        Ok(self.boolean(known))
    }

    /// The slot that an opcode names, if it names one.
    pub(super) fn slot_of(opcode: u16) -> Option<usize> {
        (LOCAL0..=ARG6).contains(&opcode).then(|| usize::from(opcode - LOCAL0))
    }

    /// Whether a slot is an argument.
    pub(super) fn is_argument(slot: usize) -> bool {
        slot >= FIRST_ARGUMENT
    }
}
