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
    /// How its operating system starts CPUs.
    pub cpu_start: CpuStart,
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

/// How the guest's operating system starts CPUs other than the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CpuStart {
    /// By PSCI.
    #[default]
    Psci,
    /// By the ACPI parking protocol. Takes [`Firmware::Acpi`].
    Parking,
    /// By a device tree's spin-table. Takes [`Firmware::DeviceTree`].
    SpinTable,
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
    pub const NAMES: [(&str, Self); 9] = [
        ("ignore-eject", Self::Registers(HotplugFault::IgnoreEject)),
        ("hide-enabled", Self::Registers(HotplugFault::HideEnabled)),
        ("deny-cpu-on", Self::DenyCpuOn),
        ("not-present-after-eject", Self::Tables(Deviation::StaNotPresentAfterEject)),
        ("gicc-redistributors", Self::Tables(Deviation::GiccRedistributors)),
        ("no-boot-cpu-device", Self::Tables(Deviation::NoBootCpuDevice)),
        ("duplicate-uid", Self::Tables(Deviation::DuplicateUid)),
        ("nested-containers", Self::Tables(Deviation::NestedContainers)),
        ("mailboxes-beside-psci", Self::Tables(Deviation::MailboxesBesidePsci(layout::MAILBOXES))),
    ];

    /// What it is called where it is about PSCI, which not every machine has.
    fn of_psci(self) -> Option<&'static str> {
        match self {
            Self::DenyCpuOn => Some("deny-cpu-on"),
            Self::Tables(Deviation::MailboxesBesidePsci(_)) => Some("mailboxes-beside-psci"),
            Self::Tables(_) | Self::Registers(_) => None,
        }
    }

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
    /// A way to start CPUs that the guest cannot be told of.
    #[error(
        "--firmware {firmware} cannot describe cpu-start={cpu_start}: use --firmware \
         {other},cpu-start={cpu_start}, or cpu-start=psci",
        firmware = .firmware.name(),
        other = .firmware.other().name(),
        cpu_start = .cpu_start.name()
    )]
    CpuStart {
        /// As asked.
        firmware: Firmware,
        /// As asked.
        cpu_start: CpuStart,
    },
    /// A fault that is about PSCI, where there is none.
    #[error(
        "--fault {fault} takes a machine with PSCI: use cpu-start=psci instead of cpu-start={cpu_start}",
        cpu_start = .cpu_start.name()
    )]
    FaultNeedsPsci {
        /// What the fault that was asked for is called.
        fault: &'static str,
        /// As asked.
        cpu_start: CpuStart,
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
            cpu_start: CpuStart::default(),
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
        self.validate_cpu_start()?;
        let size = self.memory_size;
        let in_range = (layout::RAM_SIZE_MIN..=layout::RAM_SIZE_MAX).contains(&size);
        if !in_range || !size.is_multiple_of(1 << 20) {
            return Err(ConfigError::MemorySize(size));
        }
        Ok(())
    }

    fn validate_cpu_start(&self) -> Result<(), ConfigError> {
        let Self { firmware, cpu_start, fault, .. } = *self;
        match (cpu_start, firmware) {
            (CpuStart::Psci, _) => return Ok(()),
            (CpuStart::Parking, Firmware::Acpi) | (CpuStart::SpinTable, Firmware::DeviceTree) => {}
            _ => return Err(ConfigError::CpuStart { firmware, cpu_start }),
        }
        match fault.and_then(Fault::of_psci) {
            Some(fault) => Err(ConfigError::FaultNeedsPsci { fault, cpu_start }),
            None => Ok(()),
        }
    }
}

impl Firmware {
    /// Its name, as a person types it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Acpi => "acpi",
            Self::DeviceTree => "dt",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Acpi => Self::DeviceTree,
            Self::DeviceTree => Self::Acpi,
        }
    }
}

impl CpuStart {
    /// Every way by the name that a person types.
    pub const NAMES: [(&str, Self); 3] =
        [("psci", Self::Psci), ("parking", Self::Parking), ("spin-table", Self::SpinTable)];

    /// Its name, as a person types it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Psci => "psci",
            Self::Parking => "parking",
            Self::SpinTable => "spin-table",
        }
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
    fn a_way_to_start_cpus_takes_the_firmware_that_can_describe_it() {
        let check = |firmware, cpu_start| {
            MachineConfig { firmware, cpu_start, ..config(2, 2) }
                .validate()
                .map_err(|e| e.to_string())
        };
        assert_eq!(check(Firmware::Acpi, CpuStart::Parking), Ok(()));
        assert_eq!(check(Firmware::DeviceTree, CpuStart::SpinTable), Ok(()));
        let refused = check(Firmware::Acpi, CpuStart::SpinTable).unwrap_err();
        assert!(refused.contains("use --firmware dt,cpu-start=spin-table"), "{refused}");
        let refused = check(Firmware::DeviceTree, CpuStart::Parking).unwrap_err();
        assert!(refused.contains("use --firmware acpi,cpu-start=parking"), "{refused}");
    }

    #[test]
    fn a_fault_of_psci_takes_psci() {
        let of_psci = Fault::NAMES.into_iter().filter(|(_, fault)| fault.of_psci().is_some());
        assert_eq!(of_psci.clone().count(), 2);
        for (fault, named) in of_psci {
            let mut asked = config(1, 2);
            asked.fault = Some(named);
            assert_eq!(asked.validate(), Ok(()));
            asked.cpu_start = CpuStart::Parking;
            let cpu_start = CpuStart::Parking;
            assert_eq!(asked.validate(), Err(ConfigError::FaultNeedsPsci { fault, cpu_start }));
        }
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
