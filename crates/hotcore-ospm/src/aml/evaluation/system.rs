//! What concerns others: mutexes, events, waiting, notifications (ACPI 6.5 §19.6).

use core::time::Duration;

use super::{Data, Evaluation, Held, Kind, Operand, Place, Root};
use crate::aml::Node;
use crate::aml::error::Cause;
use crate::aml::namespace::Id;
use crate::aml::opcode::{
    ACQUIRE, FATAL, LOAD, LOAD_TABLE, NOTIFY, RELEASE, RESET, SIGNAL, SLEEP, STALL, TIMER, WAIT,
};

/// A time limit that is none.
const FOREVER: u64 = 0xffff;

impl Evaluation<'_> {
    #[inline(never)]
    pub(super) fn system(&mut self, opcode: u16) -> Result<Operand, Cause> {
        match opcode {
            NOTIFY => {
                let device = self.object()?;
                let value = self.integer()?;
                self.surroundings.notify(Node(device), value);
            }
            SLEEP => {
                let time = Duration::from_millis(self.integer()?);
                self.wait_for(time)?;
            }
            STALL => {
                let time = Duration::from_micros(self.integer()?);
                self.wait_for(time)?;
            }
            ACQUIRE => return self.acquire(),
            RELEASE => self.release()?,
            SIGNAL | RESET | WAIT => return self.event(opcode),
            TIMER => return Ok(Operand::Integer(self.budget.timer())),
            FATAL => {
                let kind = self.frame.byte()?;
                let code = crate::aml::data::little_endian(self.frame.bytes(4)?) as u32;
                let argument = self.integer()?;
                return Err(Cause::Fatal { kind, code, argument });
            }
            LOAD | LOAD_TABLE => return Err(Cause::Unsupported("loading tables from methods")),
            _ => return Err(Cause::Opcode(opcode)),
        }
        Ok(Operand::Uninitialized)
    }

    fn wait_for(&mut self, time: Duration) -> Result<(), Cause> {
        self.budget.wait(time)?;
        self.surroundings.wait(time);
        Ok(())
    }

    /// `Acquire (mutex, timeout)`. Nobody else holds it: evaluations do not overlap.
    #[inline(never)]
    fn acquire(&mut self) -> Result<Operand, Cause> {
        let mutex = self.object()?;
        self.frame.bytes(2)?;
        let Kind::Mutex(level) = self.entry(mutex)?.kind else {
            return Err(Cause::Type("a mutex"));
        };
        if let Some(held) = self.mutexes.iter_mut().find(|held| held.mutex == mutex) {
            held.times += 1;
        } else if self.mutexes.last().is_some_and(|held| held.level > level) {
            return Err(Cause::MutexOrder);
        } else {
            self.mutexes.push(Held { mutex, level, times: 1 });
        }
        Ok(Operand::Integer(0))
    }

    #[inline(never)]
    fn release(&mut self) -> Result<(), Cause> {
        let mutex = self.object()?;
        let Some(index) = self.mutexes.iter().position(|held| held.mutex == mutex) else {
            return Err(Cause::NotHeld);
        };
        let highest = self.mutexes.last().map(|held| held.level);
        let held = &mut self.mutexes[index];
        if highest != Some(held.level) {
            return Err(Cause::MutexOrder);
        }
        held.times -= 1;
        if held.times == 0 {
            self.mutexes.remove(index);
        }
        Ok(())
    }

    /// `Signal`, `Reset` and `Wait` on an event, which counts its signals.
    #[inline(never)]
    fn event(&mut self, opcode: u16) -> Result<Operand, Cause> {
        let event = self.object()?;
        let Kind::Event(_) = self.entry(event)?.kind else {
            return Err(Cause::Type("an event"));
        };
        let timeout = if opcode == WAIT { self.integer()? } else { 0 };
        let count = self.signals(event)?;
        let (count, timed_out) = match opcode {
            SIGNAL => (count.saturating_add(1), false),
            RESET => (0, false),
            _ if count > 0 => (count - 1, false),
            _ if timeout >= FOREVER => return Err(Cause::Forever),
            _ => {
                self.wait_for(Duration::from_millis(timeout))?;
                (0, true)
            }
        };
        let place = Place { root: Root::Node(event), elements: [].into() };
        self.replace(&place, Data::Integer(count))?;
        Ok(self.boolean(timed_out))
    }

    fn signals(&self, event: Id) -> Result<u64, Cause> {
        self.named_data(event)?.to_integer(8)
    }
}
