//! The body of `vm.create`: Cloud Hypervisor's `VmConfig`, and Hotcore's own keys under `hotcore`.
//!
//! What is named here is understood. What else the dialect has is kept as it came, in `others`, so that the
//! server can tell what this VMM does not have from what nobody has.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Fields by their names, as they came.
pub type Others = BTreeMap<String, Value>;

/// A machine, as asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VmConfig {
    /// What it boots.
    pub payload: PayloadConfig,
    /// Its CPUs; one without this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpus: Option<CpusConfig>,
    /// Its RAM; 512 MiB without this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<MemoryConfig>,
    /// Where the output of its console goes; where the VMM was started to put it without this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<ConsoleConfig>,
    /// A second console, which there is none of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub console: Option<ConsoleConfig>,
    /// Where its random numbers come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rng: Option<RngConfig>,
    /// What only Hotcore has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotcore: Option<HotcoreConfig>,
    /// Everything else.
    #[serde(flatten)]
    pub others: Others,
}

/// What a machine boots.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PayloadConfig {
    /// The kernel image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<PathBuf>,
    /// The initial RAM file system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initramfs: Option<PathBuf>,
    /// The kernel's command line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cmdline: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub others: Others,
}

/// How many CPUs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CpusConfig {
    /// Enabled at boot.
    pub boot_vcpus: u32,
    /// Possible.
    pub max_vcpus: u32,
    /// How they are arranged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topology: Option<TopologyConfig>,
    /// Everything else.
    #[serde(flatten)]
    pub others: Others,
}

/// How CPUs are arranged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopologyConfig {
    /// Threads of a core.
    pub threads_per_core: u32,
    /// Cores of a die.
    pub cores_per_die: u32,
    /// Dies of a package.
    pub dies_per_package: u32,
    /// Packages.
    pub packages: u32,
    /// Everything else.
    #[serde(flatten)]
    pub others: Others,
}

/// How much RAM.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MemoryConfig {
    /// Bytes.
    pub size: u64,
    /// Bytes that could be added later. It may be asked for and is not there: `vm.info` does not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotplug_size: Option<u64>,
    /// How they would be added.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotplug_method: Option<HotplugMethod>,
    /// Whether other processes may map it, of which there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<bool>,
    /// Everything else.
    #[serde(flatten)]
    pub others: Others,
}

/// How RAM would be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum HotplugMethod {
    /// As memory devices of ACPI.
    Acpi,
    /// By virtio-mem.
    VirtioMem,
}

/// Where a console is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConsoleConfig {
    /// What kind of place.
    pub mode: ConsoleMode,
    /// The file, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// Everything else.
    #[serde(flatten)]
    pub others: Others,
}

/// What kind of place a console is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ConsoleMode {
    /// Nowhere.
    Off,
    /// A terminal of its own.
    Pty,
    /// The VMM's terminal.
    Tty,
    /// A file.
    File,
    /// A Unix socket.
    Socket,
    /// Nowhere.
    Null,
}

/// Where random numbers come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RngConfig {
    /// A file; the guest's generator is seeded from the host's at each boot, whichever of its names this is.
    #[serde(default)]
    pub src: PathBuf,
    /// Everything else.
    #[serde(flatten)]
    pub others: Others,
}

/// What only Hotcore has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct HotcoreConfig {
    /// Whether CPUs that are enabled at boot can be removed.
    #[serde(default)]
    pub removable: RemovableConfig,
    /// How the guest learns about its machine.
    #[serde(default)]
    pub firmware: FirmwareConfig,
    /// How its operating system starts CPUs.
    #[serde(default)]
    pub cpu_start: CpuStartConfig,
    /// Whether the machine ends where the guest resets itself.
    #[serde(default)]
    pub no_reboot: bool,
    /// A way to break the guest contract on purpose, by its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub others: Others,
}

/// Whether CPUs that are enabled at boot can be removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RemovableConfig {
    /// As the kernel's version allows.
    #[default]
    Auto,
    /// They can, but for CPU 0.
    Yes,
    /// They cannot.
    No,
}

/// How a guest learns about its machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FirmwareConfig {
    /// ACPI tables.
    #[default]
    Acpi,
    /// A device tree. There is no CPU hotplug then.
    Dt,
}

/// How a guest's operating system starts CPUs other than the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CpuStartConfig {
    /// By PSCI.
    #[default]
    Psci,
    /// By the ACPI parking protocol. Takes the firmware `acpi`.
    Parking,
    /// By a device tree's spin-table. Takes the firmware `dt`.
    SpinTable,
}
