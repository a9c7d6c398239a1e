//! What the machine as a whole shall do next, and how many vCPU threads there are.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

/// What somebody wants of the whole machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Request {
    /// Start again from the beginning.
    Reset(ResetBy),
    /// End.
    Stop(Stop),
}

/// Who asked for a reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetBy {
    /// PSCI SYSTEM_RESET.
    Guest,
    /// A client.
    Host,
}

/// Why a machine ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// The guest powered it off.
    PoweredOff,
    /// The host ended it.
    ByHost,
    /// The guest reset it, and was not to be started again.
    Reset,
    /// A vCPU did something that cannot be executed.
    Crashed {
        /// What happened, for people.
        reason: String,
    },
    /// The VMM could not go on.
    Failed {
        /// What happened, for people.
        reason: String,
    },
}

/// What woke the supervisor.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wake {
    Request(Request),
    /// The time has come, or is to be looked at anew.
    Time,
}

#[derive(Default)]
struct State {
    request: Option<Request>,
    threads: usize,
    look_at_time: bool,
    /// Until when the supervisor waits; `None` where it waits for ever or looks at the time now.
    until: Option<Instant>,
}

/// Shared between the vCPU threads, the clients and the supervisor.
#[derive(Default)]
pub(super) struct Lifecycle {
    state: Mutex<State>,
    changed: Condvar,
    stopping: AtomicBool,
}

impl Lifecycle {
    /// Asks something of the machine. The end of a machine wins over a reset; otherwise the first
    /// request stands.
    pub(super) fn request(&self, request: Request) {
        let mut state = self.state.lock();
        let replace = match &state.request {
            None => true,
            Some(Request::Reset(_)) => matches!(request, Request::Stop(_)),
            Some(Request::Stop(_)) => false,
        };
        if replace {
            state.request = Some(request);
        }
        self.changed.notify_all();
    }

    /// The machine starts anew: a reset that was asked in its previous life has come true. The end of
    /// the machine stays asked.
    pub(super) fn forget_reset(&self) {
        let mut state = self.state.lock();
        if matches!(state.request, Some(Request::Reset(_))) {
            state.request = None;
        }
    }

    /// Has the supervisor look at the ledger's deadlines anew.
    pub(super) fn look_at_time(&self) {
        self.state.lock().look_at_time = true;
        self.changed.notify_all();
    }

    /// The ledger's next deadline is `at`: wakes the supervisor if it would wait for longer. Most
    /// changes of the ledger move its deadline away, and a thread that is woken for nothing takes the CPU
    /// from a guest.
    pub(super) fn look_at_time_before(&self, at: Option<Instant>) {
        let Some(at) = at else { return };
        let mut state = self.state.lock();
        if state.until.is_none_or(|until| at < until) {
            state.look_at_time = true;
            self.changed.notify_all();
        }
    }

    /// Waits for a request, or until the time has come.
    pub(super) fn wait(&self, until: Option<Instant>) -> Wake {
        let mut state = self.state.lock();
        loop {
            if let Some(request) = state.request.take() {
                return Wake::Request(request);
            }
            if core::mem::take(&mut state.look_at_time)
                || until.is_some_and(|at| at <= Instant::now())
            {
                return Wake::Time;
            }
            state.until = until;
            match until {
                None => self.changed.wait(&mut state),
                Some(until) => {
                    self.changed.wait_until(&mut state, until);
                }
            }
            state.until = None;
        }
    }

    /// Whether vCPU threads shall park.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    pub(super) fn set_stopping(&self, stopping: bool) {
        self.stopping.store(stopping, Ordering::Release);
    }

    pub(super) fn thread_begins(&self) {
        self.state.lock().threads += 1;
    }

    pub(super) fn thread_ends(&self) {
        self.state.lock().threads -= 1;
        self.changed.notify_all();
    }

    /// Waits until no vCPU thread is left; tells whether that came within `patience`.
    pub(super) fn wait_for_threads(&self, patience: Duration) -> bool {
        let mut state = self.state.lock();
        let until = Instant::now() + patience;
        while state.threads > 0 {
            if self.changed.wait_until(&mut state, until).timed_out() {
                return state.threads == 0;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_wins_over_a_reset_and_the_first_end_stands() {
        let lifecycle = Lifecycle::default();
        lifecycle.request(Request::Reset(ResetBy::Guest));
        lifecycle.request(Request::Stop(Stop::ByHost));
        lifecycle.request(Request::Stop(Stop::PoweredOff));
        lifecycle.request(Request::Reset(ResetBy::Host));
        assert_eq!(lifecycle.wait(None), Wake::Request(Request::Stop(Stop::ByHost)));
        assert_eq!(lifecycle.wait(Some(Instant::now())), Wake::Time);
    }

    #[test]
    fn only_an_earlier_deadline_wakes_a_waiting_supervisor() {
        let lifecycle = Lifecycle::default();
        let now = Instant::now();
        let (soon, late) = (now + Duration::from_secs(5), now + Duration::from_secs(3600));
        lifecycle.state.lock().until = Some(soon);
        lifecycle.look_at_time_before(None);
        lifecycle.look_at_time_before(Some(late));
        assert!(!lifecycle.state.lock().look_at_time);
        lifecycle.look_at_time_before(Some(now));
        assert!(lifecycle.state.lock().look_at_time);
    }

    #[test]
    fn a_deadline_that_comes_while_the_supervisor_is_not_waiting_is_not_lost() {
        let lifecycle = Lifecycle::default();
        let late = Instant::now() + Duration::from_secs(3600);
        lifecycle.look_at_time_before(Some(late));
        assert_eq!(lifecycle.wait(None), Wake::Time);
    }

    #[test]
    fn a_reset_of_the_previous_life_is_forgotten_and_an_end_is_not() {
        let lifecycle = Lifecycle::default();
        lifecycle.request(Request::Reset(ResetBy::Guest));
        lifecycle.forget_reset();
        assert_eq!(lifecycle.wait(Some(Instant::now())), Wake::Time);
        lifecycle.request(Request::Stop(Stop::PoweredOff));
        lifecycle.forget_reset();
        assert_eq!(lifecycle.wait(None), Wake::Request(Request::Stop(Stop::PoweredOff)));
    }

    #[test]
    fn threads_are_waited_for() {
        let lifecycle = Lifecycle::default();
        lifecycle.thread_begins();
        assert!(!lifecycle.wait_for_threads(Duration::ZERO));
        lifecycle.thread_ends();
        assert!(lifecycle.wait_for_threads(Duration::ZERO));
    }
}
