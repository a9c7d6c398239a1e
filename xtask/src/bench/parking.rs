//! What samples of CPUs that come and go through mailboxes amount to, next to PSCI.

use hotcore_report::Sample;

use super::results::{Goal, Parts, Row, Unit, float, row};

/// How many times PSCI's time a mailbox may take.
const RATIO: f64 = 2.0;

/// The ways through mailboxes, and what is aimed at: up, and back.
const MAILBOXES: [(&str, [&str; 2]); 2] = [
    (
        "parking",
        [
            "up by the parking protocol against PSCI (medians)",
            "back, version 2, against PSCI (medians)",
        ],
    ),
    (
        "spin-table",
        ["up by spin-table against PSCI (medians)", "back from spin-table against PSCI (medians)"],
    ),
];

/// The rows and goals of `samples`.
pub(super) fn of(samples: &[Sample]) -> Option<Parts> {
    let psci = rows_of(samples, "psci")?;
    let mut goals = Vec::new();
    let mut through_mailboxes = Vec::new();
    for (by, aims) in MAILBOXES {
        let rows = rows_of(samples, by)?;
        for ((aim, ours), psci) in aims.into_iter().zip(&rows).zip(&psci) {
            let ratio = float(ours.summary.median) / float(psci.summary.median.max(1));
            goals.push(Goal::new(aim, ratio, RATIO, " x"));
        }
        through_mailboxes.extend(rows);
    }
    Some((psci.into_iter().chain(through_mailboxes).collect(), goals))
}

/// Up, and back.
fn rows_of(samples: &[Sample], way: &str) -> Option<[Row; 2]> {
    let times = samples.iter().filter_map(|sample| match sample {
        Sample::Parking { by, wake_us, return_us, .. } if by == way => Some((*wake_us, *return_us)),
        _ => None,
    });
    let (up, back): (Vec<u64>, Vec<u64>) = times.unzip();
    Some([
        row(way, "a CPU comes up", Unit::Time, &up)?,
        row(way, "a CPU is back in the firmware", Unit::Time, &back)?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample((by, wake_us, return_us): (&str, u64, u64)) -> Sample {
        Sample::Parking { round: 1, by: by.to_owned(), wake_us, return_us }
    }

    #[test]
    fn each_way_is_compared_with_psci_by_its_medians() {
        let times = [
            ("psci", 100, 200),
            ("parking", 150, 500),
            ("spin-table", 90, 100),
            ("psci", 100, 200),
            ("psci", 900, 900),
        ];
        let (rows, goals) = of(&times.map(sample)).unwrap();
        assert_eq!(rows.len(), 6);
        let goals = serde_json::to_value(goals).unwrap();
        let goals = goals.as_array().unwrap().iter();
        let measured: Vec<f64> = goals.map(|goal| goal["measured"].as_f64().unwrap()).collect();
        assert_eq!(measured, [1.5, 2.5, 0.9, 0.5]);
    }

    #[test]
    fn every_way_has_to_be_there() {
        let times = [("psci", 1, 1), ("parking", 1, 1), ("spin-table", 1, 1)];
        for missing in 0..times.len() {
            let mut some = times.to_vec();
            some.remove(missing);
            let some: Vec<_> = some.into_iter().map(sample).collect();
            assert!(of(&some).is_none(), "{missing}");
        }
    }
}
