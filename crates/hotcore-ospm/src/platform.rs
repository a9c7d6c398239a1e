//! What the OS half needs of the machine and of the OS that it is part of.

/// How wide an access is. Accesses are naturally aligned and single-copy atomic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Width {
    /// 8 bits.
    Byte,
    /// 16 bits.
    Half,
    /// 32 bits.
    Word,
    /// 64 bits.
    Double,
}

impl Width {
    /// The width in bytes.
    pub const fn bytes(self) -> u64 {
        match self {
            Self::Byte => 1,
            Self::Half => 2,
            Self::Word => 4,
            Self::Double => 8,
        }
    }
}

/// An access that the platform refuses, or cannot carry out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("no access to {address:#x}")]
pub struct Fault {
    /// The physical address.
    pub address: u64,
}

/// Physical addresses as the CPU reaches them: registers, mailboxes, memory of the firmware. Values are
/// little-endian in memory whatever the OS's own endianness.
///
/// A platform may end any access with a [`Fault`]; whoever asked gives up what it was doing.
pub trait Bus {
    /// Reads.
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault>;
    /// Writes; bits of `value` above `width` are zero.
    fn write(&mut self, address: u64, width: Width, value: u64) -> Result<(), Fault>;
}
