//! What adding and removing CPUs over and over leaves behind in the VMM: nothing, it should be.

use std::time::Instant;

use hotcore_api::Client;
use hotcore_api::wire::{OneCpu, Operation, Outcome};
use hotcore_report::Sample;

use super::footprint::footprint;
use super::spec;
use crate::demo::{end, micros};
use crate::{Guest, GuestError};

/// How many CPUs are possible. CPU 0 always runs, the others take turns.
const MAX: u16 = 4;

/// How often the VMM is looked at, whatever the number of cycles.
const LOOKS: u32 = 50;

pub(super) fn run(cycles: u32, tell: &mut dyn FnMut(Sample)) -> Result<(), GuestError> {
    let guest = Guest::try_boot(&spec(MAX))?;
    let mut client = Client::connect(&guest.socket())?;
    let begin = Instant::now();
    let mut look = |cycles| {
        let at_us = micros(begin.elapsed());
        tell(Sample::Cycles { cycles, at_us, footprint: footprint(guest.vmm_pid())? });
        Ok::<(), GuestError>(())
    };
    look(0)?;
    for (done, cpu) in (1..=cycles).zip((1..MAX).cycle()) {
        let asked = OneCpu { cpu, timeout_ms: None, online_timeout_ms: None, wait: false };
        let started = client.add(asked)?;
        expect(Outcome::Online, &end(&mut client, started)?)?;
        let started = client.remove(asked)?;
        expect(Outcome::Ejected, &end(&mut client, started)?)?;
        if done % cycles.div_ceil(LOOKS) == 0 || done == cycles {
            look(done)?;
        }
    }
    guest.try_power_off()
}

fn expect(wanted: Outcome, operation: &Operation) -> Result<(), GuestError> {
    if operation.outcome == Some(wanted) {
        return Ok(());
    }
    Err(GuestError::Wrong(format!("an operation ended so: {operation:?}")))
}
