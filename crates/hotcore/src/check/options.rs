//! `hotcore check`: what can be typed.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;
use hotcore_vmm::Fault;

use crate::engine::EngineChoice;

/// What is said after the options in `--help`.
pub(crate) const HELP: &str = "\
Each line is a behaviour of the guest contract by its number: pass, FAIL or n/a, and what was seen.

Another VMM: --vmm 'COMMAND ...', split at spaces, with these words replaced:
  {kernel}   the probe, an arm64 Linux Image
  {boot}     CPUs that are enabled at boot
  {max}      CPUs that are possible
  {cmdline}  the kernel's command line, which the probe does not read
  {api}      a path for a socket with Hotcore's REST; without it and {qmp}, no CPU is added or removed
  {qmp}      a path for a socket with QMP: device_add and device_del of CPUs as QEMU has them
The guest's console is the command's standard input and output, or with --console unix:PATH a socket that the
VMM makes at {console}, and on which it waits for us before the guest begins. Example, a VMM without CPU hotplug:
  hotcore check --kernel-probe hotcore-probe --vmm 'qemu-system-aarch64 -machine virt,gic-version=3
    -cpu max -smp {boot} -m 512M -nographic -nic none -kernel {kernel}'

Exit status:
  0      no behaviour failed
  1      a behaviour failed, or nothing could be checked
  2      the command line is wrong
  128+N  ended by signal N";

/// `hotcore check`.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The conformance guest (`cargo xtask probe` builds it)
    #[arg(long, value_name = "IMAGE")]
    pub(super) kernel_probe: PathBuf,
    /// What executes the guest
    #[arg(long, value_enum, default_value_t = EngineChoice::Auto, conflicts_with = "vmm")]
    pub(super) engine: EngineChoice,
    /// Only these behaviours
    #[arg(long, value_name = "NUMBER,...", value_delimiter = ',')]
    pub(super) only: Vec<String>,
    /// Print the report as JSON
    #[arg(long, conflicts_with = "markdown")]
    pub(super) json: bool,
    /// Print the report as a table of Markdown
    #[arg(long)]
    pub(super) markdown: bool,
    /// Another VMM's command line
    #[arg(long, value_name = "COMMAND")]
    pub(super) vmm: Option<String>,
    /// Where that has the guest's console
    #[arg(long, value_name = "stdio|unix:PATH", default_value = "stdio", requires = "vmm")]
    pub(super) console: String,
    /// Break the contract on purpose, to see that it is noticed
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with = "vmm",
        value_parser = PossibleValuesParser::new(Fault::NAMES.iter().map(|(name, _)| *name))
    )]
    pub(super) fault: Option<String>,
    /// How often a CPU is handed back where that is repeated (behaviours 92 and 100)
    #[arg(long, value_name = "N", default_value = "50")]
    pub(super) cycles: u32,
}

impl Check {
    /// Whether a behaviour of this number, such as `92` or `92 (spin-table)`, is wanted.
    pub(super) fn wants(&self, number: &str) -> bool {
        let plain = number.split(' ').next().unwrap_or(number);
        self.only.is_empty() || self.only.iter().any(|only| only == plain || only == number)
    }
}
