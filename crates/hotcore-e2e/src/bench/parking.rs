//! How long a CPU takes to come up and to be back in the firmware: through PSCI, the parking protocol and
//! spin-table, in turns on machines that run side by side.

use hotcore_report::{Emulator, Sample};

use super::emulators::{Payload, Running};
use crate::{GuestError, lab_file};

/// The ways, and the `--firmware` that has each.
const WAYS: [(&str, &str); 3] = [
    ("psci", "acpi"),
    ("parking", "acpi,cpu-start=parking"),
    ("spin-table", "dt,cpu-start=spin-table"),
];

pub(super) fn run(rounds: u32, tell: &mut dyn FnMut(Sample)) -> Result<(), GuestError> {
    let image = lab_file("guest/probe");
    let start = |(by, firmware)| -> Result<_, GuestError> {
        let payload = Payload::Probe { image: &image, firmware };
        let mut guest = Running::start(Emulator::Hotcore, &payload)?;
        guest.until_begins("hotcore-probe 1 ready")?;
        Ok((by, guest))
    };
    let mut guests = WAYS.into_iter().map(start).collect::<Result<Vec<_>, _>>()?;
    tell(Sample::Remark {
        text: "by the guest's own clock: up until the CPU has answered the guest, back until the guest \
               knows that it is (AFFINITY_INFO; a mailbox's state, then TEST)"
            .to_owned(),
    });
    for round in 1..=rounds {
        for (by, guest) in &mut guests {
            guest.ask("online 1")?;
            guest.ask("offline 1")?;
            let [wake_us, return_us] = times(&guest.ask("ticks")?)?;
            tell(Sample::Parking { round, by: (*by).to_owned(), wake_us, return_us });
        }
    }
    Ok(())
}

/// The latest online and the latest offline in microseconds, of the answer to `ticks`:
/// `online=N offline=N frequency=HZ`.
fn times(answer: &[String]) -> Result<[u64; 2], GuestError> {
    let words = answer.iter().flat_map(|line| line.split_whitespace());
    let pairs: Vec<_> = words.filter_map(|word| word.split_once('=')).collect();
    let number = |name: &str| {
        let (_, value) = pairs.iter().find(|(key, _)| *key == name)?;
        value.parse::<u64>().ok()
    };
    let micros = |name| {
        let ticks = number(name)?.checked_mul(1_000_000)?;
        ticks.checked_div(number("frequency")?)
    };
    let unknown = || GuestError::Wrong(format!("the guest told no times: {answer:?}"));
    micros("online").zip(micros("offline")).map(<[u64; 2]>::from).ok_or_else(unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_become_microseconds() {
        let answer = ["online=2500 offline=62 frequency=62500000".to_owned(), "ok".to_owned()];
        assert_eq!(times(&answer).unwrap(), [40, 0]);
        for bad in ["online=1 offline=2", "online=1 offline=2 frequency=0", "ok", ""] {
            assert!(times(&[bad.to_owned()]).is_err(), "{bad}");
        }
    }
}
