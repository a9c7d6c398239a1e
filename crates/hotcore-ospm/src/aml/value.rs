//! What objects are worth.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::Node;

/// Four characters, padded with underscores.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameSeg(pub [u8; 4]);

impl NameSeg {
    /// The segment of this name, one to four characters. `None` if it is no name.
    pub fn new(name: &str) -> Option<Self> {
        let mut padded = [b'_'; 4];
        padded.get_mut(..name.len())?.copy_from_slice(name.as_bytes());
        (!name.is_empty()).then_some(Self(padded))
    }
}

impl fmt::Debug for NameSeg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for NameSeg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|&byte| write!(f, "{}", byte.escape_ascii()))
    }
}

/// A value that comes out of a method or goes into one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// Nothing yet: an element of a package that was never written.
    Uninitialized,
    /// Integer, 64 bits wide (a DSDT of revision 2 and more).
    Integer(u64),
    /// String; characters beyond ASCII are those of Latin-1.
    String(String),
    /// Buffer.
    Buffer(Vec<u8>),
    /// Package.
    Package(Vec<Value>),
    /// A reference to an object of the namespace.
    Object(Node),
}
