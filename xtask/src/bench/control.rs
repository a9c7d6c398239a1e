//! What samples of clients at the doors amount to.

use hotcore_report::{Crowd, Door, Latencies, Sample, Summary};

use super::results::{Goal, Parts, Row, Unit, float, row};

/// Answers a second that one client is to have.
const RATE: f64 = 5000.0;
/// What 99 of 100 pings are to take at most while a machine is made, in milliseconds.
const PING_MS: f64 = 10.0;

/// The rows and goals of `samples`.
pub(super) fn of(samples: &[Sample]) -> Option<Parts> {
    let (mut rows, mut goals) = (Vec::new(), Vec::new());
    for (door, query, aim) in [
        (Door::Rest, "vmm.ping", "vmm.ping on one connection, at least"),
        (Door::Rest, "vm.info", "vm.info on one connection, at least"),
        (Door::Qmp, "query-status", "query-status on one connection, at least"),
        (Door::Qmp, "query-cpus-fast", "query-cpus-fast on one connection, at least"),
    ] {
        let rates = rates(samples, door, query);
        let name = match door {
            Door::Rest => "REST",
            Door::Qmp => "QMP",
        };
        let rates = row(name, query, Unit::Rate, &rates)?;
        goals.push(Goal::at_least(aim, float(rates.summary.median), RATE, " /s"));
        rows.push(rates);
    }
    let crowd = samples.iter().find_map(|sample| match sample {
        Sample::Crowd(crowd) => Some(crowd),
        _ => None,
    })?;
    rows.extend(crowd_rows(crowd)?);
    goals.extend(crowd_goals(crowd));
    let pings = pings(samples);
    rows.extend(ping_rows(&pings)?);
    let worst = Summary::of(pings.iter().map(|(_, pings)| pings.p99_us))?.max;
    let aim = "vmm.ping while machines of 512 vCPUs are made, 99 % (the worst round)";
    goals.push(Goal::new(aim, float(worst) / 1000.0, PING_MS, " ms"));
    Some((rows, goals))
}

/// Answers a second, round by round.
fn rates(samples: &[Sample], through: Door, asked: &str) -> Vec<u64> {
    let rates = samples.iter().filter_map(|sample| match sample {
        Sample::RoundTrips { door, query, answers, during_us, .. }
            if (*door, query.as_str()) == (through, asked) =>
        {
            Some(answers.saturating_mul(1_000_000) / (*during_us).max(1))
        }
        _ => None,
    });
    rates.collect()
}

fn crowd_rows(crowd: &Crowd) -> Option<Vec<Row>> {
    let Crowd { during_us, latencies, .. } = *crowd;
    let rate = crowd.answered.saturating_mul(1_000_000) / during_us.max(1);
    [
        ("answers", Unit::Rate, rate),
        ("an answer, 50 %", Unit::Time, latencies.median_us),
        ("an answer, 99 %", Unit::Time, latencies.p99_us),
        ("the slowest answer", Unit::Time, latencies.max_us),
        ("answers that it cannot be now", Unit::Count, crowd.declined),
        ("operations", Unit::Count, crowd.begun),
    ]
    .into_iter()
    .map(|(what, unit, value)| row("crowd", what, unit, &[value]))
    .collect()
}

fn crowd_goals(crowd: &Crowd) -> [Goal; 3] {
    let unanswered = crowd.asked.abs_diff(crowd.answered);
    let endless = crowd.begun.abs_diff(crowd.ended);
    let wrong = if crowd.consistent { 0.0 } else { 1.0 };
    [
        Goal::new("requests of the crowd without an answer", float(unanswered), 0.0, ""),
        Goal::new("operations without an end", float(endless), 0.0, ""),
        Goal::new("guests whose CPUs are not those that they should have", wrong, 0.0, ""),
    ]
}

/// How long machines took to be made, and the pings meanwhile, round by round.
fn pings(samples: &[Sample]) -> Vec<(Latencies, Latencies)> {
    let pings = samples.iter().filter_map(|sample| match *sample {
        Sample::Pings { creations, pings, .. } => Some((creations, pings)),
        _ => None,
    });
    pings.collect()
}

fn ping_rows(pings: &[(Latencies, Latencies)]) -> Option<[Row; 4]> {
    let line = |what, value: fn(&(Latencies, Latencies)) -> u64| {
        row("max=512", what, Unit::Time, &pings.iter().map(value).collect::<Vec<_>>())
    };
    Some([
        line("vm.create, 50 %", |(creations, _)| creations.median_us)?,
        line("vmm.ping meanwhile, 50 %", |(_, pings)| pings.median_us)?,
        line("vmm.ping meanwhile, 99 %", |(_, pings)| pings.p99_us)?,
        line("vmm.ping meanwhile, the slowest", |(_, pings)| pings.max_us)?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crowd() -> Crowd {
        Crowd {
            clients: 64,
            during_us: 2_000_000,
            asked: 9000,
            answered: 9000,
            declined: 3,
            latencies: Latencies::of(vec![5, 6, 7]),
            begun: 40,
            ended: 40,
            consistent: true,
        }
    }

    fn samples(crowd: Crowd) -> Vec<Sample> {
        let queries = [
            (Door::Rest, "vmm.ping"),
            (Door::Rest, "vm.info"),
            (Door::Qmp, "query-status"),
            (Door::Qmp, "query-cpus-fast"),
        ];
        let asked = queries.map(|(door, query)| Sample::RoundTrips {
            round: 1,
            door,
            query: query.into(),
            answers: 12_000,
            during_us: 2_000_000,
        });
        let ping = |p99_us| {
            let pings = Latencies { count: 100, median_us: 100, p99_us, max_us: 20_000 };
            Sample::Pings { round: 1, max: 512, creations: Latencies::of(vec![9000]), pings }
        };
        let rest = [Sample::Crowd(crowd), ping(300), ping(11_000)];
        asked.into_iter().chain(rest).collect()
    }

    fn goals(crowd: Crowd) -> Vec<(f64, bool)> {
        let goals = serde_json::to_value(of(&samples(crowd)).unwrap().1).unwrap();
        let goals = goals.as_array().unwrap().iter();
        goals.map(|goal| (goal["measured"].as_f64().unwrap(), goal["reached"] == true)).collect()
    }

    #[test]
    fn rates_are_to_be_high_and_the_rest_low() {
        let goals = goals(crowd());
        assert_eq!(goals[..4], [(6000.0, true); 4]);
        assert_eq!(goals[4..7], [(0.0, true); 3]);
        assert_eq!(goals[7], (11.0, false), "the worst round counts");
    }

    #[test]
    fn what_a_crowd_leaves_behind_is_seen() {
        let bad = Crowd { answered: 8999, ended: 38, consistent: false, ..crowd() };
        assert_eq!(goals(bad)[4..7], [(1.0, false), (2.0, false), (1.0, false)]);
    }

    #[test]
    fn every_part_has_to_be_there() {
        let all = samples(crowd());
        for missing in 0..all.len() - 2 {
            let mut some = all.clone();
            some.remove(missing);
            assert!(of(&some).is_none(), "{missing}");
        }
    }
}
