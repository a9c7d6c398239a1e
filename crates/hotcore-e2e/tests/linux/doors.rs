//! One life of a guest's CPUs, commanded through each of the doors: what happens is the same.

mod dialogues;

use std::path::PathBuf;

use dialogues::libvirt_and_kata_plug_a_linux;
use hotcore_api::Client;
use hotcore_api::wire::OneCpu;
use hotcore_e2e::{EventStream, Guest, Kernel, Qmp, Spec};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::on_each_kernel;

on_each_kernel!(the_same_flow_through_each_door_has_the_same_events, libvirt_and_kata_plug_a_linux,);

fn the_same_flow_through_each_door_has_the_same_events(kernel: Kernel) {
    let (mut guest, sockets) = boot(kernel);
    let mut rest = Rest(Client::connect(&guest.socket()).expect("the API"));
    let by_rest = flow(&mut guest, &mut rest);
    let by_qmp = flow(&mut guest, &mut Lines::to(&sockets));
    let by_words = flow(&mut guest, &mut Words);
    assert_eq!(by_rest, by_qmp);
    assert_eq!(by_rest, by_words);
    for outcome in ["online", "refused", "ejected", "cancelled", "completed-by-reset"] {
        assert!(by_rest.iter().any(|event| event["outcome"] == outcome), "{outcome}: {by_rest:#?}");
    }
}

/// A guest with one CPU of three that QMP commands, too, and the folder of that socket.
fn boot(kernel: Kernel) -> (Guest, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let qmp = format!("unix:{}", qmp_socket(&folder).display());
    let spec = Spec::new(kernel, "boot=1,max=3").arg("--qmp").arg(&qmp);
    (Guest::boot(&spec), folder)
}

fn qmp_socket(folder: &TempDir) -> PathBuf {
    folder.path().join("qmp")
}

/// A way in. Whoever comes in here asks and waits for nobody; the errors are the VMM's.
trait Door {
    fn add(&mut self, guest: &Guest, cpu: u16) -> Result<(), String>;
    fn remove(&mut self, guest: &Guest, cpu: u16) -> Result<(), String>;
    fn pause(&mut self, guest: &Guest) -> Result<(), String>;
    fn resume(&mut self, guest: &Guest) -> Result<(), String>;
    fn reset(&mut self, guest: &Guest) -> Result<(), String>;
}

/// CPU 1 comes, stays against the host's will and goes; CPU 2 is wanted, not wanted and wanted; a reset
/// completes what the guest has not seen. Begins and ends with CPU 0 alone; gives all that happened.
fn flow(guest: &mut Guest, door: &mut dyn Door) -> Vec<Value> {
    let mut story = Story::begin(guest);
    door.add(guest, 1).expect("asked");
    story.until_ended("online");
    guest.wait_online("0-1");
    let twice = door.add(guest, 1).expect_err("it is there");
    assert!(twice.contains("CPU 1 is enabled already"), "{twice}");
    let never = door.add(guest, 3).expect_err("it cannot be");
    assert!(never.contains('3'), "{never}");

    // The last one that is online cannot go.
    guest.sh("echo 0 > /sys/devices/system/cpu/cpu0/online");
    door.remove(guest, 1).expect("asked");
    story.until_ended("refused");
    guest.sh("echo 1 > /sys/devices/system/cpu/cpu0/online");
    door.remove(guest, 1).expect("asked");
    story.until_ended("ejected");
    story.until(|event| event["event"] == "ost");
    assert_eq!(guest.masks().online, "0");

    // While nobody executes, nobody notices.
    door.pause(guest).expect("paused");
    door.add(guest, 2).expect("asked");
    door.remove(guest, 2).expect("taken back");
    story.until_ended("cancelled");
    story.until_ended("ejected");
    door.resume(guest).expect("resumed");
    door.add(guest, 2).expect("asked");
    story.until_ended("online");
    guest.wait_online("0,2");

    door.pause(guest).expect("paused");
    door.remove(guest, 2).expect("asked");
    let from = guest.position();
    door.reset(guest).expect("asked");
    story.until(|event| event["event"] == "reset");
    door.resume(guest).expect("resumed");
    guest.wait_until_ready(from);
    assert_eq!(guest.masks().enabled, "0");
    guest.assert_clean();
    story.until(|event| event["event"] == "resumed");
    story.told
}

/// What happens, as `vm.events` tells it, without times and numbers.
struct Story {
    events: EventStream,
    told: Vec<Value>,
}

impl Story {
    /// From now on.
    fn begin(guest: &Guest) -> Self {
        let events = EventStream::follow(&guest.socket()).expect("events");
        Self { events, told: Vec::new() }
    }

    /// Listens until something happens.
    fn until(&mut self, it: impl Fn(&Value) -> bool) {
        loop {
            let event = self.events.event();
            assert!(event.is_ok(), "{event:?}, after {:#?}", self.told);
            let mut event = event.unwrap_or_default();
            let fields = event.as_object_mut().expect("an object");
            fields.retain(|name, _| !["number", "at_us", "id", "timings"].contains(&name.as_str()));
            let is_it = it(&event);
            self.told.push(event);
            if is_it {
                return;
            }
        }
    }

    /// Listens until an operation has ended, which it does so.
    fn until_ended(&mut self, outcome: &str) {
        self.until(|event| event["event"] == "operation" && event["stage"] == "ended");
        assert_eq!(self.told.last().map(|end| &end["outcome"]), Some(&outcome.into()));
    }
}

/// REST, by the client that programs use.
struct Rest(Client);

impl Rest {
    fn one(cpu: u16) -> OneCpu {
        OneCpu { cpu, timeout_ms: None, online_timeout_ms: None, wait: false }
    }
}

impl Door for Rest {
    fn add(&mut self, _: &Guest, cpu: u16) -> Result<(), String> {
        self.0.add(Self::one(cpu)).map(drop).map_err(|error| error.to_string())
    }
    fn remove(&mut self, _: &Guest, cpu: u16) -> Result<(), String> {
        self.0.remove(Self::one(cpu)).map(drop).map_err(|error| error.to_string())
    }
    fn pause(&mut self, _: &Guest) -> Result<(), String> {
        self.0.pause().map_err(|error| error.to_string())
    }
    fn resume(&mut self, _: &Guest) -> Result<(), String> {
        self.0.resume().map_err(|error| error.to_string())
    }
    fn reset(&mut self, _: &Guest) -> Result<(), String> {
        self.0.reboot().map_err(|error| error.to_string())
    }
}

/// QMP, line by line.
struct Lines {
    qmp: Qmp,
    driver: Value,
    /// What a CPU that is added is called next.
    added: u32,
}

impl Lines {
    fn to(folder: &TempDir) -> Self {
        let qmp = Qmp::connect(&qmp_socket(folder)).expect("QMP");
        let mut lines = Self { qmp, driver: Value::Null, added: 0 };
        lines.driver =
            lines.ask("query-hotpluggable-cpus", json!({})).expect("CPUs")[0]["type"].take();
        lines
    }

    fn ask(&mut self, command: &str, arguments: Value) -> Result<Value, String> {
        self.qmp.ask(command, arguments).expect("an answer")
    }

    /// Where the CPU is that was added as CPU `cpu`.
    fn path(&mut self, cpu: u16) -> Value {
        let cpus = self.ask("query-cpus-fast", json!({})).expect("CPUs");
        let mut cpus = cpus.as_array().into_iter().flatten();
        cpus.find(|fast| fast["cpu-index"] == cpu).expect("it is plugged")["qom-path"].clone()
    }
}

impl Door for Lines {
    fn add(&mut self, _: &Guest, cpu: u16) -> Result<(), String> {
        self.added += 1;
        let arguments = json!({
            "driver": self.driver,
            "id": format!("cpu-{}", self.added),
            "core-id": cpu,
        });
        self.ask("device_add", arguments).map(drop)
    }
    fn remove(&mut self, _: &Guest, cpu: u16) -> Result<(), String> {
        let path = self.path(cpu);
        self.ask("device_del", json!({"id": path})).map(drop)
    }
    fn pause(&mut self, _: &Guest) -> Result<(), String> {
        self.ask("stop", json!({})).map(drop)
    }
    fn resume(&mut self, _: &Guest) -> Result<(), String> {
        self.ask("cont", json!({})).map(drop)
    }
    fn reset(&mut self, _: &Guest) -> Result<(), String> {
        self.ask("system_reset", json!({})).map(drop)
    }
}

/// `hotcore ctl`, as a person types it.
struct Words;

impl Words {
    fn say(guest: &Guest, words: &[&str]) -> Result<(), String> {
        let said = guest.ctl(words);
        if said.status == 0 { Ok(()) } else { Err(said.errors) }
    }
}

impl Door for Words {
    fn add(&mut self, guest: &Guest, cpu: u16) -> Result<(), String> {
        Self::say(guest, &["add", &cpu.to_string(), "--no-wait"])
    }
    fn remove(&mut self, guest: &Guest, cpu: u16) -> Result<(), String> {
        Self::say(guest, &["remove", &cpu.to_string(), "--no-wait"])
    }
    fn pause(&mut self, guest: &Guest) -> Result<(), String> {
        Self::say(guest, &["pause"])
    }
    fn resume(&mut self, guest: &Guest) -> Result<(), String> {
        Self::say(guest, &["resume"])
    }
    fn reset(&mut self, guest: &Guest) -> Result<(), String> {
        Self::say(guest, &["reset"])
    }
}
