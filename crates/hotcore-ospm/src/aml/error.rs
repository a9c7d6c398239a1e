//! What can be wrong with AML, and where.

use alloc::string::String;

use crate::Fault;

/// Why tables were not loaded or a method gave no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{cause} (table {table}, offset {offset:#x}, in {path})")]
pub struct AmlError {
    /// What is wrong.
    pub cause: Cause,
    /// The table in which it is wrong, counted as they were given.
    pub table: usize,
    /// Where in that table, in bytes from its start.
    pub offset: usize,
    /// The method, or the scope of a table that was being loaded.
    pub path: String,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Cause {
    /// Header of a table: signature, length or checksum.
    #[error("this is no DSDT or SSDT: {0}")]
    Header(&'static str),
    /// The code ends within a term.
    #[error("the code ends within a term")]
    Truncated,
    /// A `PkgLength` exceeds what it is part of.
    #[error("a package length exceeds its surroundings")]
    PackageLength,
    /// No term begins with this opcode.
    #[error("opcode {0:#x} is unknown here")]
    Opcode(u16),
    /// A `NameString` that is none.
    #[error("malformed name")]
    Name,
    /// There is no such object.
    #[error("{0} does not exist")]
    NotFound(String),
    /// A second object of the same name.
    #[error("{0} exists already")]
    AlreadyExists(String),
    /// The object is of another type.
    #[error("this takes {0}")]
    Type(&'static str),
    /// A local, an argument or an element that was never written.
    #[error("use of an uninitialized object")]
    Uninitialized,
    /// What the reference was about is gone.
    #[error("the referenced object is gone")]
    Dangling,
    /// Outside a buffer, string or package.
    #[error("index {0} is out of bounds")]
    Index(u64),
    /// Division by zero.
    #[error("division by zero")]
    DivideByZero,
    /// Outside an operation region, or across its end.
    #[error("offset {0:#x} is outside its operation region")]
    Region(u64),
    /// An access that is not naturally aligned.
    #[error("address {0:#x} is not aligned to the field's accesses")]
    Misaligned(u64),
    /// An operation region that is not in `SystemMemory`.
    #[error("no handler for regions of address space {0:#x}")]
    Space(u8),
    /// The platform refused an access.
    #[error(transparent)]
    Access(#[from] Fault),
    /// `Acquire` below the current `SyncLevel`, or `Release` in another order.
    #[error("mutexes must be acquired upwards and released in reverse")]
    MutexOrder,
    /// `Release` of a mutex that is not held.
    #[error("release of a mutex that is not held")]
    NotHeld,
    /// `Wait` for an event that nobody can signal.
    #[error("this wait never ends")]
    Forever,
    /// `Break` or `Continue` outside of `While`.
    #[error("no loop to leave")]
    NoLoop,
    /// The firmware says that it cannot go on.
    #[error("fatal error of the firmware: type {kind:#x}, code {code:#x}, argument {argument:#x}")]
    Fatal {
        /// Type.
        kind: u8,
        /// Code.
        code: u32,
        /// Argument.
        argument: u64,
    },
    /// AML that this interpreter does not know.
    #[error("{0} is not supported")]
    Unsupported(&'static str),
    /// More than this interpreter is willing to do or to hold.
    #[error("too much: {0}")]
    Limit(&'static str),
}
