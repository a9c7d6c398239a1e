//! What terms are worth while they are evaluated, and the data behind it.

use super::{Data, Evaluation, Kind, Root};
use crate::aml::error::Cause;
use crate::aml::limits::{NESTING, SIZE};
use crate::aml::namespace::{Id, Place};
use crate::aml::path::Path;

/// What `RefOf` and `Index` give.
#[derive(Debug, Clone)]
pub(in crate::aml) enum Reference {
    /// An object of the namespace.
    Node(Id),
    /// A local or an argument of a method that runs.
    Slot { frame: usize, slot: usize },
    /// An element of a package.
    Element(Place),
    /// A byte of a buffer or string.
    Byte(Place, usize),
}

/// What a term is worth.
#[derive(Debug, Clone)]
pub(in crate::aml) enum Operand {
    Uninitialized,
    Integer(u64),
    /// A string, a buffer or a package, where it is.
    At(Place),
    Reference(Reference),
}

impl Evaluation<'_> {
    /// An operand for new data.
    pub(super) fn make(&mut self, data: Data) -> Result<Operand, Cause> {
        match data {
            Data::Uninitialized => return Ok(Operand::Uninitialized),
            Data::Integer(value) => return Ok(self.integer_operand(value)),
            Data::Object(id) => return Ok(Operand::Reference(Reference::Node(id))),
            Data::Pending(scope, name) => return self.resolve_pending(scope, &name),
            Data::String(_) | Data::Buffer(_) | Data::Package(_) => {}
        }
        let (bytes, nesting) = data.measure();
        limit(&data, nesting)?;
        self.budget.make(bytes)?;
        self.made.push(data);
        Ok(Operand::At(Place { root: Root::Made(self.made.len() - 1), elements: [].into() }))
    }

    /// The data at a place.
    pub(super) fn data(&self, place: &Place) -> Result<&Data, Cause> {
        let root = match place.root {
            Root::Made(index) => self.made.get(index).ok_or(Cause::Dangling)?,
            Root::Node(id) => self.named_data(id)?,
        };
        place.elements.iter().try_fold(root, |data, &element| match data {
            Data::Package(elements) => {
                elements.get(element as usize).ok_or(Cause::Index(element.into()))
            }
            _ => Err(Cause::Dangling),
        })
    }

    /// The value of a `Name`.
    pub(super) fn named_data(&self, id: Id) -> Result<&Data, Cause> {
        if let Some(changed) = self.values.get(id) {
            return Ok(changed);
        }
        match &self.entry(id)?.kind {
            Kind::Name(data) | Kind::Event(data) => Ok(data),
            _ => Err(Cause::Dangling),
        }
    }

    /// The same, to be changed. Its size stays as it is, or the caller accounts for it.
    pub(super) fn data_mut(&mut self, place: &Place) -> Result<&mut Data, Cause> {
        let root = match place.root {
            Root::Made(index) => self.made.get_mut(index).ok_or(Cause::Dangling)?,
            Root::Node(id) => match self.declared.get_mut(id) {
                Some(entry) => match &mut entry.kind {
                    Kind::Name(data) | Kind::Event(data) => data,
                    _ => return Err(Cause::Dangling),
                },
                None => match &self.image.objects.get(id).ok_or(Cause::Dangling)?.kind {
                    Kind::Name(initial) | Kind::Event(initial) => {
                        self.values.get_mut(id, initial)?
                    }
                    _ => return Err(Cause::Dangling),
                },
            },
        };
        place.elements.iter().try_fold(root, |data, &element| match data {
            Data::Package(elements) => {
                elements.get_mut(element as usize).ok_or(Cause::Index(element.into()))
            }
            _ => Err(Cause::Dangling),
        })
    }

    /// Puts other data into a place.
    pub(super) fn replace(&mut self, place: &Place, new: Data) -> Result<(), Cause> {
        let (bytes, nesting) = new.measure();
        limit(&new, nesting + place.elements.len())?;
        self.budget.make(bytes)?;
        let is_kept = matches!(place.root, Root::Node(id) if self.declared.get(id).is_none());
        if is_kept {
            // What is there now is accounted for from its first change on.
            let old = self.data_mut(place)?.measure().0;
            self.values.resize(old, bytes)?;
        }
        *self.data_mut(place)? = new;
        Ok(())
    }

    /// The operand for what is at a place.
    pub(super) fn operand_at(&mut self, place: Place) -> Result<Operand, Cause> {
        match self.data(&place)? {
            Data::Uninitialized => Ok(Operand::Uninitialized),
            Data::Integer(value) => Ok(Operand::Integer(*value)),
            Data::Object(id) => Ok(Operand::Reference(Reference::Node(*id))),
            Data::Pending(scope, name) => {
                let (scope, name) = (*scope, name.clone());
                self.resolve_pending(scope, &name)
            }
            Data::String(_) | Data::Buffer(_) | Data::Package(_) => Ok(Operand::At(place)),
        }
    }

    /// An element that named something which was not declared yet.
    fn resolve_pending(&mut self, scope: Id, name: &[u8]) -> Result<Operand, Cause> {
        let (path, _) = Path::decode(name)?;
        match self.namespace().find(scope, &path) {
            Some(id) => self.element_value(id),
            None => Err(Cause::NotFound(path.spelling())),
        }
    }

    /// What an element is worth that names this object: the value of data, else a reference.
    pub(super) fn element_value(&mut self, id: Id) -> Result<Operand, Cause> {
        match self.entry(id)?.kind {
            Kind::Name(_) => self.value_of(id),
            _ => Ok(Operand::Reference(Reference::Node(id))),
        }
    }

    /// The value of an object. Fields are read for it.
    pub(super) fn value_of(&mut self, id: Id) -> Result<Operand, Cause> {
        match &self.entry(id)?.kind {
            Kind::Name(_) => self.operand_at(Place { root: Root::Node(id), elements: [].into() }),
            Kind::Field(field) => {
                let field = *field;
                self.read_field(&field)
            }
            Kind::BufferField(field) => {
                let field = field.clone();
                self.read_buffer_field(&field)
            }
            _ => Ok(Operand::Reference(Reference::Node(id))),
        }
    }

    /// What a reference refers to.
    pub(super) fn dereference(&mut self, reference: &Reference) -> Result<Operand, Cause> {
        match reference {
            Reference::Node(id) => self.value_of(*id),
            Reference::Slot { frame, slot } => Ok(self.slot(*frame, *slot)?.clone()),
            Reference::Element(place) => self.operand_at(place.clone()),
            Reference::Byte(place, index) => match self.data(place)? {
                Data::Buffer(bytes) | Data::String(bytes) => {
                    let byte = bytes.get(*index).ok_or(Cause::Index(*index as u64))?;
                    Ok(Operand::Integer(u64::from(*byte)))
                }
                _ => Err(Cause::Dangling),
            },
        }
    }

    /// The slot of a method that runs.
    pub(super) fn slot(&mut self, frame: usize, slot: usize) -> Result<&mut Operand, Cause> {
        let current = self.callers.len();
        let frame =
            if frame == current { Some(&mut self.frame) } else { self.callers.get_mut(frame) };
        frame.and_then(|frame| frame.slots.get_mut(slot)).ok_or(Cause::Dangling)
    }

    /// Something that is data and no reference to data.
    pub(super) fn plain(&mut self, operand: Operand) -> Result<Operand, Cause> {
        match operand {
            Operand::Reference(reference) => self.dereference(&reference),
            other => Ok(other),
        }
    }

    /// An operand as an integer.
    pub(super) fn integer_of(&mut self, operand: Operand) -> Result<u64, Cause> {
        let width = self.width();
        match self.plain(operand)? {
            Operand::Integer(value) => Ok(value),
            Operand::At(place) => self.data(&place)?.to_integer(width),
            Operand::Uninitialized => Err(Cause::Uninitialized),
            Operand::Reference(_) => Err(Cause::Type("an integer, a string or a buffer")),
        }
    }

    /// A copy of what an operand is worth.
    pub(super) fn data_of(&mut self, operand: &Operand) -> Result<Data, Cause> {
        match operand {
            Operand::Uninitialized => Ok(Data::Uninitialized),
            Operand::Integer(value) => Ok(Data::Integer(*value)),
            Operand::At(place) => {
                let bytes = self.data(place)?.measure().0;
                self.budget.make(bytes)?;
                Ok(self.data(place)?.clone())
            }
            Operand::Reference(Reference::Node(id)) => Ok(Data::Object(*id)),
            Operand::Reference(_) => Err(Cause::Unsupported("keeping a reference to an element")),
        }
    }
}

fn limit(data: &Data, nesting: usize) -> Result<(), Cause> {
    let size = match data {
        Data::String(bytes) | Data::Buffer(bytes) => bytes.len(),
        Data::Package(elements) => elements.len(),
        _ => 0,
    };
    if size > SIZE {
        return Err(Cause::Limit("bytes of a buffer"));
    }
    if nesting > NESTING { Err(Cause::Limit("packages within packages")) } else { Ok(()) }
}
