//! QMP on a real guest: a CPU is added, refused, removed and reset away through it.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use hotcore_e2e::{Guest, Kernel, Spec};
use serde_json::{Value, json};

use crate::on_each_kernel;

on_each_kernel!(qmp_adds_is_refused_removes_and_resets);

const PATIENCE: Duration = Duration::from_secs(120);

/// A client that has negotiated.
struct Qmp {
    reader: BufReader<UnixStream>,
    events: Vec<Value>,
}

impl Qmp {
    fn connect(path: &Path) -> Self {
        let stream = UnixStream::connect(path).expect("QMP is served");
        stream.set_read_timeout(Some(PATIENCE)).expect("a time is set");
        let mut qmp = Self { reader: BufReader::new(stream), events: Vec::new() };
        assert!(qmp.line().get("QMP").is_some());
        qmp.ask("qmp_capabilities", &json!({}));
        qmp
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("a line comes");
        serde_json::from_str(&line).expect("it is JSON")
    }

    #[track_caller]
    fn ask(&mut self, command: &str, arguments: &Value) -> Value {
        let request = json!({"execute": command, "arguments": arguments});
        self.reader.get_ref().write_all(request.to_string().as_bytes()).expect("it is sent");
        loop {
            let mut line = self.line();
            if line.get("event").is_some() {
                self.events.push(line);
                continue;
            }
            assert!(line.get("return").is_some(), "{command}: {line}");
            return line["return"].take();
        }
    }

    /// The data of the next event of that name, and which events came before it.
    fn wait_for(&mut self, name: &str) -> (Value, Vec<Value>) {
        let mut before = std::mem::take(&mut self.events);
        if let Some(place) = before.iter().position(|event| event["event"] == name) {
            self.events = before.split_off(place + 1);
        } else {
            while before.last().is_none_or(|event| event["event"] != name) {
                before.push(self.line());
            }
        }
        let mut event = before.pop().unwrap_or_default();
        (event["data"].take(), before)
    }

    fn add(&mut self, core: u16, id: &str) {
        let possible = self.ask("query-hotpluggable-cpus", &json!({}));
        let driver = &possible[0]["type"];
        self.ask("device_add", &json!({"driver": driver, "id": id, "core-id": core}));
    }
}

fn qmp_adds_is_refused_removes_and_resets(kernel: Kernel) {
    let folder = tempfile::tempdir().expect("a folder for the socket");
    let socket = folder.path().join("qmp");
    let place = format!("unix:{}", socket.display());
    let mut guest = Guest::boot(&Spec::new(kernel, "boot=1,max=3").arg("--qmp").arg(&place));
    let mut qmp = Qmp::connect(&socket);

    qmp.add(1, "one");
    let (ost, _) = qmp.wait_for("ACPI_DEVICE_OST");
    let told = json!({"device": "one", "slot": "1", "slot-type": "CPU", "source": 1, "status": 0});
    assert_eq!(ost["info"], told);
    guest.wait_online("0-1");

    // Linux does not give its last online CPU away.
    guest.sh("echo 0 > /sys/devices/system/cpu/cpu0/online");
    qmp.ask("device_del", &json!({"id": "one"}));
    let device = json!({"device": "one", "path": "/machine/peripheral/one"});
    let (refused, before) = qmp.wait_for("DEVICE_UNPLUG_GUEST_ERROR");
    assert_eq!(refused, device);
    let words: Vec<_> = before.iter().map(|event| &event["data"]["info"]["status"]).collect();
    assert_eq!(words.first(), Some(&&json!(0x84)), "{before:?}");
    guest.sh("echo 1 > /sys/devices/system/cpu/cpu0/online");

    qmp.ask("device_del", &json!({"id": "one"}));
    assert_eq!(qmp.wait_for("DEVICE_DELETED").0, device);
    assert_eq!(qmp.ask("query-cpus-fast", &json!({})).as_array().map(Vec::len), Some(1));
    guest.wait_online("0");

    qmp.ask("stop", &json!({}));
    assert_eq!(qmp.ask("query-status", &json!({}))["status"], "paused");
    qmp.add(2, "two");
    qmp.ask("cont", &json!({}));
    guest.wait_online("0,2");
    let from = guest.position();
    qmp.ask("system_reset", &json!({}));
    assert_eq!(qmp.wait_for("RESET").0["guest"], false);
    guest.wait_until_ready(from);
    guest.wait_online("0,2");
    assert_eq!(qmp.ask("query-cpus-fast", &json!({}))[1]["qom-path"], "/machine/peripheral/two");
    guest.assert_clean();
    qmp.ask("quit", &json!({}));
    assert_eq!(qmp.wait_for("SHUTDOWN").0["reason"], "host-qmp-quit");
    assert_eq!(guest.wait_for_end().code(), Some(0));
}
