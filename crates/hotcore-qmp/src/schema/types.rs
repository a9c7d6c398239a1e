//! The types of what goes over the wire, as QAPI has them.
//!
//! The tables of commands and events are written in them. Arguments are checked against them, and
//! `query-qmp-schema` tells them.

/// A type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Type {
    Str,
    Int,
    Bool,
    /// Whatever JSON there is.
    Any,
    Enum(&'static Enum),
    Object(&'static Object),
    Array(&'static Type),
}

/// One of some words.
#[derive(Debug)]
pub(crate) struct Enum {
    pub(crate) name: &'static str,
    pub(crate) values: &'static [&'static str],
}

/// Members by name; with variants also those of the one that the tag names.
#[derive(Debug)]
pub(crate) struct Object {
    pub(crate) name: &'static str,
    pub(crate) members: &'static [Member],
    pub(crate) variants: Option<&'static Variants>,
}

/// What depends on the value of one member.
#[derive(Debug)]
pub(crate) struct Variants {
    pub(crate) tag: &'static str,
    pub(crate) cases: &'static [(&'static str, &'static Object)],
}

/// A member of an object.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) kind: Type,
    pub(crate) optional: bool,
}

/// An object without variants.
pub(crate) const fn object(name: &'static str, members: &'static [Member]) -> Object {
    Object { name, members, variants: None }
}

/// A member that is always there.
pub(crate) const fn required(name: &'static str, kind: Type) -> Member {
    Member { name, kind, optional: false }
}

/// A member that may be absent.
pub(crate) const fn optional(name: &'static str, kind: Type) -> Member {
    Member { name, kind, optional: true }
}

/// The object that has nothing: no arguments, nothing to tell.
pub(crate) static EMPTY: Object = object("q_empty", &[]);

impl Type {
    /// Its name. Names are no interface: clients follow them from one entry of the schema to another.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Str => "str".into(),
            Self::Int => "int".into(),
            Self::Bool => "bool".into(),
            Self::Any => "any".into(),
            Self::Enum(kind) => kind.name.into(),
            Self::Object(kind) => kind.name.into(),
            Self::Array(element) => format!("[{}]", element.name()),
        }
    }

    /// What QEMU calls it where a client sent something else.
    pub(crate) fn expected(&self) -> &'static str {
        match self {
            Self::Str | Self::Enum(_) => "string",
            Self::Int => "integer",
            Self::Bool => "boolean",
            Self::Any => "value",
            Self::Object(_) => "object",
            Self::Array(_) => "array",
        }
    }
}
