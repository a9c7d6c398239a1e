//! The guest's software: its files, and what its kernel can do about hotplug.

use super::BootError;
use crate::config::{CpusConfig, Firmware, MachineConfig, Removable};
use crate::kernel::{Initramfs, KernelImage, LinuxVersion};

/// The first Linux whose arm64 guests can add CPUs: it knows "Online Capable" of the MADT.
const FIRST_WITH_HOTPLUG: (u32, u32) = (6, 11);

/// The files of a guest, open for as long as the machine lives, so that a reset loads the same ones.
pub(crate) struct Guest {
    pub(super) kernel: KernelImage,
    pub(super) initramfs: Option<Initramfs>,
    version: Option<LinuxVersion>,
    cpus: CpusConfig,
    firmware: Firmware,
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
        Ok(Self { kernel, initramfs, version, cpus: config.cpus, firmware: config.firmware })
    }

    /// Whether CPUs that are enabled at boot are described so that they can be removed.
    pub(crate) fn removable(&self) -> bool {
        if self.firmware == Firmware::DeviceTree {
            return false;
        }
        match self.cpus.removable {
            Removable::Yes => true,
            Removable::No => false,
            Removable::Auto => self.knows_hotplug(),
        }
    }

    /// The release that the kernel names, such as "6.12.43-cloud-arm64".
    pub(crate) fn version(&self) -> Option<String> {
        let banner = &self.version.as_ref()?.banner;
        banner.split_whitespace().nth(2).map(str::to_owned)
    }

    /// What a person should know before the guest boots.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let CpusConfig { boot, max, removable } = self.cpus;
        let (major, minor) = FIRST_WITH_HOTPLUG;
        if self.firmware == Firmware::DeviceTree || self.knows_hotplug() || max == 1 {
            return Vec::new();
        }
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

    fn knows_hotplug(&self) -> bool {
        let (major, minor) = FIRST_WITH_HOTPLUG;
        self.version.as_ref().is_some_and(|version| version.is_at_least(major, minor))
    }
}
