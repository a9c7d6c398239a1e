//! How long to leave a guest alone that did not do as asked.

use std::time::Duration;

use super::controller::Ended;

/// The longest wait.
const LONGEST: Duration = Duration::from_secs(600);

/// For requests of one kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct BackOff {
    /// In a row.
    failures: u32,
    until: Option<Duration>,
}

impl BackOff {
    /// Notes how an attempt ended; answers when the next one is due, where it failed.
    pub(super) fn note(&mut self, at: Duration, how: Ended) -> Option<Duration> {
        let Some(first) = first_wait(how) else {
            *self = Self::default();
            return None;
        };
        // Twice as long each time, up to the longest: six doublings are enough for that.
        let wait = first.saturating_mul(1 << self.failures.min(6)).min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        self.until = Some(at.saturating_add(wait));
        self.until
    }

    /// When the next attempt is due, if that is later than `now`.
    pub(super) fn until(&self, now: Duration) -> Option<Duration> {
        self.until.filter(|until| *until > now)
    }
}

/// How long to wait after the first failure of a row.
fn first_wait(how: Ended) -> Option<Duration> {
    let seconds = match how {
        Ended::Done => return None,
        // The machine may be on its way to another state, or somebody else at work.
        Ended::Overtaken => 10,
        Ended::Rejected => 15,
        // A guest has its reasons, which seldom go away within seconds.
        Ended::Refused => 30,
        // Nobody in the guest brings CPUs up, or it does not listen at all.
        Ended::NotOnlined | Ended::TimedOut => 60,
    };
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_waits_longer_until_one_attempt_succeeds() {
        let at = Duration::from_secs(1000);
        let mut backoff = BackOff::default();
        let mut wait = |how| backoff.note(at, how).map(|until| until.saturating_sub(at).as_secs());
        assert_eq!(wait(Ended::Refused), Some(30));
        assert_eq!(wait(Ended::Refused), Some(60));
        assert_eq!(wait(Ended::TimedOut), Some(240));
        for _ in 0..40 {
            assert!(wait(Ended::Refused) <= Some(600));
        }
        assert_eq!(wait(Ended::Refused), Some(600));
        assert_eq!(wait(Ended::Done), None);
        assert_eq!(wait(Ended::Refused), Some(30));
    }

    #[test]
    fn an_attempt_is_due_when_the_wait_is_over() {
        let mut backoff = BackOff::default();
        assert_eq!(backoff.until(Duration::ZERO), None);
        let until = Duration::from_secs(10);
        backoff.note(Duration::ZERO, Ended::Overtaken);
        assert_eq!(backoff.until(Duration::from_secs(9)), Some(until));
        assert_eq!(backoff.until(until), None);
    }
}
