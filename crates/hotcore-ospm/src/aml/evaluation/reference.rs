//! References, sizes and types: `RefOf`, `DerefOf`, `Index` and relatives.

use alloc::vec::Vec;

use super::store::Target;
use super::{Data, Evaluation, Kind, Operand, Place, Reference};
use crate::aml::error::Cause;
use crate::aml::opcode::{COND_REF_OF, DEREF_OF, INDEX, MATCH, OBJECT_TYPE, REF_OF, SIZE_OF};
use crate::aml::path::{Path, is_lead};

/// The type of a `Debug` object.
const DEBUG_OBJECT: u64 = 16;

impl Evaluation<'_> {
    #[inline(never)]
    pub(super) fn reference(&mut self, opcode: u16) -> Result<Operand, Cause> {
        match opcode {
            REF_OF => {
                let target = self.target()?;
                self.reference_to(target).map(Operand::Reference)
            }
            COND_REF_OF => self.conditional_reference(),
            DEREF_OF => self.dereference_term(),
            INDEX => self.index(),
            MATCH => self.match_term(),
            SIZE_OF => self.size_of(),
            OBJECT_TYPE => {
                let target = self.target()?;
                let number = self.object_type(&target)?;
                Ok(Operand::Integer(number))
            }
            _ => Err(Cause::Opcode(opcode)),
        }
    }

    fn reference_to(&self, target: Target) -> Result<Reference, Cause> {
        match target {
            Target::Node(id) => Ok(Reference::Node(id)),
            Target::Slot(slot) => Ok(Reference::Slot { frame: self.callers.len(), slot }),
            Target::Reference(reference) => Ok(reference),
            Target::Nowhere | Target::Debug => Err(Cause::Type("an object")),
        }
    }

    /// `CondRefOf (object, target)`: whether there is such an object.
    #[inline(never)]
    fn conditional_reference(&mut self) -> Result<Operand, Cause> {
        let source = if self.frame.peek().is_some_and(is_lead) {
            let path = self.frame.path()?;
            self.namespace().find(self.frame.scope, &path).map(Target::Node)
        } else {
            match self.target()? {
                Target::Slot(slot) if matches!(self.frame.slots[slot], Operand::Uninitialized) => {
                    None
                }
                source => Some(source),
            }
        };
        let target = self.target()?;
        let Some(source) = source else { return Ok(self.boolean(false)) };
        let reference = Operand::Reference(self.reference_to(source)?);
        self.store(target, &reference)?;
        Ok(self.boolean(true))
    }

    /// `DerefOf (reference)`, which may be a name in a string.
    #[inline(never)]
    fn dereference_term(&mut self) -> Result<Operand, Cause> {
        match self.term()? {
            Operand::Reference(reference) => self.dereference(&reference),
            Operand::At(place) => {
                let Data::String(name) = self.data(&place)? else {
                    return Err(Cause::Type("a reference"));
                };
                let encoded = encode(name)?;
                let (path, _) = Path::decode(&encoded)?;
                let object = self.find(&path)?;
                self.value_of(object)
            }
            _ => Err(Cause::Type("a reference")),
        }
    }

    /// `Index (source, index, target)`
    #[inline(never)]
    fn index(&mut self) -> Result<Operand, Cause> {
        let source = self.term()?;
        let index = self.integer()?;
        let target = self.target()?;
        let Operand::At(mut place) = self.plain(source)? else {
            return Err(Cause::Type("a buffer, a string or a package"));
        };
        let (length, is_package) = match self.data(&place)? {
            Data::Buffer(bytes) | Data::String(bytes) => (bytes.len(), false),
            Data::Package(elements) => (elements.len(), true),
            _ => return Err(Cause::Dangling),
        };
        if index >= length as u64 {
            return Err(Cause::Index(index));
        }
        let reference = if is_package {
            place.elements.push(index as u32);
            Reference::Element(place)
        } else {
            Reference::Byte(place, index as usize)
        };
        let reference = Operand::Reference(reference);
        self.store(target, &reference)?;
        Ok(reference)
    }

    /// `Match (package, operator, value, operator, value, start)`
    #[inline(never)]
    fn match_term(&mut self) -> Result<Operand, Cause> {
        let package = self.term()?;
        let first = (self.frame.byte()?, self.integer()?);
        let second = (self.frame.byte()?, self.integer()?);
        let start = self.integer()?;
        let Operand::At(place) = self.plain(package)? else {
            return Err(Cause::Type("a package"));
        };
        let Data::Package(elements) = self.data(&place)? else {
            return Err(Cause::Type("a package"));
        };
        let count = elements.len();
        if start >= count as u64 {
            return Err(Cause::Index(start));
        }
        self.budget.spend(count)?;
        for index in start as usize..count {
            let Data::Package(elements) = self.data(&place)? else { break };
            let Some(element) = elements.get(index) else { break };
            if self.matches(element, first.0, first.1)?
                && self.matches(element, second.0, second.1)?
            {
                return Ok(Operand::Integer(index as u64));
            }
        }
        Ok(self.integer_operand(u64::MAX))
    }

    #[inline(never)]
    fn size_of(&mut self) -> Result<Operand, Cause> {
        let target = self.target()?;
        let value = self.read_target(&target)?;
        let Operand::At(place) = self.plain(value)? else {
            return Err(Cause::Type("a buffer, a string or a package"));
        };
        let size = match self.data(&place)? {
            Data::String(bytes) | Data::Buffer(bytes) => bytes.len(),
            Data::Package(elements) => elements.len(),
            _ => return Err(Cause::Dangling),
        };
        Ok(Operand::Integer(size as u64))
    }

    /// The number of an object's type (ACPI 6.5 §19.6.96).
    #[inline(never)]
    fn object_type(&mut self, target: &Target) -> Result<u64, Cause> {
        let operand = match target {
            Target::Debug => return Ok(DEBUG_OBJECT),
            Target::Nowhere => return Err(Cause::Type("an object")),
            Target::Node(id) => return self.node_type(*id),
            Target::Slot(slot) => self.frame.slots[*slot].clone(),
            Target::Reference(reference) => match reference {
                Reference::Node(id) => return self.node_type(*id),
                other => self.dereference(other)?,
            },
        };
        self.operand_type(&operand)
    }

    fn operand_type(&mut self, operand: &Operand) -> Result<u64, Cause> {
        match operand {
            Operand::Uninitialized => Ok(0),
            Operand::Integer(_) => Ok(1),
            Operand::At(place) => Ok(data_type(self.data(place)?)),
            Operand::Reference(Reference::Node(id)) => self.node_type(*id),
            Operand::Reference(Reference::Byte(..)) => Ok(14),
            Operand::Reference(reference) => {
                let referenced = self.dereference(reference)?;
                match referenced {
                    Operand::Reference(Reference::Node(id)) => self.node_type(id),
                    Operand::Reference(_) => Err(Cause::Unsupported("references to references")),
                    other => self.operand_type(&other),
                }
            }
        }
    }

    fn node_type(&self, id: u32) -> Result<u64, Cause> {
        Ok(match &self.entry(id)?.kind {
            Kind::Scope => 0,
            Kind::Name(_) => data_type(self.named_data(id)?),
            Kind::Field(_) => 5,
            Kind::Device => 6,
            Kind::Event(_) => 7,
            Kind::Method(_) | Kind::Osi => 8,
            Kind::Mutex(_) => 9,
            Kind::Region(_) => 10,
            Kind::PowerResource => 11,
            Kind::Processor(_) => 12,
            Kind::ThermalZone => 13,
            Kind::BufferField(_) => 14,
            Kind::Alias(_) => return Err(Cause::Dangling),
        })
    }

    /// The device that a `SuperName` means.
    pub(super) fn object(&mut self) -> Result<u32, Cause> {
        let operand = match self.target()? {
            Target::Node(id) => return self.referenced_object(id),
            target => self.read_target(&target)?,
        };
        match operand {
            Operand::Reference(Reference::Node(id)) => Ok(id),
            Operand::Reference(reference) => match self.dereference(&reference)? {
                Operand::Reference(Reference::Node(id)) => Ok(id),
                _ => Err(Cause::Type("an object of the namespace")),
            },
            _ => Err(Cause::Type("an object of the namespace")),
        }
    }

    /// The object, or what it refers to if it is a `Name` that holds a reference.
    fn referenced_object(&self, id: u32) -> Result<u32, Cause> {
        match &self.entry(id)?.kind {
            Kind::Name(_) => match self.named_data(id)? {
                Data::Object(target) => Ok(*target),
                _ => Ok(id),
            },
            _ => Ok(id),
        }
    }

    /// A place of its own for a reference's user.
    pub(super) fn place_of_buffer(&mut self, source: Operand) -> Result<(Place, usize), Cause> {
        let Operand::At(place) = self.plain(source)? else { return Err(Cause::Type("a buffer")) };
        match self.data(&place)? {
            Data::Buffer(bytes) => Ok((place.clone(), bytes.len())),
            _ => Err(Cause::Type("a buffer")),
        }
    }
}

fn data_type(data: &Data) -> u64 {
    match data {
        Data::Uninitialized | Data::Object(_) | Data::Pending(..) => 0,
        Data::Integer(_) => 1,
        Data::String(_) => 2,
        Data::Buffer(_) => 3,
        Data::Package(_) => 4,
    }
}

/// The encoding of a name that is written as people write it.
fn encode(text: &[u8]) -> Result<Vec<u8>, Cause> {
    let prefix = text.iter().take_while(|&&byte| byte == b'\\' || byte == b'^').count();
    let (prefix, rest) = text.split_at(prefix);
    let mut encoded = prefix.to_vec();
    if rest.is_empty() {
        encoded.push(0);
        return Ok(encoded);
    }
    let segments = rest.split(|&byte| byte == b'.').count();
    encoded.extend([0x2f, u8::try_from(segments).map_err(|_| Cause::Name)?]);
    for segment in rest.split(|&byte| byte == b'.') {
        let mut padded = [b'_'; 4];
        padded.get_mut(..segment.len()).ok_or(Cause::Name)?.copy_from_slice(segment);
        encoded.extend(padded);
    }
    Ok(encoded)
}
