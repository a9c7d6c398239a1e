//! What can be typed: the command line, and a machine's configuration made of it.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Args, Parser, Subcommand};
use hotcore_engine::trace::TraceKinds;
use hotcore_vmm::{CpusConfig, Fault, MachineConfig, Serial};

use crate::autoscale::{self, Autoscale};
use crate::check::{self, Check};
use crate::doors::DoorsArgs;
use crate::engine::EngineChoice;
use crate::logging::LogArgs;
use crate::options::trace::{self, TraceKind};
use crate::options::{cpus, firmware, gdb, memory, seconds, serial};
use crate::status;
use crate::top::{self, Top};

/// Run a guest whose CPUs come and go.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// Without a command.
    #[command(flatten)]
    pub(crate) serve: Serve,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}

/// `hotcore` without a command: a VMM that waits for clients.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    #[command(flatten)]
    pub(crate) doors: DoorsArgs,
    /// What executes guests
    #[arg(long, value_enum, default_value_t = EngineChoice::Auto)]
    pub(crate) engine: EngineChoice,
    /// Where guests print to: this terminal, nowhere, or a file
    #[arg(
        long,
        value_name = "tty|null|file=PATH",
        default_value = "null",
        value_parser = serial::parse
    )]
    pub(crate) serial: serial::Serial,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Boot a guest and run it on this terminal until it ends
    #[command(after_help = status::OF_RUN)]
    Run(Run),
    /// Look at a running machine, and add and remove its CPUs
    #[command(after_help = status::OF_CTL)]
    Ctl(Ctl),
    /// Show a machine's CPUs at work, live, and add and remove them by keys
    #[command(after_help = top::HELP)]
    Top(Top),
    /// Have a guest have as many CPUs as it uses
    #[command(after_help = autoscale::HELP)]
    Autoscale(Autoscale),
    /// Judge a VMM by the guest contract, behaviour by behaviour
    #[command(after_help = check::HELP)]
    Check(Check),
    /// Print a shell's completions of this command line
    #[command(
        after_help = "Example: hotcore completions bash > ~/.local/share/bash-completion/completions/hotcore"
    )]
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Write the manual's pages, one for each command
    Man {
        /// The folder to write them to
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
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
    /// removed (auto: Linux 6.11 to 7.1, which bring them up at boot all the same)
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
    /// How the guest learns about its machine (a device tree has no CPU hotplug), and how it starts
    /// CPUs: by PSCI, by ACPI's parking protocol, or by a device tree's spin-table
    #[arg(
        long,
        value_name = "acpi|dt[,cpu-start=psci|parking|spin-table]",
        default_value = "acpi",
        value_parser = firmware::parse
    )]
    firmware: firmware::Choice,
    #[command(flatten)]
    pub(crate) doors: DoorsArgs,
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
    no_reboot: bool,
    /// Break the guest contract on purpose, for authors of operating systems who want to see how
    /// theirs takes it
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(fault_names()))]
    fault: Option<String>,
    /// Write down what the CPUs do
    #[arg(
        long,
        value_name = "KIND,...",
        value_enum,
        value_delimiter = ',',
        requires = "trace_file"
    )]
    trace: Vec<TraceKind>,
    /// The file for that, a line for each event: microseconds, the CPU, what it did
    #[arg(long, value_name = "PATH", requires = "trace")]
    pub(crate) trace_file: Option<PathBuf>,
    /// The kernel's System.map, or a guest's /proc/kallsyms, for names of addresses. The slide of
    /// KASLR is found out
    #[arg(long, value_name = "FILE", requires = "trace")]
    pub(crate) symbols: Option<PathBuf>,
    /// Let gdb debug the guest, which waits for it: a Unix socket, or a port on this machine
    #[arg(long, value_name = "PATH|HOST:PORT", value_parser = gdb::parse)]
    pub(crate) gdb: Option<gdb::Place>,
}

const CREATE: &str = "\
Example: {\"payload\": {\"kernel\": \"/boot/vmlinuz\", \"cmdline\": \"console=ttyAMA0\"},
          \"cpus\": {\"boot_vcpus\": 1, \"max_vcpus\": 4}, \"memory\": {\"size\": 536870912}}
All fields are in the API's description: GET /api/v1/openapi.yaml.";

/// `hotcore ctl`.
#[derive(Debug, Args)]
pub(crate) struct Ctl {
    /// The socket that `hotcore run` was started with
    #[arg(long, value_name = "PATH", global = true)]
    pub(crate) api_socket: Option<PathBuf>,
    /// Print JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Ask, but do not wait for the guest
    #[arg(long, global = true)]
    pub(crate) no_wait: bool,
    /// How long the guest has to answer [default: 30]
    #[arg(long, value_name = "SECONDS", value_parser = seconds::parse, global = true)]
    pub(crate) timeout: Option<Duration>,
    /// How long the guest has to bring up a CPU after that [default: 5]
    #[arg(long, value_name = "SECONDS", value_parser = seconds::parse, global = true)]
    pub(crate) online_timeout: Option<Duration>,
    #[command(subcommand)]
    pub(crate) command: CtlCommand,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum CtlCommand {
    /// Show the machine and its CPUs
    Info,
    /// Have this many CPUs: adds the lowest that are missing, removes the highest there are
    Resize {
        /// How many
        #[arg(value_name = "N")]
        count: u32,
    },
    /// Add a CPU
    Add {
        /// Which
        #[arg(value_name = "I")]
        cpu: u16,
    },
    /// Remove a CPU
    Remove {
        /// Which
        #[arg(value_name = "I")]
        cpu: u16,
    },
    /// Take a request back that the guest has not noticed yet
    Cancel {
        /// The operation's id
        #[arg(value_name = "ID")]
        operation: u64,
    },
    /// Show the requests under way and the latest that ended
    Operations,
    /// Show what the vCPUs have done
    Counters,
    /// Say who serves the socket
    Ping,
    /// Have a VMM that has no machine make one
    #[command(after_help = CREATE)]
    Create {
        /// What it shall be, as JSON: the body of vm.create; `-` is standard input
        #[arg(value_name = "FILE")]
        config: PathBuf,
    },
    /// Start the guest of a machine that was made, or has ended
    Boot,
    /// Stop the vCPUs for a while
    Pause,
    /// Let them go on
    Resume,
    /// Start the guest again from the beginning, without asking it
    Reset,
    /// End the machine, without asking the guest, and its process
    Shutdown,
    /// End the machine, if it runs, and forget it; the process waits for the next
    Delete,
    /// Press the power button: the guest decides what follows
    PowerButton,
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
            firmware: self.firmware.firmware,
            cpu_start: self.firmware.cpu_start,
            serial: Serial::Vmm,
            fault: self.fault.as_deref().and_then(fault),
            end_at_reset: self.no_reboot,
            trace: None,
            debug: self.gdb.is_some(),
        }
    }

    /// What of its vCPUs is traced.
    pub(crate) fn trace_kinds(&self) -> TraceKinds {
        trace::kinds(&self.trace)
    }
}

fn fault_names() -> impl Iterator<Item = &'static str> {
    Fault::NAMES.iter().map(|(name, _)| *name)
}

fn fault(name: &str) -> Option<Fault> {
    Fault::NAMES.iter().find(|(known, _)| *known == name).map(|(_, fault)| *fault)
}
