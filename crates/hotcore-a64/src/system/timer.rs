//! The generic timers (Arm ARM, D11): CNTP and CNTV compare the counter with a value.

use crate::cpu::Cpu;
use crate::pstate::Level;
use crate::step::Step;
use crate::surroundings::Timer;
use crate::system::identification::CNTFRQ;
use crate::system::registers::TimerRegisters;
use crate::trap::{Done, Trapped};

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

    /// TVAL: how far the counter is from CVAL, in 32 bits.
    fn read_value(&self, now: u64) -> u64 {
        self.compare.wrapping_sub(now) & 0xffff_ffff
    }

    /// TVAL: CVAL is so many ticks from now on, which may be negative.
    fn write_value(&mut self, now: u64, value: u64) {
        self.compare = now.wrapping_add_signed(i64::from((value as u32).cast_signed()));
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
    /// Lowers the lines of timers that are about to be forgotten.
    pub(crate) fn lower_timers(&mut self) {
        if std::mem::take(&mut self.system.physical_timer.asserted) {
            self.surroundings.set_timer(Timer::Physical, false);
        }
        if std::mem::take(&mut self.system.virtual_timer.asserted) {
            self.surroundings.set_timer(Timer::Virtual, false);
        }
    }

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

// CNTKCTL_EL1: 9 EL0PTEN | 8 EL0VTEN | 1 EL0VCTEN | 0 EL0PCTEN
const EL0_PHYSICAL_COUNTER: u64 = 1 << 0;
const EL0_VIRTUAL_COUNTER: u64 = 1 << 1;
const EL0_VIRTUAL_TIMER: u64 = 1 << 8;
const EL0_PHYSICAL_TIMER: u64 = 1 << 9;

/// EL0 needs one of `bits` of CNTKCTL_EL1.
#[inline(always)]
fn allowed(cpu: &mut Cpu, step: &Step, bits: u64) -> Done {
    if cpu.level == Level::El0 && cpu.system.cntkctl & bits == 0 {
        return Err(cpu.system_trap(step.word));
    }
    Ok(())
}

/// CNTFRQ_EL0. Only a higher Exception level could write it.
pub(super) fn frequency(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
    allowed(cpu, step, EL0_PHYSICAL_COUNTER | EL0_VIRTUAL_COUNTER)?;
    Ok(CNTFRQ)
}

/// CNTPCT_EL0.
pub(super) fn physical_count(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
    allowed(cpu, step, EL0_PHYSICAL_COUNTER)?;
    Ok(cpu.surroundings.counter())
}

/// CNTVCT_EL0: without EL2 there is no offset.
pub(super) fn virtual_count(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
    allowed(cpu, step, EL0_VIRTUAL_COUNTER)?;
    Ok(cpu.surroundings.counter())
}

macro_rules! timers {
    ($($timer:ident $bit:ident: $ctl:ident $set_ctl:ident $cval:ident $set_cval:ident
        $tval:ident $set_tval:ident;)+) => {$(
        pub(super) fn $ctl(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
            allowed(cpu, step, $bit)?;
            Ok(cpu.system.$timer.read_control(cpu.surroundings.counter()))
        }

        pub(super) fn $set_ctl(cpu: &mut Cpu, step: &Step, value: u64) -> Done {
            allowed(cpu, step, $bit)?;
            cpu.system.$timer.write_control(value);
            cpu.update_timers();
            Ok(())
        }

        pub(super) fn $cval(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
            allowed(cpu, step, $bit)?;
            Ok(cpu.system.$timer.compare)
        }

        pub(super) fn $set_cval(cpu: &mut Cpu, step: &Step, value: u64) -> Done {
            allowed(cpu, step, $bit)?;
            cpu.system.$timer.compare = value;
            cpu.update_timers();
            Ok(())
        }

        pub(super) fn $tval(cpu: &mut Cpu, step: &Step) -> Result<u64, Trapped> {
            allowed(cpu, step, $bit)?;
            Ok(cpu.system.$timer.read_value(cpu.surroundings.counter()))
        }

        pub(super) fn $set_tval(cpu: &mut Cpu, step: &Step, value: u64) -> Done {
            allowed(cpu, step, $bit)?;
            cpu.system.$timer.write_value(cpu.surroundings.counter(), value);
            cpu.update_timers();
            Ok(())
        }
    )+};
}
timers! {
    physical_timer EL0_PHYSICAL_TIMER: p_ctl set_p_ctl p_cval set_p_cval p_tval set_p_tval;
    virtual_timer EL0_VIRTUAL_TIMER: v_ctl set_v_ctl v_cval set_v_cval v_tval set_v_tval;
}
