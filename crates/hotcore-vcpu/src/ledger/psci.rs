//! The guest's door through PSCI: CPU_ON, CPU_OFF, AFFINITY_INFO.
//!
//! What the calls mean is here; how they are encoded is the firmware's business.

use core::time::Duration;

use super::{Ledger, Notice, OperationKind, Outcome, Output, Power};
use crate::{Mpidr, VcpuIndex};

/// Where a CPU starts to execute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VcpuEntry {
    /// Entry point: guest physical address.
    pub pc: u64,
    /// Context id, handed over in X0.
    pub context: u64,
    /// Data endianness: that of the CPU that called CPU_ON.
    pub big_endian: bool,
}

/// Why a CPU is not brought up (PSCI return codes, guest contract §2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PowerError {
    /// No possible CPU has this affinity.
    NoSuchCpu,
    /// Policy: the CPU is not enabled.
    Denied,
    /// It executes already.
    AlreadyOn,
    /// It is about to execute.
    OnPending,
}

impl Ledger {
    /// CPU_ON: decides, and queues [`Output::StartVcpu`] where the answer is yes.
    ///
    /// CPUs are looked for among the *possible* ones, so that a disabled one is denied rather than
    /// unknown: Linux is silent about DENIED and noisy about everything else.
    pub fn cpu_on(
        &mut self,
        target: Mpidr,
        entry: VcpuEntry,
        now: Duration,
    ) -> Result<VcpuIndex, PowerError> {
        let cpu = target.index().ok_or(PowerError::NoSuchCpu)?;
        let state = self.get_mut(cpu).ok_or(PowerError::NoSuchCpu)?;
        if !state.enabled {
            return Err(PowerError::Denied);
        }
        match state.power {
            Power::On => return Err(PowerError::AlreadyOn),
            Power::OnPending => return Err(PowerError::OnPending),
            Power::Off => {}
        }
        state.power = Power::OnPending;
        // A CPU that comes up has been noticed, whichever way the guest found it.
        state.enable_seen = true;
        if let Some(operation) = &mut state.operation
            && operation.kind == OperationKind::Plug
        {
            operation.timings.power = Some(now);
        }
        self.outputs.push_back(Output::StartVcpu { cpu, entry });
        Ok(cpu)
    }

    /// CPU_OFF: the vCPU has ceased to execute. Call it when it is parked, so that nobody is told
    /// OFF before it is true.
    pub fn cpu_off(&mut self, cpu: VcpuIndex, now: Duration) {
        let Some(state) = self.get_mut(cpu) else { return };
        if state.power == Power::Off {
            return;
        }
        state.power = Power::Off;
        if let Some(operation) = &mut state.operation
            && operation.kind == OperationKind::Unplug
        {
            operation.timings.power = Some(now);
        }
        self.notice(Notice::Power { cpu, on: false });
    }

    /// AFFINITY_INFO at level 0. A disabled CPU is off.
    pub fn affinity_info(&self, target: Mpidr) -> Option<Power> {
        self.get(target.index()?).map(|cpu| cpu.power)
    }

    /// The engine executes a vCPU that [`Output::StartVcpu`] asked for.
    pub fn vcpu_started(&mut self, cpu: VcpuIndex, now: Duration) {
        let Some(state) = self.get_mut(cpu) else { return };
        if state.power != Power::OnPending {
            return;
        }
        state.power = Power::On;
        let plugging = state.operation.is_some_and(|o| o.kind == OperationKind::Plug);
        // The guest found the CPU by itself, while booting. The event stays: the guest
        // answers it with an `_OST` and nothing else.
        self.notice(Notice::Power { cpu, on: true });
        if plugging {
            self.end(cpu, Outcome::Online, now);
        }
    }

    /// The engine could not start a vCPU that [`Output::StartVcpu`] asked for.
    pub fn vcpu_start_failed(&mut self, cpu: VcpuIndex) {
        if let Some(state) = self.get_mut(cpu)
            && state.power == Power::OnPending
        {
            state.power = Power::Off;
        }
    }
}
