//! The ACPI parking protocol ("Multi-processor Startup for ARM Platforms"; guest contract §4.2).

use super::{LISTENING, MailboxError, offset};
use crate::{Bus, Fault, Mpidr, Os, Signal, Width};

/// Jump address first, then cpu_id, then an interrupt: the firmware waits in `WFI`, so no `SEV`.
///
/// cpu_id gets the whole CPU Interface Number. It may be 0 for every CPU of a GICv3: each looks at its own
/// mailbox only. (Linux cuts it to 8 bits: firmware for Linux has to compare those.)
pub(super) fn start<O: Os + ?Sized>(
    os: &mut O,
    page: u64,
    interface: u32,
    owner: Mpidr,
    entry: u64,
) -> Result<(), MailboxError> {
    expect_listening(os, page)?;
    os.write(page + offset::JUMP, Width::Double, entry)?;
    os.write(page + offset::CPU_ID, Width::Word, interface.into())?;
    Ok(os.signal(Signal::Sgi(owner))?)
}

fn expect_listening<B: Bus + ?Sized>(bus: &mut B, page: u64) -> Result<(), MailboxError> {
    match bus.read(page + offset::CPU_ID, Width::Word)? {
        LISTENING => Ok(()),
        other => Err(MailboxError::NotListening(other as u32)),
    }
}

/// The firmware writes all ones last of all when a CPU is parked.
pub(super) fn listening<B: Bus + ?Sized>(bus: &mut B, page: u64) -> Result<bool, Fault> {
    Ok(bus.read(page + offset::CPU_ID, Width::Word)? == LISTENING)
}
