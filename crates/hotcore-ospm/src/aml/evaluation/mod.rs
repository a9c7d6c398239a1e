//! One evaluation: a method with all that it calls, or the loading of tables.
//!
//! Code is executed where it stands; blocks are kept on a stack of their own, so that only expressions
//! and calls recurse. The functions that do are not inlined into each other, or the stack would have to
//! have room for all that an expression might be at every level.

mod arithmetic;
mod buffer;
mod control;
mod convert;
mod declare;
mod fields;
mod frame;
mod literal;
mod operand;
mod reference;
mod region;
mod store;
mod system;
mod term;

use alloc::vec::Vec;

use super::Surroundings;
use super::data::Data;
use super::error::{AmlError, Cause};
use super::interpreter::Image;
use super::limits::{Budget, CALLS};
use super::namespace::{
    Entry, Id, Kind, Method, Namespace, Place, ROOT, Root, Tree, Values, declare,
};
use super::path::Path;
use super::value::NameSeg;
use frame::{FIRST_ARGUMENT, Frame};
pub(super) use operand::{Operand, Reference};

/// A mutex that is held.
struct Held {
    mutex: Id,
    level: u8,
    times: u32,
}

pub(super) struct Evaluation<'e> {
    image: &'e Image,
    values: &'e mut Values,
    surroundings: &'e mut (dyn Surroundings + 'e),
    /// What running methods, or this table, have declared.
    declared: Tree,
    /// Strings, buffers and packages made since this began.
    made: Vec<Data>,
    mutexes: Vec<Held>,
    frame: Frame<'e>,
    callers: Vec<Frame<'e>>,
    budget: Budget,
}

impl<'e> Evaluation<'e> {
    pub(super) fn new(
        image: &'e Image,
        values: &'e mut Values,
        surroundings: &'e mut (dyn Surroundings + 'e),
    ) -> Self {
        Self {
            image,
            values,
            surroundings,
            declared: Tree::from(image.objects.next()),
            made: Vec::new(),
            mutexes: Vec::new(),
            frame: Frame::new(0, &[], 0, 0, ROOT),
            callers: Vec::new(),
            budget: Budget::default(),
        }
    }

    /// Executes a table with what those before it have left of the budget. What it declares.
    pub(super) fn load(
        mut self,
        table: usize,
        start: usize,
        budget: &mut Budget,
    ) -> Result<Tree, AmlError> {
        let code: &'e [u8] = &self.image.tables[table];
        self.frame = Frame::new(table, code, start, code.len(), ROOT);
        self.budget = budget.clone();
        let result = self.run().map_err(|cause| self.blame(cause));
        *budget = self.budget.next_table(budget, result.is_ok());
        result.map(|_| self.declared)
    }

    /// What the object is worth: what it returns, if it is a method.
    pub(super) fn evaluate(
        &mut self,
        object: Id,
        arguments: &[Data],
    ) -> Result<Option<Data>, AmlError> {
        self.try_evaluate(object, arguments).map_err(|cause| self.blame(cause))
    }

    fn try_evaluate(&mut self, object: Id, arguments: &[Data]) -> Result<Option<Data>, Cause> {
        let value = match self.entry(object)?.kind {
            Kind::Method(method) => {
                let mut operands = Vec::with_capacity(arguments.len());
                for data in arguments.iter().take(usize::from(method.arguments)) {
                    operands.push(self.make(data.clone())?);
                }
                self.invoke(object, method, operands)?
            }
            _ => Some(self.value_of(object)?),
        };
        value.map(|value| self.data_of(&value)).transpose()
    }

    fn blame(&self, cause: Cause) -> AmlError {
        let Frame { table, at: offset, scope, .. } = self.frame;
        AmlError { cause, table, offset, path: self.namespace().path(scope) }
    }

    /// Runs a method. `None` if it returns nothing.
    #[inline(never)]
    fn invoke(
        &mut self,
        object: Id,
        method: Method,
        arguments: Vec<Operand>,
    ) -> Result<Option<Operand>, Cause> {
        if self.callers.len() >= CALLS {
            return Err(Cause::Limit("methods that call each other"));
        }
        let table = method.table as usize;
        let code: &'e [u8] = &self.image.tables[table];
        let (start, end) = (method.start as usize, method.end as usize);
        let mut frame = Frame::new(table, code, start, end, object);
        frame.first = self.declared.next();
        for (slot, argument) in frame.slots[FIRST_ARGUMENT..].iter_mut().zip(arguments) {
            *slot = argument;
        }
        self.callers.push(core::mem::replace(&mut self.frame, frame));
        let result = self.run()?;
        let result = result.map(|value| self.detach(value)).transpose()?;
        self.declared.truncate(self.frame.first);
        if let Some(caller) = self.callers.pop() {
            self.frame = caller;
        }
        Ok(result)
    }

    /// A result that outlives the method's own objects.
    fn detach(&mut self, value: Operand) -> Result<Operand, Cause> {
        let first = self.frame.first;
        let own = |place: &Place| matches!(place.root, Root::Node(id) if id >= first);
        match &value {
            Operand::At(place) if own(place) => {
                let copy = self.data_of(&value)?;
                self.make(copy)
            }
            Operand::Reference(Reference::Node(id)) if *id >= first => Err(Cause::Dangling),
            Operand::Reference(Reference::Element(place) | Reference::Byte(place, _))
                if own(place) =>
            {
                Err(Cause::Dangling)
            }
            Operand::Reference(Reference::Slot { frame, .. }) if *frame >= self.callers.len() => {
                Err(Cause::Dangling)
            }
            _ => Ok(value),
        }
    }

    fn namespace(&self) -> Namespace<'_> {
        Namespace { tables: &self.image.objects, methods: &self.declared }
    }

    fn entry(&self, id: Id) -> Result<&Entry, Cause> {
        self.namespace().get(id).ok_or(Cause::Dangling)
    }

    /// The object that a name means here.
    fn find(&self, path: &Path<'_>) -> Result<Id, Cause> {
        let found = self.namespace().find(self.frame.scope, path);
        found.ok_or_else(|| Cause::NotFound(path.spelling()))
    }

    /// Declares an object under a name, which says where.
    fn declare(&mut self, path: &Path<'_>, kind: Kind) -> Result<Id, Cause> {
        let (parent, name) = self.place_of(path)?;
        declare(&self.image.objects, &mut self.declared, parent, name, kind)
    }

    fn place_of(&self, path: &Path<'_>) -> Result<(Id, NameSeg), Cause> {
        let (parent, name) = path.split().ok_or(Cause::Name)?;
        let scope = self.namespace().walk(self.frame.scope, &parent);
        Ok((scope.ok_or_else(|| Cause::NotFound(parent.spelling()))?, name))
    }

    /// Bytes of an integer.
    fn width(&self) -> usize {
        self.image.integer_bytes
    }

    /// An integer as wide as integers are here.
    fn integer_operand(&self, value: u64) -> Operand {
        Operand::Integer(if self.width() == 4 { value & 0xffff_ffff } else { value })
    }

    fn boolean(&self, value: bool) -> Operand {
        self.integer_operand(if value { u64::MAX } else { 0 })
    }
}
