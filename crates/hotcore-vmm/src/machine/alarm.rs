//! The real-time clock's alarm, which the supervisor watches over.

use std::sync::Arc;
use std::time::Instant;

use hotcore_devices::{Pl031, SystemClock};
use parking_lot::Mutex;

use super::lifecycle::Lifecycle;
use super::shared::SpiLine;

/// The clock as this machine has it.
pub(super) type Rtc = Pl031<SpiLine, SystemClock>;

/// When the clock has to be looked at next.
pub(super) struct Alarm {
    rtc: Arc<Mutex<Rtc>>,
    at: Arc<Mutex<Option<Instant>>>,
}

impl Alarm {
    /// Has `lifecycle`'s supervisor woken when the alarm of `rtc` is set or changed.
    pub(super) fn new(rtc: &Arc<Mutex<Rtc>>, lifecycle: &Arc<Lifecycle>) -> Self {
        let at = Arc::new(Mutex::new(None));
        let (told, woken) = (Arc::clone(&at), Arc::clone(lifecycle));
        rtc.lock().on_alarm(move |left| {
            *told.lock() = left.and_then(|left| Instant::now().checked_add(left));
            woken.look_at_time();
        });
        Self { rtc: Arc::clone(rtc), at }
    }

    /// When to call [`ring`](Self::ring) at the latest.
    pub(super) fn at(&self) -> Option<Instant> {
        *self.at.lock()
    }

    /// Raises the clock's interrupt if its time has come.
    pub(super) fn ring(&self) {
        {
            let mut at = self.at.lock();
            if at.is_none_or(|at| at > Instant::now()) {
                return;
            }
            *at = None;
        }
        self.rtc.lock().ring();
    }
}
