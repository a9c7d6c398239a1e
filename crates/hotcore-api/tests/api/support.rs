//! A machine with a scripted guest, served over a socket; and a client that sends what it likes.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Duration;

use hotcore_api::{Client, Server};
use hotcore_scripted::{Linux, linux_image};
use hotcore_vmm::{
    Command, Control, CpusConfig, MachineConfig, MachineError, Removable, Stop, Vmm,
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A running machine.
pub(crate) struct Served {
    pub(crate) guest: Linux,
    pub(crate) control: Control,
    pub(crate) vmm: Vmm,
    server: Option<Server>,
    machine: Option<JoinHandle<Result<Stop, MachineError>>>,
    folder: TempDir,
}

/// A VMM without a machine, that lives until it is told to end.
pub(crate) struct Empty {
    pub(crate) guest: Linux,
    pub(crate) vmm: Vmm,
    server: Option<Server>,
    lives: Option<JoinHandle<()>>,
    folder: TempDir,
}

impl Empty {
    pub(crate) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Image"), linux_image("6.12.43")).unwrap();
        let guest = Linux::default();
        let vmm = Vmm::new(Box::new(guest.engine()), Box::new(|| Ok(Box::new(std::io::sink()))));
        let server = Server::start(&folder.path().join("api"), &vmm).unwrap();
        let serving = vmm.clone();
        let lives = std::thread::spawn(move || serving.serve());
        Self { guest, vmm, server: Some(server), lives: Some(lives), folder }
    }

    /// A file beside the socket.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A machine's configuration, with these fields besides.
    pub(crate) fn config(&self, more: Value) -> Value {
        let mut config = json!({
            "payload": {"kernel": self.file("Image")},
            "cpus": {"boot_vcpus": 1, "max_vcpus": 4},
            "memory": {"size": 64 << 20},
            "hotcore": {"removable": "yes"},
        });
        merge(&mut config, more);
        config
    }

    pub(crate) fn end(mut self) {
        self.vmm.leave();
        self.lives.take().unwrap().join().unwrap();
        drop(self.server.take());
    }
}

impl Drop for Empty {
    fn drop(&mut self) {
        self.vmm.leave();
        if let Some(lives) = self.lives.take() {
            let _ = lives.join();
        }
    }
}

fn merge(into: &mut Value, more: Value) {
    match (into, more) {
        (Value::Object(fields), Value::Object(more)) => {
            for (name, value) in more {
                merge(fields.entry(name).or_insert(Value::Null), value);
            }
        }
        (into, more) => *into = more,
    }
}

/// Something with a socket that can be asked.
pub(crate) trait Door {
    fn socket(&self) -> PathBuf;

    /// A bare connection.
    fn connect(&self) -> UnixStream {
        let stream = UnixStream::connect(self.socket()).unwrap();
        // A test that hangs is worse than one that fails.
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// One request on a connection of its own.
    fn ask(&self, method: &str, name: &str, body: &str) -> Answer {
        let mut stream = self.connect();
        send(&mut stream, method, name, body);
        receive(&mut stream)
    }

    fn get(&self, name: &str) -> Answer {
        self.ask("GET", name, "")
    }

    fn put(&self, name: &str, body: &str) -> Answer {
        self.ask("PUT", name, body)
    }
}

impl Door for Served {
    fn socket(&self) -> PathBuf {
        self.folder.path().join("api")
    }
}

impl Door for Empty {
    fn socket(&self) -> PathBuf {
        self.folder.path().join("api")
    }
}

impl Served {
    /// Boots a guest with these CPUs, all but CPU 0 removable.
    pub(crate) fn boot(boot: u16, max: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kernel = folder.path().join("Image");
        std::fs::write(&kernel, linux_image("6.12.43")).unwrap();
        let cpus = CpusConfig { boot, max, removable: Removable::Yes };
        let config = MachineConfig { memory_size: 64 << 20, ..MachineConfig::new(kernel, cpus) };
        let guest = Linux::default();
        let vmm = Vmm::new(Box::new(guest.engine()), Box::new(|| Ok(Box::new(std::io::sink()))));
        vmm.command(Command::Create(Box::new(config))).unwrap();
        let control = vmm.view().unwrap().control;
        let server = Server::start(&folder.path().join("api"), &vmm).unwrap();
        let running = vmm.clone();
        let machine = std::thread::spawn(move || running.run().unwrap());
        guest.wait_for_boots(1);
        Self { guest, control, vmm, server: Some(server), machine: Some(machine), folder }
    }

    /// A client of the library.
    pub(crate) fn client(&self) -> Client {
        Client::connect(&self.socket()).unwrap()
    }

    /// Which CPUs are enabled.
    pub(crate) fn enabled(&self) -> Vec<usize> {
        let cpus = self.control.info().cpus;
        cpus.iter().enumerate().filter(|(_, cpu)| cpu.enabled).map(|(index, _)| index).collect()
    }

    /// Waits for the machine to end, and then for its server, in the order in which `hotcore run`
    /// does it.
    pub(crate) fn end(mut self) -> Stop {
        let stop = self.machine.take().unwrap().join().unwrap().unwrap();
        drop(self.server.take());
        assert!(!self.socket().exists(), "the socket is removed");
        stop
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.control.stop();
        if let Some(machine) = self.machine.take() {
            let _ = machine.join();
        }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) json: Value,
    pub(crate) text: String,
}

impl Answer {
    /// The texts of an error.
    pub(crate) fn error(&self) -> String {
        let texts = self.json.as_array().unwrap_or_else(|| panic!("no error: {self:?}"));
        texts.iter().map(|text| text.as_str().unwrap()).collect::<Vec<_>>().join(": ")
    }
}

/// Sends a request and keeps the connection.
pub(crate) fn send(stream: &mut UnixStream, method: &str, name: &str, body: &str) {
    let length = body.len();
    let head = format!(
        "{method} /api/v1/{name} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
}

/// Reads one answer and leaves the connection as it is.
pub(crate) fn receive(stream: &mut UnixStream) -> Answer {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        let count = stream.read(&mut byte).unwrap();
        assert_eq!(count, 1, "the connection ended: {}", String::from_utf8_lossy(&head));
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
    Answer { status, head, json, text: String::from_utf8(body).unwrap() }
}
