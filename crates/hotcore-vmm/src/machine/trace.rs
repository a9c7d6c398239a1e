//! Traces what every engine's vCPUs ask of the machine: firmware calls and accesses to devices.

use hotcore_engine::trace::TraceEvent;
use hotcore_firmware::{Call, Reply};
use hotcore_vcpu::VcpuIndex;

use super::shared::Shared;

/// PSCI SUCCESS.
const SUCCESS: u64 = 0;

impl Shared {
    /// `cpu` loads or stores `data`, 8 bytes at most, little-endian.
    pub(super) fn trace_access(&self, cpu: VcpuIndex, address: u64, data: &[u8], write: bool) {
        let Some(trace) = self.trace.as_ref().filter(|trace| trace.kinds.mmio) else { return };
        let value = data.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte));
        let event = TraceEvent::Access { address, size: data.len(), write, value };
        trace.sink.record(cpu, &event);
    }

    /// `cpu` has called the firmware.
    pub(super) fn trace_call(&self, cpu: VcpuIndex, call: &Call, reply: &Reply) {
        let Some(trace) = self.trace.as_ref().filter(|trace| trace.kinds.psci) else { return };
        let result = match reply {
            Reply::Return(x0) => Some(*x0),
            Reply::Standby => Some(SUCCESS),
            Reply::CpuOff | Reply::SystemOff | Reply::SystemReset => None,
        };
        let event = TraceEvent::Call { function: call.function, args: call.args, result };
        trace.sink.record(cpu, &event);
    }
}
