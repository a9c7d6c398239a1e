//! A vCPU that is interpreted.

use std::io;
use std::sync::Arc;

use hotcore_a64::{Core, DeviceAccess, Doorbell};
use hotcore_vcpu::{Mpidr, VcpuIndex};

use super::follow::Follower;
use super::vm::Parts;
use super::wiring::Wiring;
use crate::debug::{Halt, Inspect};
use crate::{EngineError, Entry, Exit, Kick, Vcpu};

/// MPIDR_EL1 bit 31, RES1.
const MPIDR_RES1: u64 = 1 << 31;

/// A vCPU. It has a core from [`Vcpu::start_at`] to [`Vcpu::reset`].
pub(super) struct SoftVcpu {
    index: VcpuIndex,
    parts: Arc<Parts>,
    bell: Arc<Doorbell>,
    core: Option<Box<Core>>,
    /// The access that the machine is answering.
    access: Option<DeviceAccess>,
    /// Its data, little-endian.
    data: [u8; 8],
}

impl SoftVcpu {
    pub(super) fn new(index: VcpuIndex, parts: Arc<Parts>) -> Self {
        let bell = parts.cluster.doorbell(index.to_usize()).unwrap_or_default();
        Self { index, parts, bell, core: None, access: None, data: [0; 8] }
    }

    pub(super) fn core(&self) -> Result<&Core, EngineError> {
        self.core.as_deref().ok_or_else(|| self.is_off())
    }

    pub(super) fn core_mut(&mut self) -> Result<&mut Core, EngineError> {
        match &mut self.core {
            Some(core) => Ok(core),
            None => Err(is_off(self.index)),
        }
    }

    fn is_off(&self) -> EngineError {
        is_off(self.index)
    }

    /// Hands the machine's answer to the instruction that waits for it.
    fn take_answer(&mut self) {
        let Some(access) = self.access.take() else { return };
        if let Some(core) = &mut self.core {
            let bits = u32::from(access.size) * 8;
            core.answer(u64::from_le_bytes(self.data) & u64::MAX >> (64 - bits));
        }
    }
}

fn is_off(cpu: VcpuIndex) -> EngineError {
    let source = io::Error::other("it is off");
    EngineError::Vcpu { cpu, operation: "use its registers", source }
}

impl Vcpu for SoftVcpu {
    fn index(&self) -> VcpuIndex {
        self.index
    }

    fn mpidr(&self) -> Result<Mpidr, EngineError> {
        Ok(Mpidr::of(self.index))
    }

    fn kicker(&self) -> Arc<dyn Kick> {
        Arc::new(Kicker(Arc::clone(&self.bell)))
    }

    fn reset(&mut self) -> Result<(), EngineError> {
        if let Some(mut core) = self.core.take() {
            // Its timers' lines fall; what they made pending stays so.
            core.reset();
        }
        self.access = None;
        self.parts.gic.reset_interface(self.index);
        Ok(())
    }

    fn start_at(&mut self, entry: Entry) -> Result<(), EngineError> {
        self.reset()?;
        let wiring = Wiring { cpu: self.index, parts: Arc::clone(&self.parts) };
        let mpidr = Mpidr::of(self.index).bits() | MPIDR_RES1;
        let cluster = Arc::clone(&self.parts.cluster);
        let mut core = Core::new(self.index.to_usize(), mpidr, cluster, Box::new(wiring));
        if let Some(trace) = &self.parts.trace {
            let follower = Follower { cpu: self.index, sink: Arc::clone(&trace.sink) };
            core.trace(trace.kinds.core, Box::new(follower));
        }
        core.start_at(entry.pc, entry.context, entry.big_endian);
        self.core = Some(Box::new(core));
        Ok(())
    }

    fn run(&mut self) -> Result<Exit<'_>, EngineError> {
        self.take_answer();
        let index = self.index;
        let core = self.core.as_deref_mut().ok_or_else(|| is_off(index))?;
        if let Some(breakpoints) = &self.parts.breakpoints {
            core.set_breakpoints(breakpoints.get());
        }
        let access = loop {
            match core.run() {
                hotcore_a64::Exit::Kicked => return Ok(Exit::Interrupted),
                hotcore_a64::Exit::Breakpoint => return Ok(Exit::Halted(Halt::Breakpoint)),
                hotcore_a64::Exit::Stepped => return Ok(Exit::Halted(Halt::Step)),
                hotcore_a64::Exit::Call => {
                    let args = [core.x(1), core.x(2), core.x(3)];
                    return Ok(Exit::Hypercall { function: core.x(0) as u32, args });
                }
                hotcore_a64::Exit::Device(access) => {
                    match self.parts.interrupt_controller(&access) {
                        Some(value) => core.answer(value),
                        None => break access,
                    }
                }
            }
        };
        self.access = Some(access);
        self.data = access.store.unwrap_or(0).to_le_bytes();
        let (address, size) = (access.physical, usize::from(access.size));
        let data = self.data.get_mut(..size).unwrap_or_default();
        Ok(match access.store {
            Some(_) => Exit::MmioWrite { address, data },
            None => Exit::MmioRead { address, data },
        })
    }

    fn set_hypercall_result(&mut self, x0: u64) -> Result<(), EngineError> {
        self.core_mut()?.set_x(0, x0);
        Ok(())
    }

    fn standby(&mut self) -> Result<(), EngineError> {
        self.core_mut()?.stand_by();
        Ok(())
    }

    fn is_big_endian(&self) -> Result<bool, EngineError> {
        Ok(self.core()?.is_big_endian())
    }

    fn pc(&self) -> Result<u64, EngineError> {
        Ok(self.core()?.pc())
    }

    fn inspect(&mut self) -> Option<&mut dyn Inspect> {
        if self.core.is_some() { Some(self) } else { None }
    }

    fn instructions(&self) -> Option<u64> {
        self.core.as_deref().map(Core::instructions)
    }
}

struct Kicker(Arc<Doorbell>);

impl Kick for Kicker {
    fn kick(&self) {
        self.0.kick();
    }
}
