//! The lab: runs a command where an engine can execute guests, wherever this is.
//!
//! For the software engine that is this machine. For KVM it is this machine if it is an arm64 whose
//! `/dev/kvm` we may use; anywhere else a nested host is started: QEMU's emulator with Debian's
//! kernel, which gives a real KVM at EL2. In any case the command finds what it needs in one folder,
//! [`folder`]'s, and `HOTCORE_ENGINE` names the engine.

pub(crate) mod cli;
mod engine;
mod error;
pub(crate) mod folder;
mod job;
mod native;
mod nested;
mod qemu;
mod streams;
mod terminal;

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

pub(crate) use engine::{Engine, EngineChoice, VARIABLE};
pub(crate) use error::LabError;
pub(crate) use job::Job;

use crate::fetch::KernelVersion;

/// What the nested host is.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    /// Its kernel.
    pub(crate) kernel: KernelVersion,
    /// Its CPUs, as QEMU names them: `max` runs KVM in VHE mode, `cortex-a72` in nVHE mode.
    pub(crate) cpu: String,
}

impl Default for Host {
    fn default() -> Self {
        Self { kernel: KernelVersion::V6_12, cpu: "max".into() }
    }
}

/// Where a job's streams go.
pub(crate) enum Streams {
    /// To readers and writers, byte for byte. The input is read until its end, even if the job ends
    /// earlier.
    Pipes {
        /// The job's standard input.
        stdin: Box<dyn Read + Send>,
        /// Its standard output.
        stdout: Box<dyn Write + Send>,
        /// Its standard error.
        stderr: Box<dyn Write + Send>,
    },
    /// To a terminal of the job's own, shown on this process's.
    Terminal,
}

impl Streams {
    /// This process's own streams.
    pub(crate) fn inherited() -> Self {
        Self::Pipes {
            stdin: Box::new(io::stdin()),
            stdout: Box::new(io::stdout()),
            stderr: Box::new(io::stderr()),
        }
    }
}

/// A host to run commands on, and the files they find there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lab {
    /// What is to execute guests there.
    pub(crate) engine: Engine,
    /// The nested host, where one is needed.
    pub(crate) host: Host,
    /// The lab's folder on this machine; without one, only the job's own files are there.
    pub(crate) folder: Option<PathBuf>,
}

impl Lab {
    /// Runs a job and gives its exit status (128 and the signal's number where one ended it).
    pub(crate) fn run(&self, job: &Job, streams: Streams) -> Result<i32, LabError> {
        let folder = self.folder.as_deref();
        let mut job = job.clone();
        job.env.push((VARIABLE.to_owned(), self.engine.name().into()));
        if self.engine == Engine::Soft || native_kvm() {
            native::run(folder, &job, streams)
        } else {
            nested::run(&self.host, folder, &job, streams)
        }
    }
}

/// Whether this machine itself can be the host.
fn native_kvm() -> bool {
    let kvm = Path::new("/dev/kvm");
    cfg!(target_arch = "aarch64") && OpenOptions::new().read(true).write(true).open(kvm).is_ok()
}
