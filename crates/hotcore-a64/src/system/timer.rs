//! The generic timers (Arm ARM, D11): CNTP and CNTV compare the counter with a value.

use crate::cpu::Cpu;
use crate::surroundings::Timer;
use crate::system::registers::TimerRegisters;

const ENABLE: u64 = 1 << 0;
const IMASK: u64 = 1 << 1;
const ISTATUS: u64 = 1 << 2;

impl TimerRegisters {
    fn condition(&self, now: u64) -> bool {
        self.control & ENABLE != 0 && now >= self.compare
    }

    /// CTL, with ISTATUS.
    pub(crate) fn read_control(&self, now: u64) -> u64 {
        self.control | if self.condition(now) { ISTATUS } else { 0 }
    }

    /// CTL: ENABLE and IMASK are kept.
    pub(crate) fn write_control(&mut self, value: u64) {
        self.control = value & (ENABLE | IMASK);
    }

    /// When the line will rise, if it is to.
    fn deadline(&self) -> Option<u64> {
        (self.control & (ENABLE | IMASK) == ENABLE && !self.asserted).then_some(self.compare)
    }

    /// Whether the line's level has to change, given the time.
    fn update(&mut self, now: u64) -> Option<bool> {
        let level = self.condition(now) && self.control & IMASK == 0;
        (level != self.asserted).then(|| {
            self.asserted = level;
            level
        })
    }
}

impl Cpu {
    /// Sets the timers' lines by the counter; returns when the next one rises.
    pub(crate) fn update_timers(&mut self) -> Option<u64> {
        let timers = (&mut self.system.physical_timer, &mut self.system.virtual_timer);
        if (timers.0.control | timers.1.control) & ENABLE == 0
            && !timers.0.asserted
            && !timers.1.asserted
        {
            return None;
        }
        let now = self.surroundings.counter();
        if let Some(level) = timers.0.update(now) {
            self.surroundings.set_timer(Timer::Physical, level);
        }
        if let Some(level) = timers.1.update(now) {
            self.surroundings.set_timer(Timer::Virtual, level);
        }
        match (timers.0.deadline(), timers.1.deadline()) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        }
    }
}
