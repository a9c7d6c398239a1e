//! `cargo xtask lab`: a shell or a command on an arm64 Linux with KVM.

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};

use super::{Engine, Host, Job, Lab, LabError, Streams, folder};
use crate::fetch::KernelVersion;
use crate::here;

/// What `cargo xtask lab` takes.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// A shell in the lab, on this terminal
    Shell {
        #[command(flatten)]
        options: Options,
    },
    /// Run one command in the lab and pass on its streams and its exit status
    Run {
        #[command(flatten)]
        options: Options,
        /// End the command, with an error, after so many seconds
        #[arg(long, value_name = "SECONDS")]
        timeout: Option<u64>,
        /// The command; one with a slash is a file of the lab's folder, such as bin/hotcore
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<OsString>,
    },
}

#[derive(Debug, Args)]
struct Options {
    /// Kernel of the nested host: 6.1, 6.12 or 7.2
    #[arg(long, value_name = "VERSION", default_value = "6.12", value_parser = kernel_version)]
    host_kernel: KernelVersion,
    /// CPUs of the nested host: max (KVM in VHE mode), cortex-a72 (nVHE) or another of QEMU's
    #[arg(long, default_value = "max")]
    cpu: String,
    /// Build nothing and bring no files: just a Linux with KVM and busybox
    #[arg(long)]
    bare: bool,
}

/// Runs the subcommand; its exit status is the command's.
pub(crate) fn run(arguments: Arguments) -> Result<ExitCode, LabError> {
    let (options, job, streams) = match arguments.task {
        Task::Shell { options } => {
            let job = Job { command: "sh".into(), args: vec!["-i".into()], ..Job::default() };
            (options, job, Streams::Terminal)
        }
        Task::Run { options, timeout, command } => {
            let mut words = command.into_iter();
            let job = Job {
                command: words.next().unwrap_or_default(),
                args: words.collect(),
                timeout: timeout.map(Duration::from_secs),
                ..Job::default()
            };
            (options, job, Streams::inherited())
        }
    };
    let folder = if options.bare { None } else { Some(folder::prepare(Engine::Kvm, here::LAB)?) };
    let host = Host { kernel: options.host_kernel, cpu: options.cpu };
    let status = Lab { engine: Engine::Kvm, host, folder }.run(&job, streams)?;
    Ok(exit_code(status))
}

/// An exit status as this process's own; one that does not fit is a failure.
pub(crate) fn exit_code(status: i32) -> ExitCode {
    u8::try_from(status).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// Reads a kernel's series.
fn kernel_version(text: &str) -> Result<KernelVersion, String> {
    let known = |version: &KernelVersion| {
        let (major, minor) = version.series();
        text == format!("{major}.{minor}")
    };
    let found = KernelVersion::EVERY.into_iter().find(known);
    found.ok_or_else(|| "no such kernel: 6.1, 6.12 and 7.2 are available".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_are_named_by_their_series() {
        assert_eq!(kernel_version("6.12").unwrap(), KernelVersion::V6_12);
        assert!(kernel_version("6.13").is_err());
    }
}
