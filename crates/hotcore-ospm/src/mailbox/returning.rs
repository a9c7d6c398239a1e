//! The way back: the hand-back block of parking protocol version 2 (guest contract §4.4).

use core::time::Duration;

use super::{Mailbox, MailboxError, Started, offset, parking};
use crate::platform::wait_until;
use crate::{Bus, Fault, Leave, Mpidr, Os, Signal, Width};

/// "PKP2": the page has a hand-back block.
pub const MAGIC: u32 = 0x3250_4b50;

/// How long the firmware has for a CPU that is on its way, and again for TEST.
const BOUND: Duration = Duration::from_secs(1);

mod state {
    pub(super) const PARKED: u64 = 1;
}

mod command {
    pub(super) const NONE: u64 = 0;
    pub(super) const TEST: u64 = 2;
}

mod status {
    pub(super) const DONE: u64 = 0;
    pub(super) const DENIED: u64 = 2;
}

/// What has to be remembered before a CPU leaves, to know later that it was *this* return which ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket {
    page: u64,
    owner: Mpidr,
    entry: u64,
    generation: u64,
}

impl Ticket {
    /// How the CPU has to leave.
    pub const fn leave(&self) -> Leave {
        Leave::Return { mailbox: self.page, entry: self.entry }
    }

    /// Waits until the CPU has left and no longer depends on the OS's memory: the state says parked with
    /// the next generation, and the firmware's loop answers TEST. `false`: not within a second each. The
    /// CPU is stuck then.
    pub fn hand_over<O: Os + ?Sized>(&self, os: &mut O) -> Result<bool, Fault> {
        let next = self.generation.wrapping_add(1);
        let page = self.page;
        let parked = wait_until(os, BOUND, |os| {
            Ok(os.read(page + offset::STATE, Width::Word)? == state::PARKED
                && os.read(page + offset::GENERATION, Width::Double)? == next)
        })?;
        if !parked {
            return Ok(false);
        }
        os.write(page + offset::COMMAND, Width::Word, command::TEST)?;
        os.signal(Signal::Event)?;
        os.signal(Signal::Sgi(self.owner))?;
        let answered = wait_until(os, BOUND, |os| {
            Ok(os.read(page + offset::COMMAND, Width::Word)? == command::NONE)
        })?;
        Ok(answered && os.read(page + offset::STATUS, Width::Word)? == status::DONE)
    }
}

impl Mailbox {
    /// Reads what `owner` needs to leave, while it is still in the OS.
    pub fn ticket<O: Os + ?Sized>(self, os: &mut O, owner: Mpidr) -> Result<Ticket, MailboxError> {
        let page = self.page().ok_or(MailboxError::NoWayBack)?;
        check_block(os, page, owner)?;
        let entry = os.read(page + offset::RETURN_ENTRY, Width::Double)?;
        if entry == 0 || !entry.is_multiple_of(4) {
            return Err(MailboxError::BadReturnEntry(entry));
        }
        let generation = os.read(page + offset::GENERATION, Width::Double)?;
        Ok(Ticket { page, owner, entry, generation })
    }
}

impl Started {
    /// Whether the firmware has denied it, which it may while the CPU has not arrived: it says so, has
    /// re-armed the mailbox, and the CPU is parked still.
    pub fn denied<B: Bus + ?Sized>(&self, bus: &mut B) -> Result<bool, Fault> {
        let Some(page) = self.block else { return Ok(false) };
        // A firmware that lets the CPU go clears the status before the jump address: one that is read after a
        // cleared address is not that of an earlier start.
        Ok(self.jump_taken(bus)?
            && parking::listening(bus, page)?
            && bus.read(page + offset::STATE, Width::Word)? == state::PARKED
            && bus.read(page + offset::STATUS, Width::Word)? == status::DENIED)
    }

    /// Whether the firmware has taken the jump address, as it must before it jumps.
    pub fn jump_taken<B: Bus + ?Sized>(&self, bus: &mut B) -> Result<bool, Fault> {
        Ok(bus.read(self.release, Width::Double)? == 0)
    }
}

/// The CPU is in the firmware.
pub(super) fn expect_parked<B: Bus + ?Sized>(bus: &mut B, page: u64) -> Result<(), MailboxError> {
    match bus.read(page + offset::STATE, Width::Word)? {
        state::PARKED => Ok(()),
        other => Err(MailboxError::NotParked(other as u32)),
    }
}

/// The page, if it has a hand-back block of this CPU.
pub(super) fn block<B: Bus + ?Sized>(
    bus: &mut B,
    page: u64,
    owner: Mpidr,
) -> Result<Option<u64>, Fault> {
    match check_block(bus, page, owner) {
        Ok(()) => Ok(Some(page)),
        Err(MailboxError::Fault(fault)) => Err(fault),
        Err(_) => Ok(None),
    }
}

fn check_block<B: Bus + ?Sized>(bus: &mut B, page: u64, owner: Mpidr) -> Result<(), MailboxError> {
    let magic = bus.read(page + offset::MAGIC, Width::Word)?;
    if magic != u64::from(MAGIC) {
        return Err(MailboxError::BadMagic(magic as u32));
    }
    match bus.read(page + offset::OWNER, Width::Double)? {
        own if own == owner.bits() => Ok(()),
        other => Err(MailboxError::Owner(other)),
    }
}
