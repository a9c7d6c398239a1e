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
    /// How fast the software engine is, next to QEMU's emulator.
    Engine,
    /// What adding and removing CPUs over and over leaves behind.
    Cycles,
    /// How quickly clients are answered, alone, in a crowd, and while a large machine is made.
    Control,
    /// How long a CPU takes through a mailbox, next to PSCI.
    Parking,
}

impl Bench {
    /// Every one.
    pub const EVERY: [Self; 7] = [
        Self::Hotplug,
        Self::Density,
        Self::Start,
        Self::Engine,
        Self::Cycles,
        Self::Control,
        Self::Parking,
    ];

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
            Self::Engine => "engine",
            Self::Cycles => "cycles",
            Self::Control => "control",
            Self::Parking => "parking",
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
        /// The machine, as its device tree names it (`linux,dummy-virt` is QEMU's), else its
        /// architecture.
        board: String,
        /// What executes the guests: `kvm` or `soft`.
        engine: String,
    },
    /// What has to be known to judge what follows.
    Remark {
        /// A sentence.
        text: String,
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
    /// An emulator booted a guest to its init's first line, and had it power itself off.
    Boot {
        /// Which round, from 1.
        round: u32,
        /// Who.
        emulator: Emulator,
        /// How many CPUs the guest has.
        vcpus: u16,
        /// How long what took.
        #[serde(flatten)]
        boot: Boot,
        /// What the emulator had when the line came.
        #[serde(flatten)]
        footprint: Footprint,
    },
    /// A guest brought a CPU up, and gave it back to the firmware.
    Parking {
        /// Which round, from 1.
        round: u32,
        /// How: `psci`, `parking` or `spin-table`.
        by: String,
        /// Until the CPU had answered, by the guest's clock.
        wake_us: u64,
        /// Until the guest knew that the firmware has it.
        return_us: u64,
    },
    /// An emulator executed a loop.
    Loop {
        /// Which round, from 1.
        round: u32,
        /// Who.
        emulator: Emulator,
        /// How many instructions the loop is.
        instructions: u64,
        /// CPU time of the whole process.
        cpu_us: u64,
    },
    /// A CPU was added and removed, so many times so far. One runs.
    Cycles {
        /// How many times.
        cycles: u32,
        /// Since the first was begun.
        at_us: u64,
        /// What the VMM has.
        #[serde(flatten)]
        footprint: Footprint,
    },
    /// One client asked the same again and again over one connection, while the guest worked.
    RoundTrips {
        /// Which round, from 1.
        round: u32,
        /// Through which door.
        door: Door,
        /// What it asked.
        query: String,
        /// How many answers it had.
        answers: u64,
        /// In how long.
        during_us: u64,
    },
    /// Many clients asked and resized at once, while the guest worked.
    Crowd(Crowd),
    /// Machines were made and deleted one after the other, and somebody pinged their VMM meanwhile, every
    /// millisecond.
    Pings {
        /// Which round, from 1.
        round: u32,
        /// How many CPUs a machine can have.
        max: u16,
        /// How long `vm.create` took to be answered.
        creations: Latencies,
        /// How long the pings took, from when each was due.
        pings: Latencies,
    },
    /// It could not be measured.
    Failed {
        /// Why.
        why: String,
    },
}

/// What a VMM process has, the guest's RAM left out.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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

/// A way to command a VMM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Door {
    /// HTTP.
    Rest,
    /// QEMU's machine protocol.
    Qmp,
}

/// What became of many clients at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crowd {
    /// How many clients.
    pub clients: u32,
    /// For how long.
    pub during_us: u64,
    /// What they asked: queries, and requests to add and to remove CPUs.
    pub asked: u64,
    /// How many of those were answered.
    pub answered: u64,
    /// What of the answers told that it cannot be now: the guest was ejecting a CPU, say.
    pub declined: u64,
    /// How long they waited for their answers.
    pub latencies: Latencies,
    /// Operations that were begun.
    pub begun: u64,
    /// How many of those ended.
    pub ended: u64,
    /// Whether the guest had the CPUs online that were enabled, in the end.
    pub consistent: bool,
}

/// How long many things took.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latencies {
    /// How many there were.
    pub count: u64,
    /// Half of them took at most this.
    pub median_us: u64,
    /// 99 of 100 took at most this.
    pub p99_us: u64,
    /// All of them took at most this.
    pub max_us: u64,
}

impl Latencies {
    /// Sums up times in microseconds.
    pub fn of(mut times: Vec<u64>) -> Self {
        times.sort_unstable();
        // The smallest that at least so many percent do not exceed.
        let percent = |percent: usize| {
            let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
            times.get(place).copied().unwrap_or(0)
        };
        Self {
            count: times.len() as u64,
            median_us: percent(50),
            p99_us: percent(99),
            max_us: percent(100),
        }
    }
}

/// How long a start took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// From the start of the process to the guest's first instruction.
    pub first_instruction_us: u64,
    /// What of it the engine took to create the VM and all possible vCPUs.
    pub engine_us: u64,
}

/// Who emulates arm64 CPUs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Emulator {
    /// Our software engine.
    Hotcore,
    /// QEMU's TCG.
    Qemu,
}

/// How long a boot took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boot {
    /// From the start of the process to the first line of the guest's init.
    pub ready_us: u64,
    /// CPU time of the whole process, power-off included.
    pub cpu_us: u64,
    /// What all vCPUs executed in it, where that is counted.
    pub instructions: Option<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        assert_eq!(Latencies::of(vec![]), Latencies::default());
        let one = Latencies { count: 1, median_us: 7, p99_us: 7, max_us: 7 };
        assert_eq!(Latencies::of(vec![7]), one);
        let many = Latencies { count: 200, median_us: 100, p99_us: 198, max_us: 200 };
        assert_eq!(Latencies::of((1..=200).rev().collect()), many);
    }
}
