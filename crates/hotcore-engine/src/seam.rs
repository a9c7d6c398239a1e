//! The traits between a machine and the engine that runs it.

use std::ops::Range;
use std::sync::Arc;

use hotcore_vcpu::{Mpidr, VcpuIndex};

use crate::EngineError;
use crate::debug::{Breakpoints, Halt, Inspect};
use crate::trace::Trace;

/// Guest RAM, shared between the machine, its devices and the engine.
pub type GuestMemory = vm_memory::GuestMemoryMmap<()>;

/// What a machine asks of an engine, once, at creation.
#[derive(Debug, Clone)]
pub struct VmSpec {
    /// Guest RAM, already mapped into this process.
    pub memory: GuestMemory,
    /// Whole regions of it to which a store of the guest is an [`Exit::MmioWrite`].
    pub read_only: Range<u64>,
    /// Possible vCPUs: all of them are created. Range: `1..=MAX_VCPUS`.
    pub vcpus: u16,
    /// Where the interrupt controller is.
    pub gic: GicSpec,
    /// What is traced of the vCPUs' execution. Firmware calls and devices are the machine's to trace.
    pub trace: Option<Trace>,
    /// Where a debugger wants the vCPUs to stop; `None` if there will be none.
    pub breakpoints: Option<Breakpoints>,
}

/// Placement of the GICv3 in guest physical memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GicSpec {
    /// Base of the distributor (64 KiB).
    pub distributor: u64,
    /// Base of the one redistributor region, 128 KiB per possible vCPU in index order.
    pub redistributors: u64,
    /// Number of INTIDs below the end of the SPIs (32 private ones included); a multiple of 32.
    pub interrupts: u32,
    /// INTID of the PMU overflow interrupt (a PPI), wired up when the engine has a vPMU.
    pub pmu_interrupt: u32,
}

/// Makes machines.
pub trait Engine {
    /// The name a person types after `--engine`.
    fn name(&self) -> &'static str;

    /// Whether it can tell what its vCPUs execute, as [`VmSpec::trace`] may ask.
    fn follows_execution(&self) -> bool {
        false
    }

    /// Whether a debugger can stop its vCPUs and look into them, as [`VmSpec::breakpoints`] asks.
    fn can_debug(&self) -> bool {
        false
    }

    /// Creates the VM, every possible vCPU (all reset and powered off) and the interrupt controller.
    fn create_vm(&self, spec: &VmSpec) -> Result<CreatedVm, EngineError>;
}

/// What [`Engine::create_vm`] made.
pub struct CreatedVm {
    /// The parts that all vCPUs share.
    pub vm: Arc<dyn Vm>,
    /// Every possible vCPU, in index order.
    pub vcpus: Vec<Box<dyn Vcpu>>,
}

/// The parts of a VM that all its vCPUs share.
pub trait Vm: Send + Sync {
    /// Sets the level of a shared peripheral interrupt line. `intid` is the GIC's number (the
    /// ACPI GSIV), from 32. An edge-triggered interrupt is a `true` followed by a `false`.
    fn set_spi(&self, intid: u32, high: bool) -> Result<(), EngineError>;

    /// Whether the vCPUs have a PMU whose interrupt is [`GicSpec::pmu_interrupt`].
    fn has_pmu(&self) -> bool;

    /// Puts the interrupt controller back to its state after creation. No vCPU may be running.
    /// Interrupt lines keep the level that their devices drive: reset those, too.
    fn reset_interrupt_controller(&self) -> Result<(), EngineError>;

    /// Reads 32 bits of a redistributor frame without side effects. `offset` counts from the
    /// frame's base, 4-byte aligned, below 128 KiB. No vCPU may be running.
    fn redistributor_register(&self, cpu: VcpuIndex, offset: u32) -> Result<u32, EngineError>;
}

/// Where and how a vCPU begins to execute: the state that PSCI CPU_ON promises
/// (guest contract §2.5): EL1h, DAIF masked, MMU and caches off, X0 = context.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Program counter (guest physical address: the MMU is off).
    pub pc: u64,
    /// X0.
    pub context: u64,
    /// Data endianness of EL1 (SCTLR_EL1.EE), that of the caller of CPU_ON.
    pub big_endian: bool,
}

/// One vCPU. It is moved to the thread that runs it and moved back to be parked.
pub trait Vcpu: Send {
    /// Which one this is.
    fn index(&self) -> VcpuIndex;

    /// The affinity in its MPIDR_EL1.
    fn mpidr(&self) -> Result<Mpidr, EngineError>;

    /// A handle that makes a running vCPU return from [`Vcpu::run`].
    fn kicker(&self) -> Arc<dyn Kick>;

    /// Puts the vCPU into its reset state, powered off. Pending interrupts of its redistributor
    /// stay (they belong to the GIC, which outlives the CPU).
    fn reset(&mut self) -> Result<(), EngineError>;

    /// Resets the vCPU and powers it on at `entry`; the next [`Vcpu::run`] executes there.
    fn start_at(&mut self, entry: Entry) -> Result<(), EngineError>;

    /// Runs the guest until it needs something from the machine.
    fn run(&mut self) -> Result<Exit<'_>, EngineError>;

    /// Sets X0 to the result of the call that the last [`Exit::Hypercall`] reported.
    fn set_hypercall_result(&mut self, x0: u64) -> Result<(), EngineError>;

    /// Makes the next [`Vcpu::run`] wait for a wake-up event first, as WFI does
    /// (PSCI CPU_SUSPEND to a standby state). An engine that cannot wait returns at once: PSCI
    /// allows a spurious wake-up.
    fn standby(&mut self) -> Result<(), EngineError>;

    /// Whether EL1 data accesses are big-endian now (SCTLR_EL1.EE).
    fn is_big_endian(&self) -> Result<bool, EngineError>;

    /// The program counter, for error reports.
    fn pc(&self) -> Result<u64, EngineError>;

    /// The vCPU as a debugger sees it, while it does not run. An engine that
    /// [can debug](Engine::can_debug) has this of every vCPU that is powered on.
    fn inspect(&mut self) -> Option<&mut dyn Inspect> {
        None
    }

    /// How many instructions it has completed since [`Vcpu::start_at`], where the engine counts them.
    fn instructions(&self) -> Option<u64> {
        None
    }
}

/// Interrupts a vCPU's execution from any thread.
pub trait Kick: Send + Sync {
    /// Makes the current call of [`Vcpu::run`], or else the next one, return
    /// [`Exit::Interrupted`] soon. Kicks do not add up: one exit answers them all.
    fn kick(&self);
}

/// Why a vCPU stopped executing.
#[derive(Debug, PartialEq, Eq)]
pub enum Exit<'a> {
    /// A load from an address without RAM. The machine fills `data` before the next run.
    MmioRead {
        /// Guest physical address.
        address: u64,
        /// 1, 2, 4 or 8 bytes, little-endian.
        data: &'a mut [u8],
    },
    /// A store to an address without RAM.
    MmioWrite {
        /// Guest physical address.
        address: u64,
        /// 1, 2, 4 or 8 bytes, little-endian.
        data: &'a [u8],
    },
    /// An SMCCC call (HVC or SMC) that is the machine's to answer with
    /// [`Vcpu::set_hypercall_result`]. PC is past the instruction already.
    Hypercall {
        /// SMCCC function identifier: W0.
        function: u32,
        /// X1, X2, X3.
        args: [u64; 3],
    },
    /// A kick, a signal or a wake-up from standby; run again.
    Interrupted,
    /// It has come to where a debugger wants it to stop.
    Halted(Halt),
    /// The vCPU cannot go on: the guest did something the engine cannot execute. `reason` names it.
    Crashed {
        /// What happened, for people.
        reason: String,
    },
}
