//! Where results go: `Store`, `CopyObject` and the target of every other operator (ACPI 6.5 §19.3.5).

use super::{Data, Evaluation, Kind, Operand, Place, Reference, Root};
use crate::aml::error::Cause;
use crate::aml::namespace::Id;
use crate::aml::opcode::{DEBUG, DEREF_OF, INDEX, REF_OF, ZERO};
use crate::aml::path::is_lead;

/// Where a result goes.
#[derive(Debug, Clone)]
pub(super) enum Target {
    /// Nowhere.
    Nowhere,
    /// `Debug`, which nobody looks at.
    Debug,
    /// A local or an argument.
    Slot(usize),
    /// An object of the namespace.
    Node(Id),
    /// What a reference refers to.
    Reference(Reference),
}

impl Evaluation<'_> {
    /// A `Target` or a `SuperName`.
    #[inline(never)]
    pub(super) fn target(&mut self) -> Result<Target, Cause> {
        if self.frame.peek().is_some_and(is_lead) {
            let path = self.frame.path()?;
            return self.find(&path).map(Target::Node);
        }
        let start = self.frame.at;
        let opcode = self.frame.opcode()?;
        match opcode {
            ZERO => Ok(Target::Nowhere),
            DEBUG => Ok(Target::Debug),
            DEREF_OF => match self.term()? {
                Operand::Reference(reference) => Ok(Target::Reference(reference)),
                _ => Err(Cause::Type("a reference")),
            },
            REF_OF | INDEX => {
                self.frame.at = start;
                match self.term()? {
                    Operand::Reference(reference) => Ok(Target::Reference(reference)),
                    _ => Err(Cause::Type("a reference")),
                }
            }
            _ => Self::slot_of(opcode).map(Target::Slot).ok_or(Cause::Opcode(opcode)),
        }
    }

    /// What a target holds now.
    pub(super) fn read_target(&mut self, target: &Target) -> Result<Operand, Cause> {
        match target {
            Target::Nowhere | Target::Debug => Err(Cause::Type("an object that can be read")),
            Target::Slot(slot) => Ok(self.frame.slots[*slot].clone()),
            Target::Node(id) => self.value_of(*id),
            Target::Reference(reference) => self.dereference(reference),
        }
    }

    /// `Store (value, target)`
    #[inline(never)]
    pub(super) fn store_term(&mut self) -> Result<Operand, Cause> {
        let value = self.value()?;
        let target = self.target()?;
        self.store(target, &value)?;
        Ok(value)
    }

    /// A term that has a value: no call of a method that returns nothing.
    fn value(&mut self) -> Result<Operand, Cause> {
        match self.term()? {
            Operand::Uninitialized => Err(Cause::Uninitialized),
            value => Ok(value),
        }
    }

    /// `CopyObject (value, target)`: the target becomes what the value is.
    #[inline(never)]
    pub(super) fn copy_object(&mut self) -> Result<Operand, Cause> {
        let value = self.value()?;
        match self.target()? {
            Target::Node(id) if matches!(self.entry(id)?.kind, Kind::Name(_)) => {
                let data = self.data_of(&value)?;
                self.replace(&Place { root: Root::Node(id), elements: [].into() }, data)?;
            }
            Target::Slot(slot) => self.frame.slots[slot] = self.duplicate(&value)?,
            target => self.store(target, &value)?,
        }
        Ok(value)
    }

    /// Stores a value.
    #[inline(never)]
    pub(super) fn store(&mut self, target: Target, value: &Operand) -> Result<(), Cause> {
        match target {
            Target::Nowhere | Target::Debug => Ok(()),
            Target::Node(id) => self.store_node(id, value),
            Target::Reference(reference) => self.store_through(&reference, value),
            Target::Slot(slot) => match &self.frame.slots[slot] {
                Operand::Reference(reference @ (Reference::Node(_) | Reference::Slot { .. }))
                    if Self::is_argument(slot) =>
                {
                    let reference = reference.clone();
                    self.store_through(&reference, value)
                }
                _ => {
                    self.frame.slots[slot] = self.duplicate(value)?;
                    Ok(())
                }
            },
        }
    }

    /// A value of one's own: data are copied, references are not.
    fn duplicate(&mut self, value: &Operand) -> Result<Operand, Cause> {
        if !matches!(value, Operand::At(_)) {
            return Ok(value.clone());
        }
        let copy = self.data_of(value)?;
        self.make(copy)
    }

    fn store_through(&mut self, reference: &Reference, value: &Operand) -> Result<(), Cause> {
        match reference {
            Reference::Node(id) => self.store_node(*id, value),
            Reference::Slot { frame, slot } => {
                let copy = self.duplicate(value)?;
                *self.slot(*frame, *slot)? = copy;
                Ok(())
            }
            Reference::Element(place) => {
                let data = self.data_of(value)?;
                self.replace(place, data)
            }
            Reference::Byte(place, index) => {
                let byte = self.integer_of(value.clone())? as u8;
                match self.data_mut(place)? {
                    Data::Buffer(bytes) | Data::String(bytes) => {
                        *bytes.get_mut(*index).ok_or(Cause::Index(*index as u64))? = byte;
                        Ok(())
                    }
                    _ => Err(Cause::Dangling),
                }
            }
        }
    }

    /// Stores into an object of the namespace, which keeps its type.
    fn store_node(&mut self, id: Id, value: &Operand) -> Result<(), Cause> {
        match &self.entry(id)?.kind {
            Kind::Name(_) => {
                let place = Place { root: Root::Node(id), elements: [].into() };
                let new = self.converted(&place, value)?;
                self.replace(&place, new)
            }
            Kind::Field(field) => {
                let field = *field;
                let bytes = self.bytes_for_field(value)?;
                self.write_field(&field, &bytes)
            }
            Kind::BufferField(field) => {
                let field = field.clone();
                let bytes = self.bytes_for_field(value)?;
                self.write_buffer_field(&field, &bytes)
            }
            _ => Err(Cause::Type("an object that can be written")),
        }
    }

    /// The value as what is at `place` now.
    fn converted(&mut self, place: &Place, value: &Operand) -> Result<Data, Cause> {
        let width = self.width();
        let value = match value {
            Operand::Integer(_) | Operand::At(_) => self.data_of(value)?,
            Operand::Reference(Reference::Node(id)) => Data::Object(*id),
            Operand::Reference(_) => return Err(Cause::Unsupported("keeping such a reference")),
            Operand::Uninitialized => return Err(Cause::Uninitialized),
        };
        if matches!(value, Data::Package(_) | Data::Object(_)) {
            return match self.data(place)? {
                Data::Package(_) | Data::Object(_) | Data::Uninitialized => Ok(value),
                _ => Err(Cause::Type("an integer, a string or a buffer")),
            };
        }
        match self.data(place)? {
            Data::Integer(_) => Ok(Data::Integer(value.to_integer(width)?)),
            Data::String(_) => Ok(Data::String(value.to_text(width)?)),
            Data::Buffer(old) => {
                let length = old.len();
                let mut bytes = value.to_bytes(width)?;
                // A buffer keeps its length, unless it has none.
                if length > 0 {
                    bytes.resize(length, 0);
                }
                Ok(Data::Buffer(bytes))
            }
            Data::Package(_) => Err(Cause::Type("a package")),
            _ => Ok(value),
        }
    }
}
