//! When to ask for how many CPUs: a state machine without a clock, a machine or a file.
//!
//! It is fed with one [`Sample`] after the other and says what to do, and why. What it asks for is
//! carried out by whoever feeds it, who tells how that [ended](Controller::ended); until then it asks
//! for nothing else.
//!
//! ```text
//!             demand > (target + margin) × CPUs, for add_after
//!   n CPUs ------------------------------------------------------> ⌈demand / target⌉ CPUs
//!          <------------------------------------------------------ at most an eighth fewer, again
//!             demand ≤ (target - margin) × those that stay, for     and again
//!             remove_after, and none added within cool_down
//! ```
//!
//! It does not flap: CPUs that were added for a demand are not removed before that has fallen by more
//! than margin × the CPUs that stay, and the other way round by twice that.

use std::time::Duration;

use super::backoff::BackOff;
use super::policy::Policy;

/// How a guest's CPUs are used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sample {
    /// When, by any clock that does not go back.
    pub(super) at: Duration,
    /// How many CPUs' whole time was used since the sample before; `None`: that is not known.
    pub(super) demand: Option<f64>,
    /// Which CPUs there are.
    pub(super) cpus: Cpus,
    /// Somebody else is adding or removing CPUs.
    pub(super) contended: bool,
}

/// Which CPUs there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cpus {
    pub(super) enabled: u16,
    pub(super) possible: u16,
    /// Enabled ones that cannot be removed.
    pub(super) fixed: u16,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Decision {
    /// Nothing.
    Hold(Hold),
    /// Have so many CPUs.
    Resize {
        /// How many.
        to: u16,
        /// Why.
        why: Why,
    },
}

/// Why nothing is to be done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Hold {
    /// How busy the CPUs are is not known.
    Blind,
    /// What was asked for is under way.
    Asked,
    /// Somebody else is changing the CPUs.
    Contended,
    /// As it shall be.
    Steady,
    /// Too busy, but not for long enough yet.
    Rising,
    /// Too busy, but there are as many CPUs as may be.
    AtMost,
    /// CPUs could go, but have not been idle for long enough yet.
    Falling,
    /// CPUs could go, but some were added lately.
    CoolingDown,
    /// There shall be fewer CPUs, but none of them can be removed.
    Fixed,
    /// The last attempt failed; the next one is due then.
    BackingOff {
        /// What failed.
        direction: Direction,
        /// When the next attempt is due.
        until: Duration,
    },
}

/// Why CPUs are to be added or removed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Why {
    /// There are fewer than there have to be.
    TooFew,
    /// There are more than there may be.
    TooMany,
    /// They have been too busy for so long.
    Busy(Duration),
    /// They have been idle for so long, and used no more than `peak` at any time of it.
    Idle {
        /// For how long.
        since: Duration,
        /// The greatest demand.
        peak: f64,
    },
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// More CPUs.
    Add,
    /// Fewer.
    Remove,
}

/// How something that was asked for ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// As asked.
    Done,
    /// The guest refused.
    Refused,
    /// The guest did not answer in time.
    TimedOut,
    /// The guest has added a CPU, but not brought it up.
    NotOnlined,
    /// Somebody took it back, or the guest was reset.
    Overtaken,
    /// The VMM did not take the request.
    Rejected,
}

/// The state machine. See the [module](self).
#[derive(Debug)]
pub(super) struct Controller {
    policy: Policy,
    /// The sample before.
    last: Option<Sample>,
    /// The CPUs have been too busy since then.
    above: Option<Duration>,
    below: Option<Below>,
    /// When CPUs were added, by whomever.
    added: Option<Duration>,
    /// What was asked for and has not ended.
    asked: Option<Direction>,
    add: BackOff,
    remove: BackOff,
}

#[derive(Debug, Clone, Copy)]
struct Below {
    since: Duration,
    peak: f64,
}

impl Controller {
    pub(super) fn new(policy: Policy) -> Self {
        Self {
            policy,
            last: None,
            above: None,
            below: None,
            added: None,
            asked: None,
            add: BackOff::default(),
            remove: BackOff::default(),
        }
    }

    /// What to do after this sample. Where that is [`Decision::Resize`], it counts as asked.
    pub(super) fn sample(&mut self, sample: &Sample) -> Decision {
        let decision = self.decide(sample);
        self.last = Some(*sample);
        if let Decision::Resize { to, .. } = decision {
            let more = to > sample.cpus.enabled;
            self.asked = Some(if more { Direction::Add } else { Direction::Remove });
        }
        decision
    }

    /// What was asked for has ended. Answers when the next attempt is due, where it failed.
    pub(super) fn ended(&mut self, at: Duration, how: Ended) -> Option<Duration> {
        let direction = self.asked.take()?;
        self.forget();
        if direction == Direction::Add {
            self.added = Some(at);
        }
        self.back_off(direction).note(at, how)
    }

    /// There is no guest to look at for a while: what was seen so far does not count any more.
    pub(super) fn lose_sight(&mut self) {
        self.last = None;
        self.forget();
    }

    fn decide(&mut self, sample: &Sample) -> Decision {
        if self.asked.is_some() {
            return Decision::Hold(Hold::Asked);
        }
        if sample.contended {
            self.forget();
            return Decision::Hold(Hold::Contended);
        }
        let last = self.last.unwrap_or(*sample);
        if last.cpus.enabled != sample.cpus.enabled {
            self.forget();
        }
        if last.cpus.enabled < sample.cpus.enabled {
            self.added = Some(sample.at);
        }
        if let Some(decision) = self.out_of_bounds(sample) {
            return decision;
        }
        let Some(demand) = sample.demand.filter(|demand| demand.is_finite() && *demand >= 0.0)
        else {
            self.forget();
            return Decision::Hold(Hold::Blind);
        };
        self.weigh(sample, demand, last.at)
    }

    /// What has to be done however busy the CPUs are.
    fn out_of_bounds(&mut self, sample: &Sample) -> Option<Decision> {
        let enabled = sample.cpus.enabled;
        let (fewest, most) = self.bounds(sample.cpus);
        if enabled < fewest {
            return Some(self.resize(sample, fewest, Why::TooFew));
        }
        if enabled <= most {
            return None;
        }
        let to = most.max(sample.cpus.fixed);
        if to >= enabled {
            return Some(Decision::Hold(Hold::Fixed));
        }
        Some(self.resize(sample, to, Why::TooMany))
    }

    /// The policy's, as far as the machine can have so many.
    fn bounds(&self, cpus: Cpus) -> (u16, u16) {
        (self.policy.min.min(cpus.possible), self.policy.max.min(cpus.possible))
    }

    /// What to do for this demand of the time since `before`.
    fn weigh(&mut self, sample: &Sample, demand: f64, before: Duration) -> Decision {
        let enabled = f64::from(sample.cpus.enabled);
        if demand > self.policy.high() * enabled {
            self.below = None;
            return self.rising(sample, demand, before);
        }
        self.above = None;
        if sample.cpus.enabled > 1 && demand <= self.policy.low() * (enabled - 1.0) {
            return self.falling(sample, demand, before);
        }
        self.below = None;
        Decision::Hold(Hold::Steady)
    }

    fn rising(&mut self, sample: &Sample, demand: f64, before: Duration) -> Decision {
        let (_, most) = self.bounds(sample.cpus);
        let enabled = sample.cpus.enabled;
        if enabled >= most {
            return Decision::Hold(Hold::AtMost);
        }
        let lasted = sample.at.saturating_sub(*self.above.get_or_insert(before));
        if lasted < self.policy.add_after {
            return Decision::Hold(Hold::Rising);
        }
        let wanted = Policy::fewest(demand, self.policy.target);
        self.resize(sample, wanted.clamp(enabled + 1, most), Why::Busy(lasted))
    }

    fn falling(&mut self, sample: &Sample, demand: f64, before: Duration) -> Decision {
        let (fewest, _) = self.bounds(sample.cpus);
        let enabled = sample.cpus.enabled;
        if enabled <= fewest {
            return Decision::Hold(Hold::Steady);
        }
        if enabled <= sample.cpus.fixed {
            return Decision::Hold(Hold::Fixed);
        }
        let below = self.below.get_or_insert(Below { since: before, peak: demand });
        below.peak = below.peak.max(demand);
        let (peak, since) = (below.peak, sample.at.saturating_sub(below.since));
        if since < self.policy.remove_after {
            return Decision::Hold(Hold::Falling);
        }
        let cool = |added| sample.at.saturating_sub(added) >= self.policy.cool_down;
        if !self.added.is_none_or(cool) {
            return Decision::Hold(Hold::CoolingDown);
        }
        let step = (enabled / 8).max(1);
        let floor = fewest.max(sample.cpus.fixed).max(enabled - step);
        let wanted = Policy::fewest(peak, self.policy.low()).clamp(floor, enabled - 1);
        self.resize(sample, wanted, Why::Idle { since, peak })
    }

    /// Asks for `to` CPUs, unless that has failed lately.
    fn resize(&mut self, sample: &Sample, to: u16, why: Why) -> Decision {
        let more = to > sample.cpus.enabled;
        let direction = if more { Direction::Add } else { Direction::Remove };
        match self.back_off(direction).until(sample.at) {
            Some(until) => Decision::Hold(Hold::BackingOff { direction, until }),
            None => Decision::Resize { to, why },
        }
    }

    fn back_off(&mut self, direction: Direction) -> &mut BackOff {
        match direction {
            Direction::Add => &mut self.add,
            Direction::Remove => &mut self.remove,
        }
    }

    /// What was seen so far says nothing about the CPUs there are now.
    fn forget(&mut self) {
        self.above = None;
        self.below = None;
    }
}
