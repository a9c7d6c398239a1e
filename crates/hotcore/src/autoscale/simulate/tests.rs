//! What has to hold of the controller, over traces by chance.

use proptest::prelude::*;

use super::*;
use crate::autoscale::controller::{Hold, Why};

fn policy(min: u16, max: u16) -> Policy {
    Policy {
        add_after: Duration::from_secs(2),
        remove_after: Duration::from_secs(10),
        cool_down: Duration::from_secs(20),
        ..Policy::new(min, max, 70, 10).unwrap()
    }
}

fn trace(demands: impl IntoIterator<Item = f64>) -> Vec<Row> {
    let row = |(second, demand): (u32, f64)| Row { at_s: f64::from(second), demand, enabled: None };
    (1..).zip(demands).map(row).collect()
}

/// What was asked for, and after how many rows.
fn asked(steps: &[Step]) -> Vec<(usize, u16)> {
    let asked = |(row, step): (usize, &Step)| match step.decision {
        Decision::Resize { to, .. } => Some((row, to)),
        Decision::Hold(_) => None,
    };
    steps.iter().enumerate().filter_map(asked).collect()
}

fn settled(steps: &[Step]) -> u16 {
    steps.last().unwrap().sample.cpus.enabled
}

#[test]
fn a_step_of_demand_is_followed_up_quickly_and_down_slowly() {
    let demand = [0.2; 10].into_iter().chain([3.0; 60]).chain([0.2; 120]);
    let steps = run(&policy(1, 8), &trace(demand));
    let asked = asked(&steps);
    let (up, down): (Vec<(usize, u16)>, Vec<_>) = asked.iter().partition(|(row, _)| *row < 70);
    assert_eq!(up.last().unwrap().1, 5, "3.0 of 5 CPUs is 60 %: {up:?}");
    assert!(up.last().unwrap().0 < 10 + 15, "{up:?}");
    assert_eq!(down.iter().map(|(_, to)| *to).collect::<Vec<_>>(), [4, 3, 2, 1]);
    assert!(down[0].0 - up.last().unwrap().0 >= 20, "{asked:?}");
    assert!(down.windows(2).all(|pair| pair[1].0 - pair[0].0 >= 10), "{down:?}");
    let tally = tally(&steps);
    assert_eq!((tally.additions as usize, tally.removals as usize), (up.len(), down.len()));
    assert!(tally.cpus > tally.demand && tally.starved < 0.1, "{tally:?}");
}

#[test]
fn a_short_burst_changes_nothing() {
    let demand = [0.5; 10].into_iter().chain([1.0]).chain([0.5; 10]);
    assert_eq!(asked(&run(&policy(1, 8), &trace(demand))), []);
}

#[test]
fn a_large_machine_shrinks_by_eighths() {
    let mut rows = trace([0.5; 60]);
    rows[0].enabled = Some(64);
    let steps = run(&policy(1, 64), &rows);
    assert_eq!(asked(&steps)[0].1, 56);
}

#[test]
fn bounds_come_before_demand() {
    let mut rows = trace([0.0; 3]);
    assert_eq!(asked(&run(&policy(3, 4), &rows)), [], "it begins with --min");
    rows[0].enabled = Some(1);
    let steps = run(&policy(3, 4), &rows);
    assert_eq!(steps[0].decision, Decision::Resize { to: 3, why: Why::TooFew });
    rows[0].enabled = Some(9);
    let steps = run(&policy(3, 4), &rows);
    assert_eq!(steps[0].decision, Decision::Resize { to: 4, why: Why::TooMany });
}

fn sample(second: u64, demand: f64, enabled: u16) -> Sample {
    Sample {
        at: Duration::from_secs(second),
        demand: Some(demand),
        cpus: Cpus { enabled, possible: 8, fixed: 1 },
        contended: false,
    }
}

#[test]
fn failures_are_backed_off_from_and_the_other_way_stays_open() {
    let mut controller = Controller::new(policy(1, 8));
    let idle = |second| sample(second, 0.1, 4);
    let first = (1..40).find(|s| matches!(controller.sample(&idle(*s)), Decision::Resize { .. }));
    let first = first.unwrap();
    let until = controller.ended(Duration::from_secs(first + 1), Ended::Refused).unwrap();
    assert_eq!(until, Duration::from_secs(first + 31));
    for second in first + 2..first + 31 {
        assert!(matches!(controller.sample(&idle(second)), Decision::Hold(_)));
    }
    let busy = |second| sample(second, 3.9, 4);
    let more = (first + 31..first + 60).find(|s| {
        matches!(controller.sample(&busy(*s)), Decision::Resize { to: 6, why: Why::Busy(_) })
    });
    assert!(more.unwrap() < first + 36);
}

#[test]
fn cpus_that_cannot_be_removed_stay() {
    let mut controller = Controller::new(policy(1, 8));
    for second in 1..100 {
        let cpus = Cpus { enabled: 4, possible: 8, fixed: 4 };
        let sample = Sample { cpus, ..sample(second, 0.1, 4) };
        assert_eq!(controller.sample(&sample), Decision::Hold(Hold::Fixed));
    }
}

#[test]
fn nothing_is_asked_for_while_somebody_else_asks_or_nothing_is_known() {
    let mut controller = Controller::new(policy(1, 8));
    for second in 1..100 {
        let sample = sample(second, 1.0, 1);
        let contended = Sample { contended: true, ..sample };
        let blind = Sample { demand: (second % 2 == 0).then_some(f64::NAN), ..sample };
        assert_eq!(controller.sample(&contended), Decision::Hold(Hold::Contended));
        assert_eq!(controller.sample(&blind), Decision::Hold(Hold::Blind));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn never_outside_of_the_bounds(
        demands in prop::collection::vec(0.0..20.0_f64, 1..300),
        start in 1_u16..20,
        min in 1_u16..6,
        more in 0_u16..10,
    ) {
        let mut rows = trace(demands);
        rows[0].enabled = Some(start);
        let max = min + more;
        for step in run(&policy(min, max), &rows) {
            if let Decision::Resize { to, .. } = step.decision {
                prop_assert!((min..=max).contains(&to) && to != step.sample.cpus.enabled);
            }
        }
    }

    /// Noise within the margin of one CPU.
    #[test]
    fn never_both_ways_under_a_constant_load_with_noise(
        load in 0.0..10.0_f64,
        noise in prop::collection::vec(-0.049..0.049_f64, 300),
        start in 1_u16..16,
    ) {
        let mut rows = trace(noise.into_iter().map(|noise| (load + noise).max(0.0)));
        rows[0].enabled = Some(start);
        let steps = run(&policy(1, 16), &rows);
        let tally = tally(&steps);
        prop_assert!(tally.additions == 0 || tally.removals == 0, "{:?}", asked(&steps));
        prop_assert!(tally.additions <= 8, "{:?}", asked(&steps));
    }

    /// From any number of CPUs to enough of them: each addition makes two fifths more.
    #[test]
    fn a_step_is_followed_within_bounded_time(
        before in 0.0..1.0_f64,
        after in 1.0..11.0_f64,
        quiet in 1_usize..40,
    ) {
        let demand = vec![before; quiet].into_iter().chain(vec![after; 40]);
        let steps = run(&policy(1, 16), &trace(demand));
        let cpus = f64::from(settled(&steps));
        prop_assert!(after <= cpus * 0.8 + 1e-9, "{after} on {cpus}");
        let last = asked(&steps).last().map_or(0, |(row, _)| *row);
        prop_assert!(last <= quiet + 30, "{last} after {quiet}");
    }

    #[test]
    fn never_asks_twice_while_something_is_under_way(
        events in prop::collection::vec((0.0..9.0_f64, 0_u8..12), 1..400),
    ) {
        let ends = [
            Ended::Done, Ended::Refused, Ended::TimedOut, Ended::NotOnlined, Ended::Overtaken,
            Ended::Rejected,
        ];
        let mut controller = Controller::new(policy(1, 8));
        let (mut enabled, mut asked) = (2, None);
        for (second, (demand, event)) in (1..).zip(events) {
            if let (Some(to), Some(end)) = (asked, ends.get(usize::from(event))) {
                controller.ended(Duration::from_secs(second), *end);
                enabled = if *end == Ended::Done { to } else { enabled };
                asked = None;
            }
            let demand = demand.min(f64::from(enabled));
            match controller.sample(&sample(second, demand, enabled)) {
                Decision::Resize { to, .. } => {
                    prop_assert_eq!(asked, None);
                    asked = Some(to);
                }
                Decision::Hold(Hold::Asked) => prop_assert!(asked.is_some()),
                Decision::Hold(_) => prop_assert_eq!(asked, None),
            }
        }
    }
}
