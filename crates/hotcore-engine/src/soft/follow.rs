//! Tells the machine's trace what a core does.

use std::sync::Arc;

use hotcore_a64::trace::{Event, Tracer};
use hotcore_vcpu::VcpuIndex;

use crate::trace::{TraceEvent, TraceSink};

/// Follows the core of one vCPU.
pub(super) struct Follower {
    pub(super) cpu: VcpuIndex,
    pub(super) sink: Arc<dyn TraceSink>,
}

impl Tracer for Follower {
    fn record(&mut self, event: Event) {
        self.sink.record(self.cpu, &TraceEvent::Core(event));
    }
}
