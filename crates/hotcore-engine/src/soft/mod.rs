//! The software back end: guest CPUs are interpreted, on any host.
//!
//! The CPU is [`hotcore_a64`], the interrupt controller [`hotcore_gic`]; this module wires one to the
//! other and answers the guest's accesses to the interrupt controller. A vCPU that is off is an index
//! and a doorbell: its registers and its decoded code exist from CPU_ON to CPU_OFF.

mod follow;
mod inspect;
mod vcpu;
mod vm;
mod wiring;

use std::sync::Arc;
use std::time::Instant;

use hotcore_a64::Cluster;
use hotcore_gic::{Gic, GicConfig, Lines};
use hotcore_vcpu::{Mpidr, VcpuIndex};

use crate::{CreatedVm, Engine, EngineError, Vcpu, VmSpec};
use vcpu::SoftVcpu;
use vm::{Parts, SoftVm};

/// The name of this engine, after `--engine`.
const NAME: &str = "soft";

/// Makes machines whose CPUs are interpreted.
///
/// ```
/// use hotcore_engine::Engine;
/// use hotcore_engine::soft::SoftEngine;
///
/// assert_eq!(SoftEngine.name(), "soft");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct SoftEngine;

impl Engine for SoftEngine {
    fn name(&self) -> &'static str {
        NAME
    }

    fn follows_execution(&self) -> bool {
        true
    }

    fn can_debug(&self) -> bool {
        true
    }

    fn create_vm(&self, spec: &VmSpec) -> Result<CreatedVm, EngineError> {
        let indices = VcpuIndex::first(spec.vcpus);
        let cluster =
            Cluster::with_read_only(&spec.memory, spec.read_only.clone(), spec.vcpus.into());
        let bells: Vec<_> = (0..spec.vcpus.into()).filter_map(|at| cluster.doorbell(at)).collect();
        let ring = move |cpu: VcpuIndex, lines: Lines| {
            if lines.any()
                && let Some(bell) = bells.get(cpu.to_usize())
            {
                bell.interrupt();
            }
        };
        let config = GicConfig {
            mpidrs: indices.clone().map(Mpidr::of).collect(),
            interrupts: spec.gic.interrupts,
        };
        let gic = Gic::with_signal(config, ring).map_err(|error| EngineError::Vm {
            operation: "make the interrupt controller",
            source: std::io::Error::other(error),
        })?;
        let trace = spec.trace.clone().filter(|trace| trace.kinds.follows_execution());
        let parts = Arc::new(Parts {
            cluster,
            gic,
            places: spec.gic,
            begin: Instant::now(),
            trace,
            breakpoints: spec.breakpoints.clone(),
        });
        let vcpus = indices
            .map(|index| Box::new(SoftVcpu::new(index, Arc::clone(&parts))) as Box<dyn Vcpu>)
            .collect();
        Ok(CreatedVm { vm: Arc::new(SoftVm(parts)), vcpus })
    }
}
