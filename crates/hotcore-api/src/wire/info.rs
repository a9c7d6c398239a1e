//! What a machine is and how it is doing: Cloud Hypervisor's fields, and Hotcore's own under
//! `hotcore`.

use std::path::PathBuf;

use hotcore_vcpu as vcpu;
use hotcore_vmm::{LifeState, MachineInfo, View};
use serde::{Deserialize, Serialize};

use super::{Operation, Ost, micros};

/// The answer of `vmm.ping`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ping {
    /// Hotcore's version.
    pub version: String,
    /// The same: Hotcore is built from releases only.
    pub build_version: String,
    /// The VMM's process.
    pub pid: u32,
    /// What this build can do beyond the dialect.
    pub features: Vec<String>,
}

/// The answer of `vm.info`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// The machine as it is now.
    pub config: Config,
    /// Whether it runs.
    pub state: State,
    /// Bytes of RAM.
    pub memory_actual_size: u64,
    /// What only Hotcore tells.
    pub hotcore: Hotcore,
}

/// The machine as it is now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// Its CPUs.
    pub cpus: Cpus,
    /// Its RAM.
    pub memory: Memory,
    /// What it booted.
    pub payload: Payload,
}

/// How many CPUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cpus {
    /// Enabled NOW, whatever the name says: that is what clients of this dialect rely on.
    pub boot_vcpus: u16,
    /// Possible.
    pub max_vcpus: u16,
}

/// How much RAM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Bytes.
    pub size: u64,
}

/// What a machine booted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payload {
    /// The kernel image.
    pub kernel: PathBuf,
    /// The kernel's command line; empty from a server that does not tell.
    #[serde(default)]
    pub cmdline: String,
    /// The initial RAM file system.
    #[serde(default)]
    pub initramfs: Option<PathBuf>,
}

/// Whether a machine runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// Made, and not booted.
    Created,
    /// It runs.
    Running,
    /// Its vCPUs are stopped for a while.
    Paused,
    /// It has ended.
    Shutdown,
}

/// What only Hotcore tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hotcore {
    /// What executes the guest.
    pub engine: String,
    /// How the guest learnt about its machine: `acpi` or `dt`.
    pub firmware: String,
    /// How its operating system starts CPUs: `psci`, `parking` or `spin-table`; empty from a server that
    /// does not tell.
    #[serde(default)]
    pub cpu_start: String,
    /// The version that the kernel image names, where it is a Linux kernel.
    pub kernel_version: Option<String>,
    /// Whether CPUs that were enabled at boot can be removed.
    pub removable: bool,
    /// Every possible CPU, in index order.
    pub cpus: Vec<Cpu>,
    /// The latest operation of each CPU, under way or ended, oldest first.
    pub operations: Vec<Operation>,
    /// Times of the machine as a whole.
    pub timings: Since,
}

/// Times of the machine as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Since {
    /// What the engine took to create the VM and all its vCPUs.
    pub engine_created_us: u64,
    /// From the making of the machine to the first instruction of its guest; `null` before.
    pub first_instruction_us: Option<u64>,
    /// Since the machine was made.
    pub uptime_us: u64,
}

/// One possible CPU.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cpu {
    /// Which.
    pub index: u16,
    /// May be brought up.
    pub enabled: bool,
    /// May be removed.
    pub removable: bool,
    /// Whether it executes.
    pub power: Power,
    /// The guest has yet to take the event that it was added.
    pub inserting: bool,
    /// The guest has yet to take the event that it shall be removed.
    pub removing: bool,
    /// The guest's latest `_OST` for it.
    pub ost: Option<Ost>,
    /// The id of the operation under way.
    pub operation: Option<u64>,
}

/// PSCI's view of a CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Power {
    /// Not executing.
    Off,
    /// About to execute.
    OnPending,
    /// Executing.
    On,
}

impl Info {
    /// What a machine says of itself.
    pub fn new(view: &View) -> Self {
        let info = &view.control.info();
        let facts = &info.facts;
        let cpus = Cpus { boot_vcpus: info.enabled, max_vcpus: facts.cpus.max };
        Self {
            config: Config {
                cpus,
                memory: Memory { size: facts.memory_size },
                payload: Payload {
                    kernel: facts.kernel.clone(),
                    cmdline: facts.cmdline.clone(),
                    initramfs: facts.initramfs.clone(),
                },
            },
            state: view.state.into(),
            memory_actual_size: facts.memory_size,
            hotcore: Hotcore::from(info),
        }
    }
}

impl From<LifeState> for State {
    fn from(state: LifeState) -> Self {
        match state {
            LifeState::Created => Self::Created,
            LifeState::Running => Self::Running,
            LifeState::Paused => Self::Paused,
            LifeState::Shutdown => Self::Shutdown,
        }
    }
}

impl From<&MachineInfo> for Hotcore {
    fn from(info: &MachineInfo) -> Self {
        let facts = &info.facts;
        Self {
            engine: facts.engine.to_owned(),
            firmware: facts.firmware.name().to_owned(),
            cpu_start: facts.cpu_start.name().to_owned(),
            kernel_version: facts.kernel_version.clone(),
            removable: facts.removable,
            cpus: (0..).zip(&info.cpus).map(|(index, cpu)| Cpu::new(index, cpu)).collect(),
            operations: info.operations.iter().map(Operation::from).collect(),
            timings: Since {
                engine_created_us: micros(facts.engine_created),
                first_instruction_us: info.first_instruction.map(micros),
                uptime_us: micros(info.uptime),
            },
        }
    }
}

impl Cpu {
    fn new(index: u16, cpu: &vcpu::CpuView) -> Self {
        Self {
            index,
            enabled: cpu.enabled,
            removable: cpu.removable,
            power: match cpu.power {
                vcpu::Power::Off => Power::Off,
                vcpu::Power::OnPending => Power::OnPending,
                vcpu::Power::On => Power::On,
            },
            inserting: cpu.inserting,
            removing: cpu.removing,
            ost: cpu.ost.map(|(source, status)| Ost::new(source, status)),
            operation: cpu.operation.map(|operation| operation.id.get()),
        }
    }
}
