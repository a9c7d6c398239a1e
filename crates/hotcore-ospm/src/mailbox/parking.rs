//! The ACPI parking protocol ("Multi-processor Startup for ARM Platforms"; guest contract §4.2).

use super::{LISTENING, MailboxError, offset};
use crate::{Bus, Fault, Width};

/// Jump address first, then cpu_id.
///
/// cpu_id gets the whole CPU Interface Number. It may be 0 for every CPU of a GICv3: each looks at its own
/// mailbox only. (Linux cuts it to 8 bits: firmware for Linux gives no CPU a larger one.)
pub(super) fn write<B: Bus + ?Sized>(
    bus: &mut B,
    page: u64,
    interface: u32,
    entry: u64,
) -> Result<(), Fault> {
    bus.write(page + offset::JUMP, Width::Double, entry)?;
    bus.write(page + offset::CPU_ID, Width::Word, interface.into())
}

/// The firmware waits for its cpu_id.
pub(super) fn expect_listening<B: Bus + ?Sized>(
    bus: &mut B,
    page: u64,
) -> Result<(), MailboxError> {
    match bus.read(page + offset::CPU_ID, Width::Word)? {
        LISTENING => Ok(()),
        other => Err(MailboxError::NotListening(other as u32)),
    }
}

/// The firmware writes all ones last of all when a CPU is parked.
pub(super) fn listening<B: Bus + ?Sized>(bus: &mut B, page: u64) -> Result<bool, Fault> {
    Ok(bus.read(page + offset::CPU_ID, Width::Word)? == LISTENING)
}
