//! What is traced of a machine, and who is told.

use std::fmt;
use std::sync::Arc;

use hotcore_a64::trace as core;
use hotcore_vcpu::VcpuIndex;

/// Something that a vCPU did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceEvent {
    /// It took an exception, returned from one, or is about to execute an instruction.
    Core(core::Event),
    /// It called the firmware, and was answered.
    Call {
        /// SMCCC function identifier: W0.
        function: u32,
        /// X1, X2, X3.
        args: [u64; 3],
        /// What the call returned in X0; `None` of a call that does not return.
        result: Option<u64>,
    },
    /// It accessed a device of the machine. The interrupt controller is the engine's, not one of these.
    Access {
        /// Guest physical address.
        address: u64,
        /// 1, 2, 4 or 8 bytes.
        size: usize,
        /// Whether it was a store.
        write: bool,
        /// What was loaded or stored.
        value: u64,
    },
}

/// Which events are traced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TraceKinds {
    /// What only an engine that executes instructions itself can tell.
    pub core: core::Wanted,
    /// [`TraceEvent::Call`].
    pub psci: bool,
    /// [`TraceEvent::Access`].
    pub mmio: bool,
}

impl TraceKinds {
    /// Whether the engine has to be able to follow its vCPUs' execution.
    pub fn follows_execution(&self) -> bool {
        self.core != core::Wanted::default()
    }
}

/// Is told what vCPUs do, by the threads that run them.
pub trait TraceSink: Send + Sync {
    /// `cpu` did this.
    fn record(&self, cpu: VcpuIndex, event: &TraceEvent);
}

/// A request to trace a machine.
#[derive(Clone)]
pub struct Trace {
    /// What is traced.
    pub kinds: TraceKinds,
    /// Who is told.
    pub sink: Arc<dyn TraceSink>,
}

impl fmt::Debug for Trace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Trace").field("kinds", &self.kinds).finish_non_exhaustive()
    }
}
