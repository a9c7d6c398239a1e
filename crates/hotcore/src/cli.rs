//! What can be typed: the command line, and a machine's configuration made of it.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use hotcore_vmm::{CpusConfig, Fault, Firmware, MachineConfig};

use crate::options::{cpus, memory, serial};
use crate::status;

/// Run a guest whose CPUs come and go.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Boot a guest and run it on this terminal until it ends
    #[command(after_help = status::OF_RUN)]
    Run(Run),
}

/// `hotcore run`.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// Kernel: an arm64 Linux Image, or with --firmware dt also a flat binary
    #[arg(long, value_name = "IMAGE")]
    kernel: PathBuf,
    /// Initial RAM file system
    #[arg(long, value_name = "FILE")]
    initramfs: Option<PathBuf>,
    /// The kernel's command line
    #[arg(long, value_name = "STRING", default_value = "", hide_default_value = true)]
    cmdline: String,
    /// CPUs enabled at boot, CPUs there can ever be, and whether those enabled at boot can be
    /// removed (auto: where the kernel can do it, from Linux 6.11 on)
    #[arg(
        long,
        value_name = "boot=N,max=M[,removable=auto|yes|no]",
        default_value = "boot=1,max=1",
        value_parser = cpus::parse
    )]
    cpus: CpusConfig,
    /// RAM; K, M and G are powers of 1024
    #[arg(
        long,
        value_name = "size=BYTES[K|M|G]",
        default_value = "size=512M",
        value_parser = memory::parse
    )]
    memory: memory::Size,
    /// What executes the guest
    #[arg(long, value_enum, default_value_t = EngineChoice::Auto)]
    pub(crate) engine: EngineChoice,
    /// How the guest learns about its machine. A device tree has no CPU hotplug
    #[arg(long, value_enum, default_value_t = FirmwareChoice::Acpi)]
    firmware: FirmwareChoice,
    /// The guest's console: this terminal, nowhere, or output to a file
    #[arg(
        long,
        value_name = "tty|null|file=PATH",
        default_value = "tty",
        value_parser = serial::parse
    )]
    pub(crate) serial: serial::Serial,
    /// End where the guest resets itself, instead of starting it again
    #[arg(long)]
    pub(crate) no_reboot: bool,
    /// Break the guest contract on purpose, for authors of operating systems who want to see how
    /// theirs takes it
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(fault_names()))]
    fault: Option<String>,
}

/// What executes the guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineChoice {
    /// The best that this host has
    Auto,
    /// KVM, on arm64 hosts
    Kvm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FirmwareChoice {
    /// ACPI tables
    Acpi,
    /// Device tree
    Dt,
}

impl Run {
    /// The machine that is asked for.
    pub(crate) fn machine(&self) -> MachineConfig {
        MachineConfig {
            kernel: self.kernel.clone(),
            initramfs: self.initramfs.clone(),
            cmdline: self.cmdline.clone(),
            cpus: self.cpus,
            memory_size: self.memory.bytes,
            firmware: match self.firmware {
                FirmwareChoice::Acpi => Firmware::Acpi,
                FirmwareChoice::Dt => Firmware::DeviceTree,
            },
            fault: self.fault.as_deref().and_then(fault),
        }
    }
}

fn fault_names() -> impl Iterator<Item = &'static str> {
    Fault::NAMES.iter().map(|(name, _)| *name)
}

fn fault(name: &str) -> Option<Fault> {
    Fault::NAMES.iter().find(|(known, _)| *known == name).map(|(_, fault)| *fault)
}
