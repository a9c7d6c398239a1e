//! An engine for tests: its CPUs execute a program written in Rust instead of instructions.
//!
//! Everything above the engine seam is the real thing: register block, GED, PSCI, ledger, threads,
//! API. So hotplug can be tested from end to end, with well-behaved and with broken guests, on
//! any host and in milliseconds. [`Linux`] is a program that makes Linux's accesses in Linux's
//! order (guest contract §2.3 and §2.4), and can be told to refuse or to fall silent.
//!
//! A program is an `async fn`: each access to a device, each PSCI call and each WFI is an
//! `.await`, at which the vCPU exits to the machine.
//!
//! ```
//! use hotcore_scripted::ScriptedEngine;
//!
//! // A guest that powers off at once: PSCI SYSTEM_OFF.
//! let engine = ScriptedEngine::new(|cpu, _entry| async move {
//!     cpu.hypercall(0x8400_0008, [0; 3]).await;
//! });
//! # let _ = engine;
//! ```

mod board;
mod cpu;
mod image;
mod linux;
mod vcpu;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use hotcore_engine::{CreatedVm, Engine, EngineError, Entry, Vm, VmSpec};
use hotcore_vcpu::VcpuIndex;

use crate::board::Board;
pub use crate::cpu::Cpu;
pub use crate::image::linux_image;
pub use crate::linux::{Linux, Manners};
use crate::vcpu::ScriptedVcpu;

type Run = Pin<Box<dyn Future<Output = ()> + Send>>;
type Program = Arc<dyn Fn(Cpu, Entry) -> Run + Send + Sync>;

/// The engine. Each CPU that is powered on executes its program from the start; when the program
/// returns, the CPU waits for ever.
pub struct ScriptedEngine {
    program: Program,
}

impl ScriptedEngine {
    /// An engine whose CPUs all execute `program`.
    pub fn new<P, R>(program: P) -> Self
    where
        P: Fn(Cpu, Entry) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        Self { program: Arc::new(move |cpu, entry| Box::pin(program(cpu, entry))) }
    }
}

impl Engine for ScriptedEngine {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn create_vm(&self, spec: &VmSpec) -> Result<CreatedVm, EngineError> {
        let board = Arc::new(Board::new(spec.vcpus));
        let vcpu = |index| {
            let vcpu = ScriptedVcpu::new(index, Arc::clone(&board), Arc::clone(&self.program));
            Box::new(vcpu) as Box<dyn hotcore_engine::Vcpu>
        };
        let vcpus = VcpuIndex::first(spec.vcpus).map(vcpu).collect();
        Ok(CreatedVm { vm: Arc::clone(&board) as Arc<dyn Vm>, vcpus })
    }
}
