//! The namespace: what is declared, and how a name finds it (ACPI 6.5 §5.3).

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use super::data::Data;
use super::error::Cause;
use super::limits::{HELD, LEVELS, NODES};
use super::path::{Path, push_segment};
use super::value::NameSeg;
use crate::Width;

/// The number of an object.
pub(super) type Id = u32;
/// The root's number.
pub(super) const ROOT: Id = 0;

/// Code of a method.
#[derive(Debug, Clone, Copy)]
pub(super) struct Method {
    pub(super) arguments: u8,
    pub(super) table: u32,
    pub(super) start: u32,
    pub(super) end: u32,
}

/// `OperationRegion`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Region {
    pub(super) space: u8,
    pub(super) offset: u64,
    pub(super) length: u64,
}

/// How the units of a field are reached.
#[derive(Debug, Clone, Copy)]
pub(super) enum Via {
    /// `Field`: in this region.
    Region(Id),
    /// `IndexField`: through the field that holds the offset and the one that holds the data.
    Index { index: Id, data: Id },
    /// `BankField`: in this region, while this field holds this value.
    Bank { region: Id, bank: Id, value: u64 },
}

/// What a write does to bits of a unit that are not part of the field.
#[derive(Debug, Clone, Copy)]
pub(super) enum Update {
    Preserve,
    WriteAsOnes,
    WriteAsZeros,
}

/// A field unit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    pub(super) via: Via,
    /// The first bit.
    pub(super) bit: u64,
    /// Bits.
    pub(super) size: u64,
    pub(super) access: Width,
    pub(super) update: Update,
}

/// Where a data object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// It is the value of a `Name`.
    Node(Id),
    /// It was made in this evaluation.
    Made(usize),
}

/// An object, or an element of it: its index in each package on the way.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) root: Root,
    pub(super) elements: Vec<u32>,
}

/// A field of a buffer.
#[derive(Debug, Clone)]
pub(super) struct BufferField {
    pub(super) source: Place,
    pub(super) bit: u64,
    pub(super) size: u64,
    /// It reads as a buffer whatever its size (`CreateField`).
    pub(super) buffer: bool,
}

/// What an object is.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Scope,
    Device,
    Processor(u8),
    PowerResource,
    ThermalZone,
    Method(Method),
    /// `\_OSI`.
    Osi,
    Name(Data),
    Region(Region),
    Field(Field),
    BufferField(Box<BufferField>),
    /// Its `SyncLevel`.
    Mutex(u8),
    /// How often it was signalled.
    Event(Data),
    /// Another name of this object.
    Alias(Id),
}

/// An object of the namespace.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) name: NameSeg,
    pub(super) parent: Id,
    level: u16,
    pub(super) kind: Kind,
}

/// Objects of consecutive numbers.
#[derive(Debug, Clone, Default)]
pub(super) struct Tree {
    base: Id,
    entries: Vec<Entry>,
    children: BTreeMap<(Id, NameSeg), Id>,
}

impl Tree {
    /// No objects at all.
    pub(super) const fn empty() -> Self {
        Self { base: 0, entries: Vec::new(), children: BTreeMap::new() }
    }

    /// No objects; the first will have the number `base`.
    pub(super) fn from(base: Id) -> Self {
        Self { base, ..Self::default() }
    }

    /// The number of the next object.
    pub(super) fn next(&self) -> Id {
        self.base + self.entries.len() as Id
    }

    pub(super) fn get(&self, id: Id) -> Option<&Entry> {
        self.entries.get(id.checked_sub(self.base)? as usize)
    }

    pub(super) fn get_mut(&mut self, id: Id) -> Option<&mut Entry> {
        self.entries.get_mut(id.checked_sub(self.base)? as usize)
    }

    fn child(&self, parent: Id, name: NameSeg) -> Option<Id> {
        self.children.get(&(parent, name)).copied()
    }

    /// Everything directly below `parent`, by name.
    pub(super) fn children(&self, parent: Id) -> impl Iterator<Item = Id> + '_ {
        let (first, last) = ((parent, NameSeg([0; 4])), (parent, NameSeg([0xff; 4])));
        self.children.range(first..=last).map(|(_, &id)| id)
    }

    fn insert(&mut self, entry: Entry) -> Result<Id, Cause> {
        let id = self.next();
        if id as usize >= NODES {
            return Err(Cause::Limit("objects of the namespace"));
        }
        self.children.insert((entry.parent, entry.name), id);
        self.entries.push(entry);
        Ok(id)
    }

    /// Forgets the objects from `next` on.
    pub(super) fn truncate(&mut self, next: Id) {
        while self.next() > next {
            let Some(entry) = self.entries.pop() else { return };
            self.children.remove(&(entry.parent, entry.name));
        }
    }

    /// Takes over objects that follow.
    pub(super) fn append(&mut self, mut later: Self) {
        self.entries.append(&mut later.entries);
        self.children.append(&mut later.children);
    }
}

/// What there is to find: objects of the tables, and those that running methods have declared.
#[derive(Clone, Copy)]
pub(super) struct Namespace<'n> {
    pub(super) tables: &'n Tree,
    pub(super) methods: &'n Tree,
}

impl<'n> Namespace<'n> {
    pub(super) fn get(self, id: Id) -> Option<&'n Entry> {
        self.tables.get(id).or_else(|| self.methods.get(id))
    }

    /// The object `name` of `parent`, whatever it is an alias of.
    pub(super) fn child(self, parent: Id, name: NameSeg) -> Option<Id> {
        let id = self.methods.child(parent, name).or_else(|| self.tables.child(parent, name))?;
        match self.get(id)?.kind {
            Kind::Alias(target) => Some(target),
            _ => Some(id),
        }
    }

    fn parent(self, id: Id) -> Option<Id> {
        self.get(id).filter(|_| id != ROOT).map(|entry| entry.parent)
    }

    /// What `path` means in `scope`.
    pub(super) fn find(self, scope: Id, path: &Path<'_>) -> Option<Id> {
        let Some(name) = path.searched() else { return self.walk(scope, path) };
        let mut scope = scope;
        loop {
            if let Some(found) = self.child(scope, name) {
                return Some(found);
            }
            scope = self.parent(scope)?;
        }
    }

    /// Without the search upwards.
    pub(super) fn walk(self, scope: Id, path: &Path<'_>) -> Option<Id> {
        let start = if path.absolute { ROOT } else { scope };
        let start = (0..path.up).try_fold(start, |at, _| self.parent(at))?;
        path.segments().try_fold(start, |at, name| self.child(at, name))
    }

    /// A new object for `name` in `parent`: to be inserted into one of the trees.
    fn entry(self, parent: Id, name: NameSeg, kind: Kind) -> Result<Entry, Cause> {
        if self.child(parent, name).is_some() {
            return Err(Cause::AlreadyExists(self.path_of(parent, name)));
        }
        let level = self.get(parent).map_or(0, |entry| entry.level) + 1;
        if level > LEVELS {
            return Err(Cause::Limit("levels of the namespace"));
        }
        Ok(Entry { name, parent, level, kind })
    }

    /// The full path of an object.
    pub(super) fn path(self, id: Id) -> String {
        match self.get(id) {
            Some(entry) if id != ROOT => self.path_of(entry.parent, entry.name),
            _ => String::from("\\"),
        }
    }

    fn path_of(self, parent: Id, name: NameSeg) -> String {
        let mut path = self.path(parent);
        if path.len() > 1 {
            path.push('.');
        }
        push_segment(&mut path, name);
        path
    }
}

/// Declares an object in `methods`.
pub(super) fn declare(
    tables: &Tree,
    methods: &mut Tree,
    parent: Id,
    name: NameSeg,
    kind: Kind,
) -> Result<Id, Cause> {
    let entry = Namespace { tables, methods }.entry(parent, name, kind)?;
    methods.insert(entry)
}

/// The root and what is there without tables (ACPI 6.5 §5.3.1, §5.7).
pub(super) fn predefined() -> Tree {
    let mut tree = Tree::default();
    tree.entries.push(Entry {
        name: NameSeg(*b"\\___"),
        parent: ROOT,
        level: 0,
        kind: Kind::Scope,
    });
    let revision = Kind::Name(Data::Integer(2));
    let system = Kind::Name(Data::String(b"Hotcore".to_vec()));
    let objects = [
        (*b"_GPE", Kind::Scope),
        (*b"_PR_", Kind::Scope),
        (*b"_SB_", Kind::Device),
        (*b"_SI_", Kind::Scope),
        (*b"_TZ_", Kind::Scope),
        (*b"_REV", revision),
        (*b"_OS_", system),
        (*b"_OSI", Kind::Osi),
        (*b"_GL_", Kind::Mutex(0)),
    ];
    for (id, (name, kind)) in (1..).zip(objects) {
        tree.children.insert((ROOT, NameSeg(name)), id);
        tree.entries.push(Entry { name: NameSeg(name), parent: ROOT, level: 1, kind });
    }
    tree
}

/// Values that differ from what the tables said, by the number of the object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Values {
    changed: Vec<(Id, Data)>,
    held: usize,
}

impl Values {
    fn search(&self, id: Id) -> Result<usize, usize> {
        self.changed.binary_search_by_key(&id, |(id, _)| *id)
    }

    pub(super) fn get(&self, id: Id) -> Option<&Data> {
        self.search(id).ok().map(|at| &self.changed[at].1)
    }

    /// The value to change, which was `initial` at first.
    pub(super) fn get_mut(&mut self, id: Id, initial: &Data) -> Result<&mut Data, Cause> {
        let at = match self.search(id) {
            Ok(at) => at,
            Err(at) => {
                self.resize(0, initial.measure().0)?;
                self.changed.insert(at, (id, initial.clone()));
                at
            }
        };
        Ok(&mut self.changed[at].1)
    }

    /// Something of `old` bytes is to be replaced by something of `new` bytes.
    pub(super) fn resize(&mut self, old: usize, new: usize) -> Result<(), Cause> {
        let held = self.held.saturating_sub(old).saturating_add(new);
        if held > HELD {
            return Err(Cause::Limit("bytes of values"));
        }
        self.held = held;
        Ok(())
    }
}
