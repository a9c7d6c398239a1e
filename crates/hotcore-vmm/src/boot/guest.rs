//! The guest's software: its files, and what its kernel can do about hotplug.

use super::BootError;
use crate::config::{CpuStart, CpusConfig, Firmware, MachineConfig, Removable};
use crate::kernel::{Initramfs, KernelImage, LinuxVersion};

/// The first Linux whose arm64 guests can add CPUs: it knows "Online Capable" of the MADT.
const FIRST_WITH_HOTPLUG: (u32, u32) = (6, 11);

/// The first Linux that brings up by itself only CPUs which the MADT calls Enabled. One that is Online
/// Capable and enabled at boot is registered, but waits for a rule in user space like a hot-added one
/// (guest contract, second table: `present`).
const FIRST_THAT_WAITS: (u32, u32) = (7, 2);

/// The files of a guest, open for as long as the machine lives, so that a reset loads the same ones.
pub(crate) struct Guest {
    pub(super) kernel: KernelImage,
    pub(super) initramfs: Option<Initramfs>,
    version: Option<LinuxVersion>,
    cpus: CpusConfig,
    firmware: Firmware,
    cpu_start: CpuStart,
}

impl Guest {
    pub(crate) fn open(config: &MachineConfig) -> Result<Self, BootError> {
        if config.cmdline.contains('\0') {
            return Err(BootError::CommandLine);
        }
        let kernel = KernelImage::open(&config.kernel)?;
        if config.firmware == Firmware::Acpi {
            kernel.require_linux()?;
        }
        let initramfs = config.initramfs.as_ref().map(Initramfs::open).transpose()?;
        let version = kernel.linux_version();
        let MachineConfig { cpus, firmware, cpu_start, .. } = *config;
        Ok(Self { kernel, initramfs, version, cpus, firmware, cpu_start })
    }

    /// Whether CPUs that are enabled at boot are described so that they can be removed.
    pub(crate) fn removable(&self) -> bool {
        if self.firmware == Firmware::DeviceTree {
            return false;
        }
        match self.cpus.removable {
            Removable::Yes => true,
            Removable::No => false,
            // Linux gives back only a CPU that it started by PSCI.
            Removable::Auto if self.cpu_start != CpuStart::Psci => false,
            // That boot=N CPUs run when the guest has booted matters more than that they can go.
            Removable::Auto => {
                self.is_at_least(FIRST_WITH_HOTPLUG) && !self.is_at_least(FIRST_THAT_WAITS)
            }
        }
    }

    /// The release that the kernel names, such as "6.12.43-cloud-arm64".
    pub(crate) fn version(&self) -> Option<String> {
        let banner = &self.version.as_ref()?.banner;
        banner.split_whitespace().nth(2).map(str::to_owned)
    }

    /// What a person should know before the guest boots.
    pub(crate) fn warnings(&self) -> Vec<String> {
        if self.cpu_start != CpuStart::Psci {
            return self.warnings_of_mailboxes();
        }
        if self.firmware == Firmware::DeviceTree || self.cpus.max == 1 {
            return Vec::new();
        }
        if self.is_at_least(FIRST_WITH_HOTPLUG) {
            self.warnings_of_waiting().into_iter().collect()
        } else {
            self.warnings_of_an_old_kernel()
        }
    }

    /// Linux knows one direction only: it starts CPUs through mailboxes and takes them for its own then.
    fn warnings_of_mailboxes(&self) -> Vec<String> {
        let (CpusConfig { boot, max, .. }, name) = (self.cpus, self.cpu_start.name());
        if self.version.is_none() {
            return Vec::new();
        }
        let mut warnings = vec![format!(
            "with cpu-start={name} Linux has no PSCI: it cannot power the machine off, reset it, or take \
             a CPU offline; end the machine by `hotcore ctl shutdown` or Ctrl-A x"
        )];
        if max > boot {
            warnings.push(format!(
                "with cpu-start={name} Linux registers CPUs that are added, and cannot bring them up"
            ));
        }
        let (major, minor) = FIRST_THAT_WAITS;
        if max > boot && !self.is_at_least(FIRST_THAT_WAITS) {
            let disabled = max - boot;
            warnings.push(format!(
                "Linux before {major}.{minor} waits 5 seconds at boot for each of the {disabled} CPUs that \
                 are not enabled (the parking protocol has no way to say no)"
            ));
        }
        warnings
    }

    fn warnings_of_an_old_kernel(&self) -> Vec<String> {
        let CpusConfig { boot, max, removable } = self.cpus;
        let (major, minor) = FIRST_WITH_HOTPLUG;
        let kernel = match self.version() {
            Some(version) => format!("the kernel is Linux {version}, older than {major}.{minor}"),
            None => "the kernel does not say which version it is".to_owned(),
        };
        let mut warnings = Vec::new();
        if max > boot {
            warnings.push(format!("{kernel}: expect that no CPU can be added to this guest"));
        }
        if removable == Removable::Yes && boot > 1 {
            warnings.push(format!(
                "{kernel}: with removable=yes expect that it sees only CPU 0 of its {boot} CPUs"
            ));
        }
        warnings
    }

    fn warnings_of_waiting(&self) -> Option<String> {
        let CpusConfig { boot, removable, .. } = self.cpus;
        if boot == 1 || !self.is_at_least(FIRST_THAT_WAITS) {
            return None;
        }
        let last = boot - 1;
        let (major, minor) = FIRST_THAT_WAITS;
        match removable {
            Removable::Auto => Some(format!(
                "Linux from {major}.{minor} on brings up by itself only CPUs that cannot be removed, \
                 so CPUs 1 to {last} are fixed; with removable=yes they are not, and a rule in the \
                 guest has to bring them up"
            )),
            Removable::Yes => Some(format!(
                "Linux from {major}.{minor} on leaves CPUs 1 to {last} off until a rule in the guest \
                 brings them up, because they are removable"
            )),
            Removable::No => None,
        }
    }

    fn is_at_least(&self, (major, minor): (u32, u32)) -> bool {
        self.version.as_ref().is_some_and(|version| version.is_at_least(major, minor))
    }
}
