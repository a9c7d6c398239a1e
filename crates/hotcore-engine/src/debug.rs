//! What a debugger asks of an engine: to stop vCPUs somewhere, and to look into those that are stopped.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

pub use hotcore_a64::Registers;

use crate::EngineError;

/// Virtual addresses where every vCPU of a machine stops, in whichever context it executes there.
///
/// Whoever made the machine changes them while no vCPU runs; the engine looks before it runs one.
#[derive(Clone, Default)]
pub struct Breakpoints(Arc<Shared>);

#[derive(Default)]
struct Shared {
    addresses: Mutex<Arc<BTreeSet<u64>>>,
    limit: OnceLock<usize>,
}

impl Breakpoints {
    /// All of them.
    pub fn get(&self) -> Arc<BTreeSet<u64>> {
        Arc::clone(&self.0.addresses.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// From now on these, [`limit`](Self::limit) at most: what is beyond that has no effect.
    pub fn set(&self, addresses: BTreeSet<u64>) {
        *self.0.addresses.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(addresses);
    }

    /// How many there can be, where the engine that made the machine has a limit.
    pub fn limit(&self) -> Option<usize> {
        self.0.limit.get().copied()
    }

    /// An engine can have no more than this.
    pub fn set_limit(&self, limit: usize) {
        // The first counts: a machine has one engine.
        let _ = self.0.limit.set(limit);
    }
}

impl fmt::Debug for Breakpoints {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_set().entries(self.get().iter()).finish()
    }
}

/// Why a vCPU returned [`Exit::Halted`](crate::Exit::Halted).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// The instruction at the PC has a breakpoint and has not been executed.
    Breakpoint,
    /// The one instruction of [`Inspect::set_single_step`] has been executed.
    Step,
}

/// A vCPU that does not run, as a debugger sees it. It has been run again since its last access to a
/// device, so that no instruction is half executed.
pub trait Inspect {
    /// Its general registers.
    fn registers(&self) -> Result<Registers, EngineError>;

    /// Sets its general registers. SP is that of the mode in PSTATE.
    fn set_registers(&mut self, registers: &Registers) -> Result<(), EngineError>;

    /// Reads RAM at a virtual address, as the vCPU translates it now, whatever the permissions.
    /// Returns how many bytes of `data` could be read: up to what is not mapped or not RAM.
    fn read_memory(&self, address: u64, data: &mut [u8]) -> Result<usize, EngineError>;

    /// Writes RAM likewise, also where the guest could not. Nothing is written where not all of it
    /// can be; tells whether it was.
    fn write_memory(&mut self, address: u64, data: &[u8]) -> Result<bool, EngineError>;

    /// Whether the next [`Vcpu::run`](crate::Vcpu::run) executes one instruction, takes no interrupt
    /// and ends with [`Halt::Step`]. What the machine has to answer comes in between.
    fn set_single_step(&mut self, wanted: bool) -> Result<(), EngineError>;
}
