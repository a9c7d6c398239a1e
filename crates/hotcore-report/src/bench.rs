//! What the benchmarks measure, sample by sample.

use serde::{Deserialize, Serialize};

use crate::Stages;

/// Which benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bench {
    /// How long adding and removing a CPU takes.
    Hotplug,
    /// What CPUs that do not run cost.
    Density,
    /// How long it takes until the guest runs.
    Start,
}

impl Bench {
    /// Every one.
    pub const EVERY: [Self; 3] = [Self::Hotplug, Self::Density, Self::Start];

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::EVERY.into_iter().find(|bench| bench.name() == name)
    }

    /// Its name, as a person types it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Hotplug => "hotplug",
            Self::Density => "density",
            Self::Start => "start",
        }
    }
}

/// One measurement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "sample", rename_all = "kebab-case")]
pub enum Sample {
    /// Where what follows is measured.
    Place {
        /// The host's Linux.
        kernel: String,
        /// How many CPUs it has.
        cpus: u64,
        /// The machine, as its device tree names it: `linux,dummy-virt` is QEMU's.
        board: String,
    },
    /// A CPU was added, and removed again.
    Hotplug {
        /// Which round, from 1.
        round: u32,
        /// Added.
        add: Stages,
        /// Removed.
        remove: Stages,
    },
    /// A VMM's resources, its guest being up and idle.
    Density {
        /// Which round, from 1.
        round: u32,
        /// How many CPUs are possible; one runs.
        max: u16,
        /// What the VMM has.
        #[serde(flatten)]
        footprint: Footprint,
    },
    /// A VMM was started.
    Start {
        /// Which round, from 1.
        round: u32,
        /// How many CPUs are possible.
        max: u16,
        /// How long what took.
        #[serde(flatten)]
        start: Start,
    },
    /// It could not be measured.
    Failed {
        /// Why.
        why: String,
    },
}

/// What a VMM process has, the guest's RAM left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footprint {
    /// Resident memory in KiB (`Rss` of `/proc/PID/smaps`).
    pub resident_kib: u64,
    /// What of it is anonymous: heap, stacks (`Anonymous`).
    pub anonymous_kib: u64,
    /// Resident memory in KiB, shared pages shared out (`Pss`).
    pub proportional_kib: u64,
    /// Threads.
    pub threads: u64,
    /// Open file descriptors.
    pub descriptors: u64,
    /// Resident memory of the guest's RAM in KiB, which is in none of the above.
    pub guest_kib: u64,
}

/// How long a start took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// From the start of the process to the guest's first instruction.
    pub first_instruction_us: u64,
    /// What of it the engine took to create the VM and all possible vCPUs.
    pub engine_us: u64,
}
