//! The host's door: plug, unplug, cancel.

use core::fmt;
use core::time::Duration;

use super::{
    Ledger, Notice, Operation, OperationId, OperationKind, Outcome, Output, Patience, Power,
    Repeat, Stage, Timings,
};
use crate::VcpuIndex;

/// How long to wait before raising an event again that the guest has not looked at; doubles up to
/// [`MAX_REPEAT`]. A pulse that comes before the guest has set up the interrupt is lost, so a
/// guest that is still booting needs another one.
pub(super) const FIRST_REPEAT: Duration = Duration::from_millis(100);
pub(super) const MAX_REPEAT: Duration = Duration::from_secs(1);

/// Why a request was not taken. Nothing has changed then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestError {
    /// The machine has no such CPU.
    NoSuchCpu {
        /// As asked.
        cpu: u16,
        /// How many are possible.
        possible: u16,
    },
    /// Plug of a CPU that is enabled.
    AlreadyEnabled(VcpuIndex),
    /// Unplug of a CPU that is not enabled.
    NotEnabled(VcpuIndex),
    /// The boot CPU cannot be removed.
    BootCpu,
    /// The CPU was described to the guest as fixed.
    Fixed(VcpuIndex),
    /// The same is under way already.
    InProgress(VcpuIndex, OperationId),
    /// The guest is ejecting the CPU; ask again when the operation has ended.
    Ejecting(VcpuIndex, OperationId),
    /// The operation has ended, or never was.
    NoSuchOperation(OperationId),
    /// The guest has seen the request, which cannot be taken back any more.
    TooLate(OperationId),
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchCpu { cpu, possible } => write!(
                f,
                "there is no CPU {cpu}: this machine has CPUs 0 to {}; a larger --cpus max= makes more possible",
                possible.saturating_sub(1)
            ),
            Self::AlreadyEnabled(cpu) => write!(f, "CPU {cpu} is enabled already"),
            Self::NotEnabled(cpu) => write!(f, "CPU {cpu} is not enabled, so it cannot be removed"),
            Self::BootCpu => f.write_str("CPU 0 is the boot CPU and can never be removed"),
            Self::Fixed(cpu) => write!(
                f,
                "CPU {cpu} was enabled at boot and described to the guest as fixed; start with --cpus removable=yes to be able to remove it"
            ),
            Self::InProgress(cpu, id) => {
                write!(f, "operation {id} is doing that to CPU {cpu} already")
            }
            Self::Ejecting(cpu, id) => {
                write!(
                    f,
                    "the guest is ejecting CPU {cpu} (operation {id}); ask again when it is done"
                )
            }
            Self::NoSuchOperation(id) => write!(f, "no operation {id} is under way"),
            Self::TooLate(id) => {
                write!(f, "the guest has seen operation {id}; it cannot be cancelled any more")
            }
        }
    }
}

impl core::error::Error for RequestError {}

impl Ledger {
    /// Asks the guest to add a CPU (hot-add).
    ///
    /// Where the guest has not yet noticed a removal of the same CPU, that removal is cancelled and
    /// the CPU simply stays. Where the guest has just ejected it, the request is held until the guest is
    /// done with that.
    pub fn plug(
        &mut self,
        cpu: VcpuIndex,
        patience: Patience,
        now: Duration,
    ) -> Result<OperationId, RequestError> {
        let possible = self.possible();
        let state =
            self.get_mut(cpu).ok_or(RequestError::NoSuchCpu { cpu: cpu.get(), possible })?;
        match state.operation {
            Some(Operation { kind: OperationKind::Plug, id, .. }) => {
                return Err(RequestError::InProgress(cpu, id));
            }
            Some(Operation { id, .. }) if state.remove_seen => {
                return Err(RequestError::Ejecting(cpu, id));
            }
            Some(_) => {
                state.withdraw_removal();
                let is_off = state.power == Power::Off;
                self.end(cpu, Outcome::Cancelled, now);
                let id = self.begin(cpu, OperationKind::Plug, patience, now);
                // The guest may be told again of a CPU that it has (guest contract, behaviour 144);
                // its answer, or its CPU_ON, ends the operation truthfully.
                if is_off {
                    self.insert(cpu, now);
                } else {
                    self.end(cpu, Outcome::Online, now);
                }
                return Ok(id);
            }
            None if state.enabled => return Err(RequestError::AlreadyEnabled(cpu)),
            None => {}
        }
        let held = state.settling.is_some();
        let id = self.begin(cpu, OperationKind::Plug, patience, now);
        if !held {
            self.insert(cpu, now);
        }
        Ok(id)
    }

    /// Asks the guest to give a CPU back (hot-remove).
    ///
    /// An addition of the same CPU that is under way is cancelled; where the guest cannot have
    /// noticed it, the removal is complete at once.
    pub fn unplug(
        &mut self,
        cpu: VcpuIndex,
        patience: Patience,
        now: Duration,
    ) -> Result<OperationId, RequestError> {
        let possible = self.possible();
        let state =
            self.get_mut(cpu).ok_or(RequestError::NoSuchCpu { cpu: cpu.get(), possible })?;
        if cpu.is_boot() {
            return Err(RequestError::BootCpu);
        }
        if state.enabled && !state.removable {
            return Err(RequestError::Fixed(cpu));
        }
        match state.operation {
            Some(Operation { kind: OperationKind::Unplug, id, .. }) => {
                return Err(RequestError::InProgress(cpu, id));
            }
            Some(_) if !state.enable_seen => {
                state.disable();
                self.end(cpu, Outcome::Cancelled, now);
                let id = self.begin(cpu, OperationKind::Unplug, patience, now);
                self.end(cpu, Outcome::Ejected, now);
                return Ok(id);
            }
            Some(_) => self.end(cpu, Outcome::Cancelled, now),
            None if !state.enabled => return Err(RequestError::NotEnabled(cpu)),
            None => {}
        }
        let id = self.begin(cpu, OperationKind::Unplug, patience, now);
        if let Some(state) = self.get_mut(cpu) {
            state.removing = true;
            state.remove_seen = false;
        }
        self.advance(cpu, OperationKind::Unplug, Stage::Requested, now);
        self.raise(now);
        Ok(id)
    }

    /// Takes a request back, as long as the guest cannot have noticed it.
    pub fn cancel(&mut self, id: OperationId, now: Duration) -> Result<(), RequestError> {
        let found = self.cpus().find(|(_, cpu)| cpu.operation.is_some_and(|o| o.id == id));
        let (cpu, _) = found.ok_or(RequestError::NoSuchOperation(id))?;
        if !self.withdraw(cpu) {
            return Err(RequestError::TooLate(id));
        }
        self.end(cpu, Outcome::Cancelled, now);
        Ok(())
    }

    /// Undoes the request under way on `cpu` if the guest cannot have noticed; tells whether.
    pub(super) fn withdraw(&mut self, cpu: VcpuIndex) -> bool {
        let Some(state) = self.get_mut(cpu) else { return false };
        match state.operation.map(|operation| operation.kind) {
            Some(OperationKind::Plug) if !state.enable_seen => state.disable(),
            Some(OperationKind::Unplug) if !state.remove_seen => state.withdraw_removal(),
            _ => return false,
        }
        true
    }

    /// Policy first, then the event (guest contract §2.3): a guest that looks early sees the
    /// CPU enabled.
    pub(super) fn insert(&mut self, cpu: VcpuIndex, now: Duration) {
        let Some(state) = self.get_mut(cpu) else { return };
        // What the guest has seen of a CPU that is enabled already, it has seen.
        state.enable_seen &= state.enabled;
        state.enabled = true;
        state.inserting = true;
        self.advance(cpu, OperationKind::Plug, Stage::Requested, now);
        self.raise(now);
    }

    pub(super) fn raise(&mut self, now: Duration) {
        self.outputs.push_back(Output::RaiseEvent);
        self.repeat = Some(Repeat { at: now + FIRST_REPEAT, interval: FIRST_REPEAT });
    }

    fn begin(
        &mut self,
        cpu: VcpuIndex,
        kind: OperationKind,
        patience: Patience,
        now: Duration,
    ) -> OperationId {
        self.last_operation += 1;
        let id = OperationId(self.last_operation);
        let operation = Operation {
            id,
            cpu,
            kind,
            stage: Stage::Held,
            outcome: None,
            timings: Timings { requested: now, ..Timings::default() },
            patience,
            deadline: now.saturating_add(patience.answer),
        };
        if let Some(state) = self.get_mut(cpu) {
            state.operation = Some(operation);
        }
        self.notice(Notice::Operation(operation));
        id
    }
}
