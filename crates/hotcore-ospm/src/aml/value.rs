//! What objects are worth.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::Node;

/// Four characters, padded with underscores.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameSeg(pub [u8; 4]);

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
    /// Integer, 64 bits wide (a DSDT of revision 2 and more).
    Integer(u64),
    /// String.
    String(String),
    /// Buffer.
    Buffer(Vec<u8>),
    /// Package.
    Package(Vec<Value>),
    /// A reference to an object of the namespace.
    Object(Node),
}
