//! What to boot, and how.

use std::path::PathBuf;

use crate::{Kernel, lab_file};

/// What to boot.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The kernel.
    pub kernel: Kernel,
    /// `--cpus`.
    pub cpus: String,
    /// `--memory`.
    pub memory: String,
    /// Words added to the kernel's command line.
    pub cmdline: String,
    /// Whether the guest's rule brings hot-added CPUs up.
    pub auto_online: bool,
    /// The file with what the guest runs.
    pub initramfs: PathBuf,
    /// More arguments of `hotcore run`.
    pub args: Vec<String>,
    /// What the VMM logs (`HOTCORE_LOG`). Tests read the log; who measures has it quiet.
    pub log: &'static str,
}

impl Spec {
    /// A guest with these CPUs whose added CPUs come up by themselves.
    pub fn new(kernel: Kernel, cpus: &str) -> Self {
        Self {
            kernel,
            cpus: cpus.to_owned(),
            memory: "size=512M".to_owned(),
            cmdline: String::new(),
            auto_online: true,
            initramfs: lab_file("guest/initramfs"),
            args: Vec::new(),
            log: "hotcore_vmm=debug",
        }
    }

    /// The same with a VMM that logs nothing but trouble.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.log = "warn";
        self
    }

    /// The same without the rule that brings CPUs up.
    #[must_use]
    pub fn manual(mut self) -> Self {
        self.auto_online = false;
        self
    }

    /// The same with more words on the kernel's command line.
    #[must_use]
    pub fn cmdline(mut self, words: &str) -> Self {
        self.cmdline = words.into();
        self
    }

    /// The same with Debian's programs besides its own (in the guest, below `/debian`).
    #[must_use]
    pub fn userland(mut self) -> Self {
        self.initramfs = lab_file("guest/userland");
        self
    }

    /// The same with one more argument of `hotcore run`.
    #[must_use]
    pub fn arg(mut self, arg: &str) -> Self {
        self.args.push(arg.to_owned());
        self
    }

    /// The same that breaks the contract in one way.
    #[must_use]
    pub fn fault(self, name: &str) -> Self {
        self.arg("--fault").arg(name)
    }
}
