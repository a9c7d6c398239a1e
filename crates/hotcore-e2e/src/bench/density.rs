//! What possible CPUs that do not run cost: the VMM's own memory, threads and descriptors.

use std::thread::sleep;
use std::time::Duration;

use hotcore_report::Sample;

use super::footprint::footprint;
use super::{MAXIMA, spec};
use crate::{Guest, GuestError};

/// After the guest's first command: it is idle.
const REST: Duration = Duration::from_millis(500);

pub(super) fn run(rounds: u32, tell: &mut dyn FnMut(Sample)) -> Result<(), GuestError> {
    for round in 1..=rounds {
        for max in MAXIMA {
            let guest = Guest::try_boot(&spec(max))?;
            sleep(REST);
            let footprint = footprint(guest.vmm_pid())?;
            tell(Sample::Density { round, max, footprint });
        }
    }
    Ok(())
}
