//! Decisions as lines of a log, for people or programs.

use std::io::{self, Write};
use std::time::Duration;

use serde::Serialize;

use super::controller::{Decision, Direction, Ended, Hold, Sample, Why};
use super::policy::Policy;

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Line {
    /// Since the beginning.
    pub(super) at_s: f64,
    /// `add`, `remove`, `hold`, `ended`, `note`.
    pub(super) event: &'static str,
    /// CPUs enabled now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) enabled: Option<u16>,
    /// CPUs' worth of time that is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) demand: Option<f64>,
    /// CPUs that are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) to: Option<u16>,
    /// The reason, in words.
    pub(super) text: String,
}

/// Where the lines go.
pub(super) struct Log<'a> {
    json: bool,
    out: &'a mut dyn Write,
    /// What is being waited for, which is said once.
    waiting: Option<&'static str>,
}

impl Line {
    /// A line about the guest or the VMM.
    pub(super) fn note(at: Duration, event: &'static str, text: String) -> Self {
        Self { at_s: seconds(at), event, enabled: None, demand: None, to: None, text }
    }

    /// What a decision is and why.
    pub(super) fn of(policy: &Policy, sample: &Sample, decision: &Decision) -> Self {
        let (event, to, text) = match decision {
            Decision::Resize { to, why } => {
                let more = *to > sample.cpus.enabled;
                (if more { "add" } else { "remove" }, Some(*to), reason(policy, sample, why))
            }
            Decision::Hold(hold) => ("hold", None, hold_reason(sample, hold)),
        };
        let line = Self::note(sample.at, event, text);
        Self { enabled: Some(sample.cpus.enabled), demand: sample.demand, to, ..line }
    }

    fn for_people(&self) -> String {
        let what = match (self.enabled, self.to) {
            (Some(enabled), Some(to)) => format!("{} {enabled} -> {to}: ", self.event),
            (Some(enabled), None) => format!("{} at {enabled}: ", self.event),
            _ => String::new(),
        };
        format!("{:>9.1} s  {what}{}", self.at_s, self.text)
    }
}

impl<'a> Log<'a> {
    pub(super) fn new(json: bool, out: &'a mut dyn Write) -> Self {
        Self { json, out, waiting: None }
    }

    /// Writes down a decision, unless it is to go on as before.
    pub(super) fn decision(
        &mut self,
        policy: &Policy,
        sample: &Sample,
        decision: &Decision,
    ) -> io::Result<()> {
        let waiting = match decision {
            Decision::Hold(hold) => held_back(hold),
            Decision::Resize { .. } => None,
        };
        let news = waiting.is_some() && waiting != self.waiting;
        if !matches!(decision, Decision::Hold(Hold::Asked)) {
            self.waiting = waiting;
        }
        if !news && matches!(decision, Decision::Hold(_)) {
            return Ok(());
        }
        self.line(&Line::of(policy, sample, decision))
    }

    /// Writes a line, at once.
    pub(super) fn line(&mut self, line: &Line) -> io::Result<()> {
        if self.json {
            let text = serde_json::to_string(line).map_err(io::Error::other)?;
            writeln!(self.out, "{text}")?;
        } else {
            writeln!(self.out, "{}", line.for_people())?;
        }
        self.out.flush()
    }
}

/// Why more or fewer CPUs.
fn reason(policy: &Policy, sample: &Sample, why: &Why) -> String {
    let enabled = sample.cpus.enabled;
    let demand = sample.demand.unwrap_or(0.0);
    match why {
        Why::TooFew => format!("at least {} are asked for", policy.min),
        Why::TooMany => format!("at most {} are asked for", policy.max),
        Why::Busy(lasted) => format!(
            "{demand:.2} CPUs' time is wanted, {} of {enabled}, above {} for {:.1} s; {} is the target",
            percent(demand / f64::from(enabled)),
            percent(policy.high()),
            seconds(*lasted),
            percent(policy.target)
        ),
        Why::Idle { since, peak } => format!(
            "at most {peak:.2} CPUs' time was wanted for {:.1} s; those that stay are below {}",
            seconds(*since),
            percent(policy.low())
        ),
    }
}

/// What holds CPUs back that are wanted, or not wanted any more; `None`: nothing does.
fn held_back(hold: &Hold) -> Option<&'static str> {
    match hold {
        Hold::Steady | Hold::Rising | Hold::Falling | Hold::Asked | Hold::Blind => None,
        Hold::Contended => Some("contended"),
        Hold::AtMost => Some("at-most"),
        Hold::CoolingDown => Some("cooling-down"),
        Hold::Fixed => Some("fixed"),
        Hold::BackingOff { direction: Direction::Add, .. } => Some("backing-off-add"),
        Hold::BackingOff { direction: Direction::Remove, .. } => Some("backing-off-remove"),
    }
}

fn hold_reason(sample: &Sample, hold: &Hold) -> String {
    let words = match hold {
        Hold::Blind => "how busy the CPUs are is not known",
        Hold::Asked => "what was asked for is under way",
        Hold::Contended => "somebody else is adding or removing CPUs",
        Hold::Steady => "as it shall be",
        Hold::Rising => "busy, but not for long enough yet",
        Hold::AtMost => "more are needed, but there are as many as may be",
        Hold::Falling => "fewer would do, but not for long enough yet",
        Hold::CoolingDown => "fewer would do, but some were added lately",
        Hold::Fixed => "fewer would do, but none of them can be removed",
        Hold::BackingOff { direction, until } => {
            let verb = match direction {
                Direction::Add => "add",
                Direction::Remove => "remove",
            };
            let wait = seconds(until.saturating_sub(sample.at));
            return format!(
                "the last attempt to {verb} CPUs failed; the next one is in {wait:.0} s"
            );
        }
    };
    words.to_owned()
}

/// How something ended, in words.
pub(super) fn outcome(how: Ended) -> &'static str {
    match how {
        Ended::Done => "done",
        Ended::Refused => "the guest refused",
        Ended::TimedOut => "the guest did not answer in time",
        Ended::NotOnlined => "the guest has a CPU more, but has not brought it up",
        Ended::Overtaken => "taken back by somebody, or overtaken by a reset",
        Ended::Rejected => "the VMM did not take the request",
    }
}

fn percent(part: f64) -> String {
    format!("{:.0} %", part * 100.0)
}

pub(super) fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

    use super::*;
    use crate::autoscale::controller::Cpus;

    const MINUTE: Duration = Duration::from_secs(60);

    fn written(json: bool, decisions: &[Decision]) -> Vec<String> {
        let policy = Policy::new(1, 8, 70, 10).unwrap();
        let sample = Sample {
            at: MINUTE,
            demand: Some(1.9),
            cpus: Cpus { enabled: 2, possible: 8, fixed: 1 },
            contended: false,
        };
        let mut out = Vec::new();
        let mut log = Log::new(json, &mut out);
        for decision in decisions {
            log.decision(&policy, &sample, decision).unwrap();
        }
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_decision_has_its_reason() {
        let add = Decision::Resize { to: 3, why: Why::Busy(Duration::from_secs(2)) };
        assert_eq!(
            written(false, &[add]),
            [
                "     60.0 s  add 2 -> 3: 1.90 CPUs' time is wanted, 95 % of 2, above 80 % for 2.0 s; 70 % is the target"
            ]
        );
        let line: serde_json::Value = serde_json::from_str(&written(true, &[add])[0]).unwrap();
        assert_eq!((&line["event"], &line["to"]), (&"add".into(), &3.into()));
    }

    #[test]
    fn what_holds_it_back_is_said_once() {
        let until = MINUTE * 2;
        let backing_off = Hold::BackingOff { direction: Direction::Add, until };
        let holds = [
            Hold::Steady,
            Hold::AtMost,
            Hold::AtMost,
            Hold::Asked,
            Hold::AtMost,
            Hold::Rising,
            Hold::AtMost,
            backing_off,
        ];
        let lines = written(false, &holds.map(Decision::Hold));
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(lines[2].ends_with("add CPUs failed; the next one is in 60 s"), "{lines:?}");
    }
}
