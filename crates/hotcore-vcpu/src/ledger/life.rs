//! Time and reset.

use core::time::Duration;

use super::cpu::Cpu;
use super::host::MAX_REPEAT;
use super::{Ledger, OperationKind, Outcome, Output, Power, Repeat, Stage};
use crate::VcpuIndex;

impl Ledger {
    /// When [`tick`](Self::tick) has to be called at the latest; `None` while nothing waits.
    pub fn next_deadline(&self) -> Option<Duration> {
        let waits = self.cpus.iter().flat_map(|cpu| {
            [cpu.operation.map(|operation| operation.deadline), cpu.settling].into_iter().flatten()
        });
        waits.chain(self.repeat.map(|repeat| repeat.at)).min()
    }

    /// Lets time pass: ends operations whose patience is over, and raises the event again while
    /// the guest has not taken it.
    pub fn tick(&mut self, now: Duration) {
        for cpu in VcpuIndex::first(self.possible()) {
            let Some(state) = self.get(cpu) else { continue };
            if state.settling.is_some_and(|at| at <= now) {
                self.settle(cpu, now);
            }
            let expired = self.get(cpu).and_then(|c| c.operation).filter(|o| o.deadline <= now);
            if let Some(operation) = expired {
                self.expire(cpu, operation.kind, operation.stage, now);
            }
        }
        self.repeat_event(now);
    }

    fn expire(&mut self, cpu: VcpuIndex, kind: OperationKind, stage: Stage, now: Duration) {
        // What the guest has not noticed is undone, so that asking again starts afresh. A CPU that it
        // has noticed stays enabled, and if the guest has not taken its event yet, that stays too: it
        // may be all that will tell the guest to add it.
        if !self.withdraw(cpu)
            && let Some(state) = self.get_mut(cpu)
        {
            state.removing = false;
        }
        let outcome = match (kind, stage) {
            (OperationKind::Plug, Stage::Accepted) => Outcome::AcceptedNotOnlined,
            _ => Outcome::TimedOut,
        };
        self.end(cpu, outcome, now);
    }

    fn repeat_event(&mut self, now: Duration) {
        let Some(repeat) = self.repeat else { return };
        if !self.cpus.iter().any(Cpu::has_event) {
            self.repeat = None;
            return;
        }
        if repeat.at > now {
            return;
        }
        let interval = (repeat.interval * 2).min(MAX_REPEAT);
        self.repeat = Some(Repeat { at: now.saturating_add(interval), interval });
        self.outputs.push_back(Output::RaiseEvent);
    }

    /// System reset. Policy survives, and what the host had asked for is complete: the guest
    /// that boots next reads it from `_STA`. The owner stops and resets the vCPUs themselves.
    pub fn reset(&mut self, now: Duration) {
        self.repeat = None;
        for cpu in VcpuIndex::first(self.possible()) {
            let Some(state) = self.get_mut(cpu) else { continue };
            match state.operation.map(|operation| operation.kind) {
                Some(OperationKind::Plug) => state.enabled = true,
                Some(OperationKind::Unplug) => state.enabled = false,
                None => {}
            }
            state.inserting = false;
            state.enable_seen = false;
            state.withdraw_removal();
            state.settling = None;
            state.power = if cpu.is_boot() { Power::On } else { Power::Off };
            self.end(cpu, Outcome::CompletedByReset, now);
        }
    }
}
