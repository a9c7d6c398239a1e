//! A machine with a scripted guest, and both doors to it.

use std::path::PathBuf;
use std::thread::JoinHandle;

use hotcore_scripted::{Linux, linux_image};
use hotcore_vmm::{Command, CpusConfig, MachineConfig, Removable, Vmm};
use tempfile::TempDir;

/// The open doors.
pub(crate) struct Doors {
    vmm: Vmm,
    _servers: (hotcore_api::Server, hotcore_qmp::Server),
    machine: Option<JoinHandle<()>>,
    folder: TempDir,
}

impl Doors {
    /// A machine with `boot` of `max` CPUs, whose guest runs.
    pub(crate) fn open(boot: u16, max: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kernel = folder.path().join("Image");
        std::fs::write(&kernel, linux_image("6.12.43")).unwrap();
        let cpus = CpusConfig { boot, max, removable: Removable::Auto };
        let config = MachineConfig { memory_size: 64 << 20, ..MachineConfig::new(kernel, cpus) };
        let guest = Linux::default();
        let vmm = Vmm::new(Box::new(guest.engine()), Box::new(|| Ok(Box::new(std::io::sink()))));
        vmm.command(Command::Create(Box::new(config))).unwrap();
        let api = hotcore_api::Server::start(&folder.path().join("api"), &vmm).unwrap();
        let qmp = hotcore_qmp::Server::start(&folder.path().join("qmp"), &vmm).unwrap();
        let running = vmm.clone();
        let machine = std::thread::spawn(move || drop(running.run()));
        guest.wait_for_boots(1);
        Self { vmm, _servers: (api, qmp), machine: Some(machine), folder }
    }

    pub(crate) fn api(&self) -> PathBuf {
        self.folder.path().join("api")
    }

    pub(crate) fn qmp(&self) -> PathBuf {
        self.folder.path().join("qmp")
    }
}

impl Drop for Doors {
    fn drop(&mut self) {
        self.vmm.leave();
        if let Some(machine) = self.machine.take() {
            let _ = machine.join();
        }
    }
}
