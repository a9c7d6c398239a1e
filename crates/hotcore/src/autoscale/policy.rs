//! What an operator asks of the scaling, within which bounds, and how patient it is.

use std::time::Duration;

/// What is asked. Made valid by [`Policy::new`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Policy {
    /// Never fewer CPUs.
    pub(super) min: u16,
    /// Never more.
    pub(super) max: u16,
    /// Of each enabled CPU's time, the part that is to be used.
    pub(super) target: f64,
    /// CPUs are added above `target + margin`, and removed only where the rest stay below
    /// `target - margin`.
    pub(super) margin: f64,
    /// For how long it has to be above before CPUs are added.
    pub(super) add_after: Duration,
    /// For how long it has to be below before CPUs are removed.
    pub(super) remove_after: Duration,
    /// For how long after CPUs were added, by whomever, none are removed.
    pub(super) cool_down: Duration,
}

/// A policy that cannot be followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum PolicyError {
    #[error("--min {0} is more than --max {1}")]
    Range(u16, u16),
    #[error(
        "--target-utilisation {0} with --margin {1}: both of them together have to stay below 100, and the margin below the target"
    )]
    Margin(u8, u8),
}

impl Policy {
    /// A policy of these bounds; `target` and `margin` in percent. It has no patience yet.
    pub(super) fn new(min: u16, max: u16, target: u8, margin: u8) -> Result<Self, PolicyError> {
        if min > max {
            return Err(PolicyError::Range(min, max));
        }
        if margin >= target || u16::from(target) + u16::from(margin) >= 100 {
            return Err(PolicyError::Margin(target, margin));
        }
        Ok(Self {
            min,
            max,
            target: f64::from(target) / 100.0,
            margin: f64::from(margin) / 100.0,
            add_after: Duration::ZERO,
            remove_after: Duration::ZERO,
            cool_down: Duration::ZERO,
        })
    }

    /// CPUs are added above this utilisation.
    pub(super) fn high(&self) -> f64 {
        self.target + self.margin
    }

    /// CPUs are removed where those that stay are used no more than this.
    pub(super) fn low(&self) -> f64 {
        self.target - self.margin
    }

    /// The fewest CPUs that use no more than `utilisation` each under `demand`.
    pub(super) fn fewest(demand: f64, utilisation: f64) -> u16 {
        // Saturates, which the bounds of whoever asks then narrow.
        #[allow(clippy::cast_sign_loss, reason = "a demand is not negative")]
        let fewest = (demand / utilisation).ceil() as u16;
        fewest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_followed_is_refused() {
        assert_eq!(Policy::new(2, 1, 70, 10), Err(PolicyError::Range(2, 1)));
        assert_eq!(Policy::new(1, 2, 90, 10), Err(PolicyError::Margin(90, 10)));
        assert_eq!(Policy::new(1, 2, 10, 10), Err(PolicyError::Margin(10, 10)));
        assert!(Policy::new(1, 1, 50, 0).is_ok());
    }

    #[test]
    fn the_fewest_cpus_saturate() {
        assert_eq!(Policy::fewest(0.0, 0.7), 0);
        assert_eq!(Policy::fewest(0.7, 0.7), 1);
        assert_eq!(Policy::fewest(1.5, 0.7), 3);
        assert_eq!(Policy::fewest(1e300, 0.7), u16::MAX);
    }
}
