//! Arm PrimeCell Real Time Clock (PL031), the guest's wall clock and alarm. Specification: Arm
//! DDI 0224.
//!
//! The clock counts seconds as the host does: a reset, or a guest that is not running, does not
//! stop it. It has no thread: whoever owns it sets a timer to what [`Pl031::on_alarm`] reports and
//! calls [`Pl031::tick`] when that has passed.

#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::primecell;
use crate::{InterruptLine, MmioDevice};

/// Size of the register window.
pub const PL031_SIZE: u64 = 0x1000;

/// PeriphID0–3: part 0x031, designer 0x41 (Arm).
const PERIPHERAL_ID: [u8; 4] = [0x31, 0x10, 0x04, 0x00];

/// Register offsets (DDI 0224, chapter 3).
mod offset {
    pub(super) const DR: u64 = 0x00;
    pub(super) const MR: u64 = 0x04;
    pub(super) const LR: u64 = 0x08;
    pub(super) const CR: u64 = 0x0C;
    pub(super) const IMSC: u64 = 0x10;
    pub(super) const RIS: u64 = 0x14;
    pub(super) const MIS: u64 = 0x18;
    pub(super) const ICR: u64 = 0x1C;
}

/// Where a [`Pl031`] gets its time from.
pub trait Clock: Send {
    /// Wall-clock time since 1970-01-01 00:00 UTC.
    fn now(&self) -> Duration;
}

/// The host's wall clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    /// A host clock set before 1970 reads as 1970.
    fn now(&self) -> Duration {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
    }
}

type AlarmListener = Box<dyn Fn(Option<Duration>) + Send>;

/// A PL031 real time clock: 4 KiB of registers, one level-triggered interrupt (RTCINTR).
///
/// | Offset | Register | Bits | After reset | |
/// |---|---|---|---|---|
/// | 0x00 | DR | 32 | host time | seconds, read only |
/// | 0x04 | MR | 32 | 0 | interrupt when DR becomes equal |
/// | 0x08 | LR | 32 | 0 | sets DR |
/// | 0x0C | CR | 1 | 1 | enabled; cannot be stopped |
/// | 0x10 | IMSC | 1 | 0 | interrupt mask |
/// | 0x14 | RIS | 1 | 0 | raw interrupt, read only |
/// | 0x18 | MIS | 1 | 0 | RIS & IMSC, read only |
/// | 0x1C | ICR | 1 | | write 1 to clear |
/// | 0xFE0 | PeriphID0–3 | 8 | 31 10 04 00 | |
/// | 0xFF0 | PCellID0–3 | 8 | 0D F0 05 B1 | |
///
/// Everything else reads as zero and ignores writes. Two deviations from DDI 0224: the clock is
/// enabled and set after reset, as a battery-backed one that its firmware has set; and there is no
/// match before the guest wrote MR or LR.
///
/// DR wraps in 2106, as the hardware does.
pub struct Pl031<L, C> {
    line: L,
    /// What `line` was last told.
    line_is_high: bool,
    clock: C,
    on_alarm: Option<AlarmListener>,
    /// What `on_alarm` was last told: the clock's second of the match.
    reported_match: Option<u64>,
    /// DR minus the clock's seconds.
    offset: u32,
    load: u32,
    match_value: u32,
    /// The clock's second at which DR becomes equal to MR, until it has.
    match_at: Option<u64>,
    raw: bool,
    mask: bool,
}

impl<L: InterruptLine, C: Clock> Pl031<L, C> {
    /// A clock that shows the time of `clock` and interrupts through `line`, which is low.
    pub fn new(line: L, clock: C) -> Self {
        Self {
            line,
            line_is_high: false,
            clock,
            on_alarm: None,
            reported_match: None,
            offset: 0,
            load: 0,
            match_value: 0,
            match_at: None,
            raw: false,
            mask: false,
        }
    }

    /// Calls `event` whenever the next alarm changes, with the time until it: the owner should then
    /// call [`tick`](Self::tick) after that time, or need not (`None`).
    ///
    /// It is called with this clock borrowed, so it should only set a timer.
    pub fn on_alarm(&mut self, event: impl Fn(Option<Duration>) + Send + 'static) {
        self.on_alarm = Some(Box::new(event));
    }

    /// The time that was last told to `on_alarm` has come: raises the interrupt, or, where the host's
    /// clock was set back meanwhile, tells the time anew.
    pub fn ring(&mut self) {
        self.reported_match = None;
        self.tick();
    }

    /// Raises the interrupt if its time has come. Early and needless calls do no harm.
    pub fn tick(&mut self) {
        let now = self.clock.now().as_secs();
        if self.match_at.is_some_and(|at| at <= now) {
            self.match_at = None;
            self.raw = true;
        }
        self.update();
    }

    fn data(&self) -> u32 {
        (self.clock.now().as_secs() as u32).wrapping_add(self.offset)
    }

    /// Seeks the next second, from now on, in which DR equals MR.
    fn arm(&mut self) {
        let distance = self.match_value.wrapping_sub(self.data());
        let now = self.clock.now().as_secs();
        self.match_at = now.checked_add(distance.into());
    }

    fn read_register(&self, at: u64) -> u32 {
        match at {
            offset::DR => self.data(),
            offset::MR => self.match_value,
            offset::LR => self.load,
            offset::CR => 1,
            offset::IMSC => self.mask.into(),
            offset::RIS => self.raw.into(),
            offset::MIS => (self.raw && self.mask).into(),
            _ => primecell::identification(PERIPHERAL_ID, at).unwrap_or(0),
        }
    }

    fn write_register(&mut self, at: u64, value: u32) {
        match at {
            offset::MR => {
                self.match_value = value;
                self.arm();
            }
            offset::LR => {
                self.load = value;
                self.offset = value.wrapping_sub(self.clock.now().as_secs() as u32);
                self.arm();
            }
            offset::IMSC => self.mask = value & 1 != 0,
            offset::ICR => self.raw &= value & 1 == 0,
            _ => {}
        }
    }

    /// After every change: drives the line and reports the alarm.
    fn update(&mut self) {
        let high = self.raw && self.mask;
        if high != self.line_is_high {
            self.line_is_high = high;
            self.line.set_level(high);
        }
        let alarm = self.match_at.filter(|_| self.mask);
        if alarm != self.reported_match {
            self.reported_match = alarm;
            if let Some(event) = &self.on_alarm {
                let now = self.clock.now();
                event(alarm.map(|at| Duration::from_secs(at).saturating_sub(now)));
            }
        }
    }
}

impl<L: InterruptLine, C: Clock> MmioDevice for Pl031<L, C> {
    fn read(&mut self, offset: u64, data: &mut [u8]) {
        self.tick();
        primecell::load(offset, data, |register| self.read_register(register));
    }

    fn write(&mut self, offset: u64, data: &[u8]) {
        self.tick();
        primecell::store(offset, data, |register, value| {
            self.write_register(register, value);
        });
        self.tick();
    }

    /// The time goes on, as set by the guest.
    fn reset(&mut self) {
        self.load = 0;
        self.match_value = 0;
        self.match_at = None;
        self.raw = false;
        self.mask = false;
        self.update();
    }
}
