//! What the controller would have done: a trace in the place of a guest.
//!
//! The simulated machine does as asked by the next row, and its CPUs can be used no more than wholly. A
//! trace that was recorded with too few CPUs does not know what its guest would have done with more.

use std::time::Duration;

use super::controller::{Controller, Cpus, Decision, Ended, Sample};
use super::policy::Policy;
use super::trace::Row;

/// One row, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Step {
    /// As the controller saw it.
    pub(super) sample: Sample,
    /// What the trace demands.
    pub(super) demand: f64,
    /// What the controller said.
    pub(super) decision: Decision,
}

/// How it went, in numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tally {
    pub(super) additions: u32,
    pub(super) removals: u32,
    /// Average number of CPUs.
    pub(super) cpus: f64,
    /// Average demand.
    pub(super) demand: f64,
    /// The part of the time with more demand than CPUs.
    pub(super) starved: f64,
}

/// Runs the controller over a trace.
pub(super) fn run(policy: &Policy, rows: &[Row]) -> Vec<Step> {
    let mut controller = Controller::new(*policy);
    let recorded = rows.first().and_then(|row| row.enabled);
    let mut enabled = recorded.unwrap_or(policy.min).max(1);
    let mut asked = None;
    let mut steps = Vec::with_capacity(rows.len());
    for row in rows {
        let at = Duration::from_secs_f64(row.at_s);
        if let Some(to) = asked.take() {
            enabled = to;
            controller.ended(at, Ended::Done);
        }
        let sample = Sample {
            at,
            demand: Some(row.demand.min(f64::from(enabled))),
            cpus: Cpus { enabled, possible: policy.max.max(enabled), fixed: 1 },
            contended: false,
        };
        let decision = controller.sample(&sample);
        if let Decision::Resize { to, .. } = decision {
            asked = Some(to);
        }
        steps.push(Step { sample, demand: row.demand, decision });
    }
    steps
}

/// The numbers of a run.
pub(super) fn tally(steps: &[Step]) -> Tally {
    let asked = |step: &&Step, more: bool| match step.decision {
        Decision::Resize { to, .. } => (to > step.sample.cpus.enabled) == more,
        Decision::Hold(_) => false,
    };
    let count = |more| {
        let count = steps.iter().filter(|step| asked(step, more)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    };
    let starved = |step: &Step| {
        if step.demand > f64::from(step.sample.cpus.enabled) { 1.0 } else { 0.0 }
    };
    Tally {
        additions: count(true),
        removals: count(false),
        cpus: average(steps, |step| f64::from(step.sample.cpus.enabled)),
        demand: average(steps, |step| step.demand),
        starved: average(steps, starved),
    }
}

/// The average over time, each step counting for the time since the one before.
fn average(steps: &[Step], value: impl Fn(&Step) -> f64) -> f64 {
    let spans = steps.windows(2).map(|pair| {
        let passed = pair[1].sample.at.saturating_sub(pair[0].sample.at).as_secs_f64();
        (passed, passed * value(&pair[1]))
    });
    let (time, sum) = spans.fold((0.0, 0.0), |(time, sum), (t, v)| (time + t, sum + v));
    if time > 0.0 { sum / time } else { steps.first().map_or(0.0, value) }
}

#[cfg(test)]
mod tests;
