//! A machine in the protocol's words: what gdb can ask of it.
//!
//! vCPU n is thread n + 1. What cannot be done (memory that is not mapped, a vCPU that executes or is
//! off) is an error that gdb shows to a person, and ends nothing.

use std::collections::BTreeSet;
use std::convert::Infallible;

use gdbstub::common::{Signal, Tid};
use gdbstub::target::ext::base::BaseOps;
use gdbstub::target::ext::base::multithread::{
    MultiThreadBase, MultiThreadResume, MultiThreadResumeOps, MultiThreadSchedulerLocking,
    MultiThreadSchedulerLockingOps, MultiThreadSingleStep, MultiThreadSingleStepOps,
};
use gdbstub::target::ext::base::single_register_access::{
    SingleRegisterAccess, SingleRegisterAccessOps,
};
use gdbstub::target::ext::breakpoints::{
    Breakpoints, BreakpointsOps, SwBreakpoint, SwBreakpointOps,
};
use gdbstub::target::ext::thread_extra_info::{ThreadExtraInfo, ThreadExtraInfoOps};
use gdbstub::target::{Target, TargetError, TargetResult};
use hotcore_engine::EngineError;
use hotcore_engine::debug::Inspect;
use hotcore_vcpu::VcpuIndex;
use hotcore_vmm::{DebugError, Debugger, Passage};

use crate::arch::{AArch64, General, Register};

/// Breakpoints at most: a client could ask for ever more of them.
const BREAKPOINTS_MAX: usize = 1024;
/// EFAULT, ENOSPC, EINVAL, as the protocol numbers errors.
const NO_MEMORY: u8 = 14;
const TOO_MANY: u8 = 28;
const INVALID: u8 = 22;

/// The machine that is debugged.
pub(crate) struct Guest {
    pub(crate) debugger: Debugger,
    breakpoints: BTreeSet<u64>,
    plan: Plan,
    /// Which vCPUs may execute; `None` while all are stopped for gdb.
    running: Option<Passage>,
}

/// How the vCPUs are to go on.
#[derive(Default)]
struct Plan {
    steps: BTreeSet<VcpuIndex>,
    continues: BTreeSet<VcpuIndex>,
    /// Whether the others stay where they are.
    others_wait: bool,
}

impl Guest {
    pub(crate) fn new(debugger: Debugger) -> Self {
        let breakpoints = BTreeSet::new();
        Self { debugger, breakpoints, plan: Plan::default(), running: None }
    }

    /// Stops every vCPU.
    pub(crate) fn pause(&mut self) {
        self.running = None;
        if !self.debugger.pause() {
            tracing::warn!("a vCPU does not stop for gdb; is the console's output blocked?");
        }
    }

    /// Lets the guest go on as if there had never been a debugger.
    pub(crate) fn release(&mut self) {
        self.pause();
        self.breakpoints.clear();
        self.plan = Plan::default();
        self.debugger.watch(None);
        self.go();
    }

    pub(crate) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// Whether a vCPU is on its way that may come to a stop.
    pub(crate) fn waits_for_somebody(&self) -> bool {
        match &self.running {
            None => false,
            Some(Passage::All) => true,
            Some(Passage::Only(cpus)) => self.debugger.vcpus().iter().any(|cpu| cpus.contains(cpu)),
        }
    }

    fn go(&mut self) {
        self.debugger.set_breakpoints(self.breakpoints.clone());
        for cpu in self.debugger.vcpus() {
            let wanted = self.plan.steps.contains(&cpu);
            if let Err(error) = self.debugger.inspect(cpu, |vcpu| vcpu.set_single_step(wanted)) {
                tracing::warn!("vCPU {cpu} cannot be told whether to step: {error}");
            }
        }
        let named = self.plan.steps.union(&self.plan.continues);
        let only = || Passage::Only(named.copied().collect());
        let passage = if self.plan.others_wait { only() } else { Passage::All };
        self.running = Some(passage.clone());
        self.debugger.resume(passage);
    }

    fn inspect<R>(
        &self,
        thread: Tid,
        look: impl FnOnce(&mut dyn Inspect) -> Result<R, EngineError>,
    ) -> TargetResult<R, Self> {
        let cpu = vcpu(thread).ok_or(TargetError::Errno(INVALID))?;
        self.debugger.inspect(cpu, look).map_err(|error: DebugError| {
            tracing::debug!("gdb: {error}");
            TargetError::NonFatal
        })
    }
}

/// The thread of a vCPU.
pub(crate) fn thread(cpu: VcpuIndex) -> Tid {
    Tid::MIN.saturating_add(cpu.to_usize())
}

/// The vCPU of a thread.
fn vcpu(thread: Tid) -> Option<VcpuIndex> {
    VcpuIndex::new(u16::try_from(thread.get() - 1).ok()?)
}

impl Target for Guest {
    type Arch = AArch64;
    type Error = Infallible;

    fn base_ops(&mut self) -> BaseOps<'_, AArch64, Infallible> {
        BaseOps::MultiThread(self)
    }

    fn support_breakpoints(&mut self) -> Option<BreakpointsOps<'_, Self>> {
        Some(self)
    }

    /// The connection does not leave this machine.
    fn use_rle(&self) -> bool {
        false
    }
}

impl MultiThreadBase for Guest {
    fn read_registers(&mut self, registers: &mut General, thread: Tid) -> TargetResult<(), Self> {
        registers.0 = self.inspect(thread, |vcpu| vcpu.registers())?;
        Ok(())
    }

    fn write_registers(&mut self, registers: &General, thread: Tid) -> TargetResult<(), Self> {
        self.inspect(thread, |vcpu| vcpu.set_registers(&registers.0))
    }

    fn support_single_register_access(&mut self) -> Option<SingleRegisterAccessOps<'_, Tid, Self>> {
        Some(self)
    }

    fn read_addrs(
        &mut self,
        start: u64,
        data: &mut [u8],
        thread: Tid,
    ) -> TargetResult<usize, Self> {
        // The protocol's library computes the end of what it has read, and must not overflow.
        if start.checked_add(data.len() as u64).is_none() {
            return Err(TargetError::Errno(NO_MEMORY));
        }
        match self.inspect(thread, |vcpu| vcpu.read_memory(start, data))? {
            0 if !data.is_empty() => Err(TargetError::Errno(NO_MEMORY)),
            read => Ok(read),
        }
    }

    fn write_addrs(&mut self, start: u64, data: &[u8], thread: Tid) -> TargetResult<(), Self> {
        let written = self.inspect(thread, |vcpu| vcpu.write_memory(start, data))?;
        if written { Ok(()) } else { Err(TargetError::Errno(NO_MEMORY)) }
    }

    fn list_active_threads(
        &mut self,
        thread_is_active: &mut dyn FnMut(Tid),
    ) -> Result<(), Infallible> {
        self.debugger.vcpus().into_iter().map(thread).for_each(thread_is_active);
        Ok(())
    }

    fn support_resume(&mut self) -> Option<MultiThreadResumeOps<'_, Self>> {
        Some(self)
    }

    fn support_thread_extra_info(&mut self) -> Option<ThreadExtraInfoOps<'_, Self>> {
        Some(self)
    }
}

impl SingleRegisterAccess<Tid> for Guest {
    fn read_register(
        &mut self,
        thread: Tid,
        register: Register,
        buffer: &mut [u8],
    ) -> TargetResult<usize, Self> {
        let registers = self.inspect(thread, |vcpu| vcpu.registers())?;
        let value = register.get(&registers).to_le_bytes();
        let size = register.size().min(buffer.len());
        buffer[..size].copy_from_slice(&value[..size]);
        Ok(size)
    }

    fn write_register(
        &mut self,
        thread: Tid,
        register: Register,
        value: &[u8],
    ) -> TargetResult<(), Self> {
        let mut registers = self.inspect(thread, |vcpu| vcpu.registers())?;
        if !register.set(&mut registers, value) {
            return Err(TargetError::Errno(INVALID));
        }
        self.inspect(thread, |vcpu| vcpu.set_registers(&registers))
    }
}

impl MultiThreadResume for Guest {
    fn resume(&mut self) -> Result<(), Infallible> {
        if !self.is_running() {
            self.go();
        }
        Ok(())
    }

    fn clear_resume_actions(&mut self) -> Result<(), Infallible> {
        self.plan = Plan::default();
        Ok(())
    }

    fn set_resume_action_continue(
        &mut self,
        thread: Tid,
        _: Option<Signal>,
    ) -> Result<(), Infallible> {
        self.plan.continues.extend(vcpu(thread));
        Ok(())
    }

    fn support_single_step(&mut self) -> Option<MultiThreadSingleStepOps<'_, Self>> {
        Some(self)
    }

    fn support_scheduler_locking(&mut self) -> Option<MultiThreadSchedulerLockingOps<'_, Self>> {
        Some(self)
    }
}

impl MultiThreadSingleStep for Guest {
    fn set_resume_action_step(&mut self, thread: Tid, _: Option<Signal>) -> Result<(), Infallible> {
        self.plan.steps.extend(vcpu(thread));
        Ok(())
    }
}

impl MultiThreadSchedulerLocking for Guest {
    fn set_resume_action_scheduler_lock(&mut self) -> Result<(), Infallible> {
        self.plan.others_wait = true;
        Ok(())
    }
}

impl Breakpoints for Guest {
    fn support_sw_breakpoint(&mut self) -> Option<SwBreakpointOps<'_, Self>> {
        Some(self)
    }
}

impl SwBreakpoint for Guest {
    fn add_sw_breakpoint(&mut self, address: u64, _: usize) -> TargetResult<bool, Self> {
        let most = self.debugger.breakpoints_limit().unwrap_or(BREAKPOINTS_MAX);
        if self.breakpoints.len() >= most.min(BREAKPOINTS_MAX)
            && !self.breakpoints.contains(&address)
        {
            return Err(TargetError::Errno(TOO_MANY));
        }
        self.breakpoints.insert(address);
        Ok(true)
    }

    fn remove_sw_breakpoint(&mut self, address: u64, _: usize) -> TargetResult<bool, Self> {
        Ok(self.breakpoints.remove(&address))
    }
}

impl ThreadExtraInfo for Guest {
    fn thread_extra_info(&self, thread: Tid, buffer: &mut [u8]) -> Result<usize, Infallible> {
        let name = vcpu(thread).map_or_else(String::new, |cpu| format!("CPU {cpu}"));
        let size = name.len().min(buffer.len());
        buffer[..size].copy_from_slice(&name.as_bytes()[..size]);
        Ok(size)
    }
}
