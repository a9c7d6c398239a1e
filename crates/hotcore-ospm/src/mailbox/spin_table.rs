//! The device tree's spin-table (Linux, `Documentation/arch/arm64/booting.rst`; guest contract §4.1).

use super::MailboxError;
use crate::{Os, Signal, Width};

/// The CPU polls this one word.
pub(super) fn start<O: Os + ?Sized>(
    os: &mut O,
    release: u64,
    entry: u64,
) -> Result<(), MailboxError> {
    os.write(release, Width::Double, entry)?;
    Ok(os.signal(Signal::Event)?)
}
