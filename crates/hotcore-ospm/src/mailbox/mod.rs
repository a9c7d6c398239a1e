//! Mailboxes in memory through which CPUs wait in the firmware: the ACPI parking protocol, version 1 and our
//! version 2 with a way back, and the device tree's spin-table with or without one (guest contract §4;
//! `docs/parking-protocol-v2.md`).
//!
//! # Layout of a mailbox page
//!
//! All words are little-endian, whatever the OS's own endianness.
//!
//! | offset | size | written by | what |
//! |---|---|---|---|
//! | 0x00 | 4 | both | cpu_id: all ones while the firmware listens; the OS writes the CPU Interface Number |
//! | 0x08 | 8 | both | jump address; the firmware clears it before it jumps |
//! | 0x10 | 4 | firmware | magic 0x32504B50, "PKP2": what follows exists |
//! | 0x14 | 4 | firmware | state: 0 in the OS, 1 parked |
//! | 0x18 | 4 | both | command: 2 TEST; the firmware clears it |
//! | 0x1C | 4 | firmware | status: 0 done, 1 unknown command, 2 denied |
//! | 0x20 | 8 | firmware | return entry: a physical address |
//! | 0x28 | 8 | firmware | generation: one more on every return |
//! | 0x30 | 8 | firmware | MPIDR affinity of the owner |
//!
//! # What a CPU does that leaves ([`Leave::Return`](crate::Leave::Return))
//!
//! The OS's own code, on the CPU that leaves, in this order:
//!
//! 1. has no work, no interrupt affine to it, no lock; nobody waits for it;
//! 2. masks DAIF; timers and PMU of the CPU off; `ICC_IGRPEN1_EL1` = 0, `ISB`; its redistributor may sleep;
//! 3. debug, SPE, TRBE off: nothing uses the OS's memory behind its back;
//! 4. from a page that is mapped to its own physical address: cleans every line that it may have dirtied to
//!    the Point of Coherency (`DC CIVAC` by address over its stack and per-CPU data), `DSB SY`;
//!    `SCTLR_ELx.M`, `.C` and `.I` := 0, `ISB`; `IC IALLU`, `DSB SY`, `ISB`, all at the Exception level at
//!    which it came;
//! 5. X0 := mailbox, `BR` to the return entry. It accesses no memory after the cleaning.
//!
//! The firmware relies on nothing of the OS from then on, and another CPU may hand the OS's memory to
//! somebody else once [`Ticket::hand_over`] has ended well, and no earlier.

mod parking;
mod returning;

use crate::{Fault, Mpidr, Os, Signal, Width};
pub use returning::{MAGIC, Ticket};

/// The words of a mailbox page.
mod offset {
    pub(super) const CPU_ID: u64 = 0x00;
    pub(super) const JUMP: u64 = 0x08;
    pub(super) const MAGIC: u64 = 0x10;
    pub(super) const STATE: u64 = 0x14;
    pub(super) const COMMAND: u64 = 0x18;
    pub(super) const STATUS: u64 = 0x1c;
    pub(super) const RETURN_ENTRY: u64 = 0x20;
    pub(super) const GENERATION: u64 = 0x28;
    pub(super) const OWNER: u64 = 0x30;
}

/// What cpu_id reads while the firmware listens.
const LISTENING: u64 = 0xffff_ffff;

/// Where a CPU waits for its start, and whether it can come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mailbox {
    /// ACPI parking protocol, version 1: no way back.
    ParkingV1 {
        /// Physical address of the page.
        page: u64,
        /// CPU Interface Number of the GICC: what is written into cpu_id. Linux writes its lowest 8 bits.
        interface: u32,
    },
    /// ACPI parking protocol, version 2.
    ParkingV2 {
        /// Physical address of the page.
        page: u64,
        /// CPU Interface Number of the GICC.
        interface: u32,
    },
    /// Spin-table of a device tree.
    SpinTable {
        /// `cpu-release-addr`.
        release: u64,
        /// `cpu-return-mailbox`: the page, if there is a way back.
        page: Option<u64>,
    },
}

/// Why a mailbox was not used, or not with success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum MailboxError {
    /// cpu_id is not all ones: the firmware does not listen (Linux: ENXIO).
    #[error("the firmware does not listen: cpu_id is {0:#x}")]
    NotListening(u32),
    /// The page is not one of version 2, or not one that can be used.
    #[error("the mailbox has no hand-back block: magic {0:#x}")]
    BadMagic(u32),
    /// The page belongs to another CPU.
    #[error("the mailbox belongs to CPU {0:#x}")]
    Owner(u64),
    /// The CPU is not parked.
    #[error("the CPU is not parked: state {0}")]
    NotParked(u32),
    /// The return entry is 0 or not aligned to an instruction.
    #[error("the mailbox has no return entry: {0:#x}")]
    BadReturnEntry(u64),
    /// The mailbox has no way back.
    #[error("the boot protocol has no way back to the firmware")]
    NoWayBack,
    /// The access was not possible.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Mailbox {
    /// The page with the hand-back block.
    pub const fn page(self) -> Option<u64> {
        match self {
            Self::ParkingV1 { .. } => None,
            Self::ParkingV2 { page, .. } => Some(page),
            Self::SpinTable { page, .. } => page,
        }
    }

    /// The word that holds the jump address.
    pub const fn release(self) -> u64 {
        match self {
            Self::ParkingV1 { page, .. } | Self::ParkingV2 { page, .. } => page + offset::JUMP,
            Self::SpinTable { release, .. } => release,
        }
    }

    /// Whether its words can be accessed: the address is not 0 and aligned, and does not wrap.
    pub const fn usable(self) -> bool {
        const fn aligned(address: u64, to: u64) -> bool {
            address != 0 && address.is_multiple_of(to) && address <= u64::MAX - 0xfff
        }
        match self {
            Self::ParkingV1 { page, .. } | Self::ParkingV2 { page, .. } => aligned(page, 0x1000),
            Self::SpinTable { release, page: None } => aligned(release, 8),
            Self::SpinTable { release, page: Some(page) } => {
                aligned(release, 8) && aligned(page, 0x1000)
            }
        }
    }

    /// Looks whether the CPU `owner` can be started: nothing is written yet.
    ///
    /// A page whose hand-back block is missing or another CPU's is used as one without: the CPU has no way
    /// back.
    pub fn judge<O: Os + ?Sized>(self, os: &mut O, owner: Mpidr) -> Result<Ready, MailboxError> {
        let block = match self.page() {
            Some(page) => returning::block(os, page, owner)?,
            None => None,
        };
        if let Some(page) = block {
            returning::expect_parked(os, page)?;
        }
        if let Self::ParkingV1 { page, .. } | Self::ParkingV2 { page, .. } = self {
            parking::expect_listening(os, page)?;
        }
        Ok(Ready { mailbox: self, owner, block })
    }

    /// What wakes the firmware's loop: version 1 waits for an interrupt, spin-table for an event, and who
    /// knows of the way back for either.
    fn signals(self, owner: Mpidr) -> impl Iterator<Item = Signal> {
        let event = !matches!(self, Self::ParkingV1 { .. });
        let interrupt = !matches!(self, Self::SpinTable { page: None, .. });
        let both = [event.then_some(Signal::Event), interrupt.then_some(Signal::Sgi(owner))];
        both.into_iter().flatten()
    }
}

/// A mailbox through which a CPU can be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ready {
    mailbox: Mailbox,
    owner: Mpidr,
    block: Option<u64>,
}

impl Ready {
    /// Whether the CPU will have a way back: the page has a hand-back block, which is its own.
    pub const fn can_return(&self) -> bool {
        self.block.is_some()
    }

    /// Has the CPU jump to `entry`. Everything is written anew each time: what a return leaves in the
    /// mailbox is the firmware's. Whether it arrives, the OS sees; what else may happen,
    /// [`Started::denied`].
    ///
    /// After a fault nobody knows whether the CPU has left the firmware.
    pub fn start<O: Os + ?Sized>(self, os: &mut O, entry: u64) -> Result<Started, Fault> {
        let Self { mailbox, owner, block } = self;
        match mailbox {
            Mailbox::ParkingV1 { page, interface } | Mailbox::ParkingV2 { page, interface } => {
                parking::write(os, page, interface, entry)?;
            }
            Mailbox::SpinTable { release, .. } => os.write(release, Width::Double, entry)?,
        }
        for signal in mailbox.signals(owner) {
            os.signal(signal)?;
        }
        Ok(Started { block, release: mailbox.release() })
    }
}

/// A CPU that has been started and has not arrived yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Started {
    /// The page, if it has a hand-back block.
    block: Option<u64>,
    release: u64,
}
