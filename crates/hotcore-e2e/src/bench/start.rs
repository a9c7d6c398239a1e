//! How long it takes from the start of the VMM's process to the guest's first instruction.

use std::thread::sleep;
use std::time::{Duration, Instant};

use hotcore_api::Client;
use hotcore_report::{Sample, Start};

use super::{MAXIMA, spec};
use crate::demo::micros;
use crate::{Guest, GuestError};

/// How often a VMM is asked for its uptime: the quickest answer tells best when its clock began.
const QUESTIONS: u32 = 5;
/// Between two questions whether the guest runs.
const PACE: Duration = Duration::from_millis(5);

pub(super) fn run(rounds: u32, tell: &mut dyn FnMut(Sample)) -> Result<(), GuestError> {
    for round in 1..=rounds {
        for max in MAXIMA {
            tell(Sample::Start { round, max, start: start(max)? });
        }
    }
    Ok(())
}

fn start(max: u16) -> Result<Start, GuestError> {
    let begin = Instant::now();
    let guest = Guest::try_start(&spec(max))?;
    let mut client = Client::connect(&guest.socket())?;
    let first_instruction = loop {
        let timings = client.info()?.hotcore.timings;
        if let Some(at) = timings.first_instruction_us {
            break at;
        }
        sleep(PACE);
    };
    // The machine's clock began when the machine was made, some time after the process did: at
    // most as long ago as an answer with its uptime took to come.
    let mut clock_began = u64::MAX;
    let mut engine_us = 0;
    for _ in 0..QUESTIONS {
        let timings = client.info()?.hotcore.timings;
        let since = micros(begin.elapsed()).saturating_sub(timings.uptime_us);
        clock_began = clock_began.min(since);
        engine_us = timings.engine_created_us;
    }
    Ok(Start { first_instruction_us: clock_began.saturating_add(first_instruction), engine_us })
}
