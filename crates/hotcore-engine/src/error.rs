//! What can go wrong in an engine.

use std::io;

use hotcore_vcpu::VcpuIndex;

/// An engine could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The host lacks something this engine cannot do without.
    #[error("{engine}: this host cannot run the machine: {missing}")]
    Unsupported {
        /// The engine's name.
        engine: &'static str,
        /// What is missing, and from which version it exists.
        missing: String,
    },
    /// It was asked to tell what its vCPUs execute.
    #[error("{engine}: this engine cannot trace exceptions or instructions; use --engine soft")]
    CannotTrace {
        /// The engine's name.
        engine: &'static str,
    },
    /// A debugger was to look into its vCPUs.
    #[error("{engine}: this engine cannot be debugged with gdb; use --engine soft")]
    CannotDebug {
        /// The engine's name.
        engine: &'static str,
    },
    /// More vCPUs than the host allows.
    #[error("{engine}: {asked} possible vCPUs asked, this host allows {limit}; lower --cpus max=")]
    TooManyVcpus {
        /// The engine's name.
        engine: &'static str,
        /// As asked.
        asked: u16,
        /// The host's limit.
        limit: u32,
    },
    /// An operation on the VM failed.
    #[error("{operation}: {source}")]
    Vm {
        /// What was tried.
        operation: &'static str,
        /// The host's answer.
        source: io::Error,
    },
    /// An operation on one vCPU failed.
    #[error("vCPU {cpu}: {operation}: {source}")]
    Vcpu {
        /// On which vCPU.
        cpu: VcpuIndex,
        /// What was tried.
        operation: &'static str,
        /// The host's answer.
        source: io::Error,
    },
}
