//! A machine whose guest is a script, served over a socket.

use std::path::PathBuf;
use std::thread::JoinHandle;

use hotcore_api::Server;
use hotcore_scripted::{Linux, linux_image};
use hotcore_vmm::{Command, Control, CpusConfig, MachineConfig, Removable, Stop, Vmm};
use tempfile::TempDir;

/// The machine: one CPU of four.
pub(crate) struct Served {
    pub(crate) guest: Linux,
    pub(crate) control: Control,
    server: Option<Server>,
    machine: Option<JoinHandle<Stop>>,
    folder: TempDir,
}

impl Served {
    pub(crate) fn boot() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kernel = folder.path().join("Image");
        std::fs::write(&kernel, linux_image("6.12.43")).unwrap();
        let cpus = CpusConfig { boot: 1, max: 4, removable: Removable::Auto };
        let config = MachineConfig { memory_size: 64 << 20, ..MachineConfig::new(kernel, cpus) };
        let guest = Linux::default();
        let vmm = Vmm::new(Box::new(guest.engine()), Box::new(|| Ok(Box::new(std::io::sink()))));
        vmm.command(Command::Create(Box::new(config))).unwrap();
        let control = vmm.view().unwrap().control;
        let server = Some(Server::start(&folder.path().join("api"), &vmm).unwrap());
        let machine = Some(std::thread::spawn(move || vmm.run().unwrap().unwrap()));
        guest.wait_for_boots(1);
        Self { guest, control, server, machine, folder }
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("api")
    }

    /// Ends the machine, and its server.
    pub(crate) fn end(&mut self) {
        self.control.stop();
        self.close();
    }

    /// Waits until the machine has ended, and closes its server; tells how it ended.
    pub(crate) fn close(&mut self) -> Option<Stop> {
        let stop = self.machine.take().and_then(|machine| machine.join().ok());
        drop(self.server.take());
        stop
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.end();
    }
}
