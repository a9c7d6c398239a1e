//! A machine with a scripted guest, served by QMP; and a client that sends what it likes.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Duration;

use hotcore_qmp::Server;
use hotcore_scripted::{Linux, linux_image};
use hotcore_vmm::{Command, CpusConfig, MachineConfig, MachineError, Removable, Stop, Vmm};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A test that hangs is worse than one that fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A machine, served.
pub(crate) struct Served {
    pub(crate) guest: Linux,
    pub(crate) vmm: Vmm,
    server: Option<Server>,
    machine: Option<JoinHandle<Option<Result<Stop, MachineError>>>>,
    folder: TempDir,
}

impl Served {
    /// A machine with these CPUs, all but CPU 0 removable, whose guest was not yet started.
    pub(crate) fn create(boot: u16, max: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kernel = folder.path().join("Image");
        std::fs::write(&kernel, linux_image("6.12.43")).unwrap();
        let cpus = CpusConfig { boot, max, removable: Removable::Yes };
        let config = MachineConfig { memory_size: 64 << 20, ..MachineConfig::new(kernel, cpus) };
        let served = Self::without_machine(folder);
        served.vmm.command(Command::Create(Box::new(config))).unwrap();
        served
    }

    /// No machine at all.
    pub(crate) fn empty() -> Self {
        Self::without_machine(tempfile::tempdir().unwrap())
    }

    fn without_machine(folder: TempDir) -> Self {
        let guest = Linux::default();
        let vmm = Vmm::new(Box::new(guest.engine()), Box::new(|| Ok(Box::new(std::io::sink()))));
        let server = Server::start(&folder.path().join("qmp"), &vmm).unwrap();
        Self { guest, vmm, server: Some(server), machine: None, folder }
    }

    /// A machine with these CPUs, whose guest runs.
    pub(crate) fn boot(boot: u16, max: u16) -> Self {
        let mut served = Self::create(boot, max);
        let vmm = served.vmm.clone();
        served.machine = Some(std::thread::spawn(move || vmm.run()));
        served.guest.wait_for_boots(1);
        served
    }

    /// Has a thread run whatever machine is booted.
    pub(crate) fn serve(&mut self) {
        let vmm = self.vmm.clone();
        self.machine = Some(std::thread::spawn(move || {
            vmm.serve();
            None
        }));
    }

    pub(crate) fn socket(&self) -> PathBuf {
        self.folder.path().join("qmp")
    }

    /// A client that has negotiated.
    pub(crate) fn client(&self) -> Client {
        let mut client = self.connect();
        assert_eq!(client.ask("qmp_capabilities", json!({})), json!({}));
        client
    }

    /// A client that was greeted.
    pub(crate) fn connect(&self) -> Client {
        let mut client = Client::new(UnixStream::connect(self.socket()).unwrap());
        assert!(client.line().unwrap()["QMP"]["version"]["qemu"]["major"].is_u64());
        client
    }

    /// Waits for the machine to end, and then for its server, as `hotcore run` does.
    pub(crate) fn end(mut self) {
        let _ = self.machine.take().unwrap().join().unwrap();
        drop(self.server.take());
        assert!(!self.socket().exists(), "the socket is removed");
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.vmm.leave();
        if let Some(machine) = self.machine.take() {
            let _ = machine.join();
        }
    }
}

/// A connection.
pub(crate) struct Client {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
    /// Events that came while an answer was waited for.
    events: VecDeque<Value>,
}

impl Client {
    pub(crate) fn new(stream: UnixStream) -> Self {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        let writer = stream.try_clone().unwrap();
        Self { reader: BufReader::new(stream), writer, events: VecDeque::new() }
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.writer.write_all(bytes.as_ref()).unwrap();
    }

    /// Says that it will send nothing more.
    pub(crate) fn finish(&mut self) {
        self.writer.shutdown(std::net::Shutdown::Write).unwrap();
    }

    /// The next line, whatever it is; `None` at the end.
    pub(crate) fn line(&mut self) -> Option<Value> {
        let mut line = String::new();
        if self.reader.read_line(&mut line).unwrap() == 0 {
            return None;
        }
        assert!(line.ends_with("\r\n"), "{line}");
        Some(serde_json::from_str(&line).unwrap())
    }

    /// The next answer; events that come before are kept.
    pub(crate) fn answer(&mut self) -> Value {
        loop {
            let line = self.line().expect("an answer is owed");
            if line.get("event").is_none() {
                return line;
            }
            self.events.push_back(line);
        }
    }

    /// Sends a command with an id of its own, and takes the answer with that id.
    pub(crate) fn request(&mut self, command: &str, arguments: Value) -> Value {
        let id = json!({"for": command});
        let mut request = json!({"execute": command, "id": id});
        if arguments != json!({}) {
            request["arguments"] = arguments;
        }
        self.send(format!("{request}\r\n"));
        let answer = self.answer();
        assert_eq!(answer["id"], id, "{answer}");
        answer
    }

    /// What a command returns.
    pub(crate) fn ask(&mut self, command: &str, arguments: Value) -> Value {
        let mut answer = self.request(command, arguments);
        assert!(answer.get("return").is_some(), "{command}: {answer}");
        answer["return"].take()
    }

    pub(crate) fn query(&mut self, command: &str) -> Value {
        self.ask(command, json!({}))
    }

    /// The class and the text of a command's error.
    pub(crate) fn error(&mut self, command: &str, arguments: Value) -> (String, String) {
        let answer = self.request(command, arguments);
        let part = |name: &str| answer["error"][name].as_str().unwrap_or_default().to_owned();
        assert!(answer.get("error").is_some(), "{command}: {answer}");
        (part("class"), part("desc"))
    }

    /// What a line at the monitor prints.
    pub(crate) fn human(&mut self, line: &str) -> String {
        let said = self.ask("human-monitor-command", json!({"command-line": line}));
        said.as_str().unwrap().to_owned()
    }

    /// The next event.
    pub(crate) fn event(&mut self) -> Value {
        self.next_event().expect("an event is to come")
    }

    /// The next event; `None` at the end.
    pub(crate) fn next_event(&mut self) -> Option<Value> {
        let event = self.events.pop_front().or_else(|| self.line())?;
        assert!(event.get("event").is_some(), "{event}");
        let timestamp = &event["timestamp"];
        assert!(timestamp["seconds"].is_u64() && timestamp["microseconds"].is_u64(), "{event}");
        Some(event)
    }

    /// The data of the next event of that name; others before it are passed over.
    pub(crate) fn wait_for(&mut self, name: &str) -> Value {
        loop {
            let mut event = self.event();
            if event["event"] == name {
                return event["data"].take();
            }
        }
    }

    /// The indices of the CPUs that are plugged.
    pub(crate) fn plugged(&mut self) -> Vec<u64> {
        let cpus = self.query("query-cpus-fast");
        cpus.as_array().unwrap().iter().map(|cpu| cpu["cpu-index"].as_u64().unwrap()).collect()
    }

    /// Adds a CPU, as Kata does on `virt`.
    pub(crate) fn add(&mut self, cpu: u16, id: &str) {
        let arguments = json!({"driver": "host-arm-cpu", "id": id, "core-id": cpu});
        assert_eq!(self.ask("device_add", arguments), json!({}));
    }
}
