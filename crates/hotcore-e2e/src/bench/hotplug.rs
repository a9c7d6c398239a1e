//! How long it takes to add a CPU and to remove it again, as the VMM sees it. Nothing else happens
//! in the guest, and one question is asked of the VMM meanwhile.

use std::thread::sleep;
use std::time::Duration;

use hotcore_api::Client;
use hotcore_api::wire::OneCpu;
use hotcore_report::Sample;

use super::spec;
use crate::demo::{end, stages};
use crate::{Guest, GuestError};

/// Between two operations: the guest's rule finishes, and the guest is idle again.
const REST: Duration = Duration::from_millis(300);

pub(super) fn run(rounds: u32, tell: &mut dyn FnMut(Sample)) -> Result<(), GuestError> {
    let guest = Guest::try_boot(&spec(2))?;
    let mut client = Client::connect(&guest.socket())?;
    let asked = OneCpu { cpu: 1, timeout_ms: None, online_timeout_ms: None, wait: false };
    for round in 1..=rounds {
        sleep(REST);
        let begun = client.add(asked)?;
        let add = stages(&end(&mut client, begun)?)?;
        sleep(REST);
        let begun = client.remove(asked)?;
        let remove = stages(&end(&mut client, begun)?)?;
        tell(Sample::Hotplug { round, add, remove });
    }
    guest.try_power_off()
}
