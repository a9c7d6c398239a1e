//! What a machine is asked to be, and whether it can be.

use std::path::PathBuf;

use hotcore_acpi::Deviation;
use hotcore_devices::HotplugFault;
use hotcore_engine::trace::Trace;
use hotcore_vcpu::MAX_VCPUS;

use crate::layout;

/// A machine, as asked for.
#[derive(Debug, Clone)]
pub struct MachineConfig {
    /// The kernel image.
    pub kernel: PathBuf,
    /// The initial RAM file system.
    pub initramfs: Option<PathBuf>,
    /// The kernel's command line.
    pub cmdline: String,
    /// The CPUs.
    pub cpus: CpusConfig,
    /// Bytes of RAM.
    pub memory_size: u64,
    /// How the guest learns about its machine.
    pub firmware: Firmware,
    /// Where the output of its console goes.
    pub serial: Serial,
    /// A way to break the contract on purpose.
    pub fault: Option<Fault>,
    /// Whether it ends where the guest resets itself, instead of starting it again.
    pub end_at_reset: bool,
    /// What is traced of what its vCPUs do.
    pub trace: Option<Trace>,
    /// Whether a debugger will look into it. Its guest executes nothing before the debugger says so.
    pub debug: bool,
}

/// How many CPUs, and which of them can go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CpusConfig {
    /// Enabled at boot.
    pub boot: u16,
    /// Possible.
    pub max: u16,
    /// Whether those enabled at boot can be removed.
    pub removable: Removable,
}

/// Whether CPUs that are enabled at boot (but never CPU 0) can be removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Removable {
    /// As the kernel's version allows: they can where the kernel both knows how (from Linux 6.11 on)
    /// and brings them up at boot all the same (before 7.2).
    #[default]
    Auto,
    /// They are described as Online Capable. Guests that do not know that do not see them.
    Yes,
    /// They are described as Enabled, and fixed.
    No,
}

/// How the guest learns about its machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Firmware {
    /// ACPI tables through a synthesised EFI hand-off.
    #[default]
    Acpi,
    /// A device tree. There is no CPU hotplug then.
    DeviceTree,
}

/// Where the output of a guest's console goes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Serial {
    /// Where the VMM was started to put it.
    #[default]
    Vmm,
    /// Nowhere.
    Nowhere,
    /// Into this regular file, whose contents it replaces.
    File(PathBuf),
}

/// A way in which a machine breaks the contract on purpose, for authors of operating systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// In what the tables say.
    Tables(Deviation),
    /// In what the registers do.
    Registers(HotplugFault),
    /// In what the firmware answers: CPU_ON is denied for every CPU.
    DenyCpuOn,
}

impl Fault {
    /// Every fault by the name that a person types.
    pub const NAMES: [(&str, Self); 8] = [
        ("ignore-eject", Self::Registers(HotplugFault::IgnoreEject)),
        ("hide-enabled", Self::Registers(HotplugFault::HideEnabled)),
        ("deny-cpu-on", Self::DenyCpuOn),
        ("not-present-after-eject", Self::Tables(Deviation::StaNotPresentAfterEject)),
        ("gicc-redistributors", Self::Tables(Deviation::GiccRedistributors)),
        ("no-boot-cpu-device", Self::Tables(Deviation::NoBootCpuDevice)),
        ("duplicate-uid", Self::Tables(Deviation::DuplicateUid)),
        ("nested-containers", Self::Tables(Deviation::NestedContainers)),
    ];

    pub(crate) fn tables(self) -> Option<Deviation> {
        if let Self::Tables(deviation) = self { Some(deviation) } else { None }
    }

    pub(crate) fn registers(self) -> Option<HotplugFault> {
        if let Self::Registers(fault) = self { Some(fault) } else { None }
    }
}

/// Why a machine cannot be as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// No CPU at boot.
    #[error("--cpus boot=0: a machine boots with at least one CPU")]
    NoBootCpu,
    /// More than can be possible, or none.
    #[error("--cpus max={0}: a machine has between 1 and {MAX_VCPUS} possible CPUs")]
    MaxOutOfRange(u32),
    /// More at boot than possible.
    #[error("--cpus boot={boot},max={max}: boot cannot be larger than max")]
    BootAboveMax {
        /// As asked.
        boot: u32,
        /// As asked.
        max: u32,
    },
    /// Hotplug asked of a device tree.
    #[error(
        "--firmware dt has no CPU hotplug: boot={boot} and max={max} have to be equal (or use --firmware acpi)"
    )]
    DeviceTreeHotplug {
        /// As asked.
        boot: u16,
        /// As asked.
        max: u16,
    },
    /// RAM too small, too large or not in whole pages.
    #[error(
        "--memory size={0}: between {min} MiB and {max} GiB in whole MiB are possible",
        min = layout::RAM_SIZE_MIN >> 20,
        max = layout::RAM_SIZE_MAX >> 30
    )]
    MemorySize(u64),
}

impl MachineConfig {
    /// A machine that boots `kernel` on these CPUs; the rest as `hotcore run` has it where nothing else is
    /// asked: 512 MiB, ACPI, the console of the VMM.
    pub fn new(kernel: PathBuf, cpus: CpusConfig) -> Self {
        Self {
            kernel,
            initramfs: None,
            cmdline: String::new(),
            cpus,
            memory_size: 512 << 20,
            firmware: Firmware::default(),
            serial: Serial::Vmm,
            fault: None,
            end_at_reset: false,
            trace: None,
            debug: false,
        }
    }

    /// Checks everything that can be checked without looking at files or the host.
    pub fn validate(&self) -> Result<(), ConfigError> {
        self.cpus.validate()?;
        let CpusConfig { boot, max, .. } = self.cpus;
        if self.firmware == Firmware::DeviceTree && boot != max {
            return Err(ConfigError::DeviceTreeHotplug { boot, max });
        }
        let size = self.memory_size;
        let in_range = (layout::RAM_SIZE_MIN..=layout::RAM_SIZE_MAX).contains(&size);
        if !in_range || !size.is_multiple_of(1 << 20) {
            return Err(ConfigError::MemorySize(size));
        }
        Ok(())
    }
}

impl CpusConfig {
    fn validate(self) -> Result<(), ConfigError> {
        let Self { boot, max, .. } = self;
        if max == 0 || max > MAX_VCPUS {
            return Err(ConfigError::MaxOutOfRange(max.into()));
        }
        if boot == 0 {
            return Err(ConfigError::NoBootCpu);
        }
        if boot > max {
            return Err(ConfigError::BootAboveMax { boot: boot.into(), max: max.into() });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(boot: u16, max: u16) -> MachineConfig {
        let cpus = CpusConfig { boot, max, removable: Removable::Auto };
        MachineConfig::new("Image".into(), cpus)
    }

    #[test]
    fn b036_impossible_cpu_counts_are_refused() {
        assert_eq!(config(0, 4).validate(), Err(ConfigError::NoBootCpu));
        assert_eq!(config(1, 0).validate(), Err(ConfigError::MaxOutOfRange(0)));
        assert_eq!(config(1, 513).validate(), Err(ConfigError::MaxOutOfRange(513)));
        assert_eq!(config(5, 4).validate(), Err(ConfigError::BootAboveMax { boot: 5, max: 4 }));
        assert_eq!(config(1, 512).validate(), Ok(()));
    }

    #[test]
    fn a_device_tree_has_no_hotplug_and_says_so() {
        let mut asked = config(1, 2);
        asked.firmware = Firmware::DeviceTree;
        assert_eq!(asked.validate(), Err(ConfigError::DeviceTreeHotplug { boot: 1, max: 2 }));
        asked.cpus.boot = 2;
        assert_eq!(asked.validate(), Ok(()));
    }

    #[test]
    fn memory_has_bounds() {
        for size in [0, 4096, (512 << 20) + 1, u64::MAX] {
            let mut asked = config(1, 1);
            asked.memory_size = size;
            assert_eq!(asked.validate(), Err(ConfigError::MemorySize(size)));
        }
    }
}
