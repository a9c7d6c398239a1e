//! A machine under a debugger: paused and let go, looked into while it is paused.

use std::collections::BTreeSet;
use std::sync::Arc;

use hotcore_engine::EngineError;
use hotcore_engine::debug::{Breakpoints, Halt, Inspect};
use hotcore_vcpu::VcpuIndex;
use parking_lot::Mutex;

use super::PARKING_PATIENCE;
use super::gate::Passage;
use super::lifecycle::{Request, Stop};
use super::shared::Shared;

/// What a debugger is told while vCPUs execute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// A vCPU has come to where it was to stop. The others stop when they are interrupted next, at
    /// the latest by [`Debugger::pause`].
    Halted(VcpuIndex, Halt),
    /// A vCPU has powered off.
    Off(VcpuIndex),
}

/// Called by the thread of the vCPU that it happened to, which waits for it.
pub type DebugWatcher = dyn Fn(Happening) + Send + Sync;

/// Why a vCPU cannot be looked into.
#[derive(Debug, thiserror::Error)]
pub enum DebugError {
    /// It is off, or it executes.
    #[error("vCPU {0} is not paused")]
    NotPaused(VcpuIndex),
    /// The engine cannot do it.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// The debugger's part of what threads share.
#[derive(Default)]
pub(super) struct Watch(Mutex<Option<Arc<DebugWatcher>>>);

impl Shared {
    /// `cpu` has come to where it was to stop. Everybody stops then, if there is somebody to let
    /// them go again; tells whether there is.
    pub(super) fn halted(&self, cpu: VcpuIndex, halt: Halt) -> bool {
        let Some(watcher) = self.watch.get() else { return false };
        self.gate.set(Passage::NONE);
        watcher(Happening::Halted(cpu, halt));
        true
    }

    /// `cpu` has powered off.
    pub(super) fn powered_off(&self, cpu: VcpuIndex) {
        if let Some(watcher) = self.watch.get() {
            watcher(Happening::Off(cpu));
        }
    }
}

impl Watch {
    fn get(&self) -> Option<Arc<DebugWatcher>> {
        self.0.lock().clone()
    }
}

/// Debugs a machine that was made for it. Clones debug the same one.
///
/// The machine is paused from the beginning: its guest executes nothing before
/// [`resume`](Self::resume).
#[derive(Clone)]
pub struct Debugger {
    shared: Arc<Shared>,
    breakpoints: Breakpoints,
}

impl Debugger {
    pub(super) fn new(shared: Arc<Shared>, breakpoints: Breakpoints) -> Self {
        Self { shared, breakpoints }
    }

    /// Has `watcher` told what happens from now on, instead of the watcher before.
    pub fn watch(&self, watcher: Option<Arc<DebugWatcher>>) {
        *self.shared.watch.0.lock() = watcher;
    }

    /// Stops every vCPU. Afterwards those that are powered on can be looked into; a vCPU that does
    /// not come to a stop in ten seconds (its console's output is blocked, say) cannot, and is told.
    pub fn pause(&self) -> bool {
        self.shared.gate.set(Passage::NONE);
        self.shared.stop_at_the_gate()
    }

    /// Waits for a vCPU that is powered on: at its beginning and in a reset a machine has none for a
    /// moment. Tells whether there is one; a guest may also have powered all of them off.
    pub fn wait_for_vcpu(&self) -> bool {
        let ends = || self.shared.lifecycle.is_stopping();
        self.shared.gate.wait_for_any(PARKING_PATIENCE, ends)
    }

    /// Lets vCPUs execute; those that may not stay where they are, also where they are powered on
    /// only now.
    pub fn resume(&self, passage: Passage) {
        self.shared.gate.set(passage);
    }

    /// The vCPUs that are powered on, in index order.
    pub fn vcpus(&self) -> Vec<VcpuIndex> {
        self.shared.gate.vcpus()
    }

    /// Looks into a vCPU that is paused.
    pub fn inspect<R>(
        &self,
        cpu: VcpuIndex,
        look: impl FnOnce(&mut dyn Inspect) -> Result<R, EngineError>,
    ) -> Result<R, DebugError> {
        let slot = self.shared.slots.get(cpu.to_usize());
        // One that is off is in its slot, too.
        let slot =
            slot.filter(|_| self.shared.gate.holds(cpu)).ok_or(DebugError::NotPaused(cpu))?;
        let mut parked = slot.parked.lock();
        let vcpu = parked.as_mut().and_then(|vcpu| vcpu.inspect());
        Ok(look(vcpu.ok_or(DebugError::NotPaused(cpu))?)?)
    }

    /// How many breakpoints there can be, where the engine has a limit.
    pub fn breakpoints_limit(&self) -> Option<usize> {
        self.breakpoints.limit()
    }

    /// Has every vCPU stop at these virtual addresses from the next [`resume`](Self::resume) on.
    pub fn set_breakpoints(&self, addresses: BTreeSet<u64>) {
        self.breakpoints.set(addresses);
    }

    /// Ends the machine.
    pub fn stop(&self) {
        self.shared.lifecycle.request(Request::Stop(Stop::ByHost));
    }
}
