//! What libvirt and Kata say to QEMU, said to a machine with a real Linux.

use std::collections::BTreeSet;

use hotcore_e2e::{Guest, Kernel, Qmp};
use serde_json::{Value, json};

use super::{boot, qmp_socket};

pub(super) fn libvirt_and_kata_plug_a_linux(kernel: Kernel) {
    let (mut guest, folder) = boot(kernel);
    let qmp = Qmp::connect(&qmp_socket(&folder)).expect("QMP");
    let mut client = Monitor { qmp, seen: Vec::new() };
    client.ask("query-status", json!({}));
    libvirts_setvcpus(&mut guest, &mut client);
    katas_go_driver(&mut guest, &mut client);
    katas_rust_driver(&mut guest, &mut client);
    guest.assert_clean();
}

/// Both queries, the addition with every id, both queries; then a removal that `DEVICE_DELETED` ends.
fn libvirts_setvcpus(guest: &mut Guest, libvirt: &mut Monitor) {
    let (possible, fast) =
        (libvirt.list("query-hotpluggable-cpus"), libvirt.list("query-cpus-fast"));
    assert_eq!((possible.len(), fast.len()), (3, 1));
    assert_eq!(fast[0]["qom-path"], "/machine/unattached/device[0]");
    let mut arguments = possible[1]["props"].clone();
    arguments["driver"] = possible[1]["type"].clone();
    arguments["id"] = "vcpu1".into();
    libvirt.ask("device_add", arguments);
    let path = json!("/machine/peripheral/vcpu1");
    assert_eq!(libvirt.list("query-hotpluggable-cpus")[1]["qom-path"], path);
    assert_eq!(libvirt.list("query-cpus-fast")[1]["qom-path"], path);
    let taken =
        json!({"device": "vcpu1", "slot": "1", "slot-type": "CPU", "source": 1, "status": 0});
    assert_eq!(libvirt.wait_for("ACPI_DEVICE_OST")["info"], taken);
    guest.wait_online("0-1");

    libvirt.ask("device_del", json!({"id": "vcpu1"}));
    let gone = libvirt.wait_for("DEVICE_DELETED");
    assert_eq!(gone, json!({"device": "vcpu1", "path": path}));
    assert_eq!(libvirt.list("query-cpus-fast").len(), 1);
    assert_eq!(libvirt.list("query-hotpluggable-cpus")[1].get("qom-path"), None);
    libvirt.until_done_with("1");
    assert_eq!(guest.masks().enabled, "0");
}

/// The free CPUs in the order of the list, by driver, id and core-id only.
fn katas_go_driver(guest: &mut Guest, kata: &mut Monitor) {
    let free = kata.list("query-hotpluggable-cpus");
    let free = free.iter().filter(|cpu| cpu.get("qom-path").is_none());
    let mut ids = Vec::new();
    for (number, cpu) in free.enumerate() {
        let id = format!("cpu-{number}");
        let core = &cpu["props"]["core-id"];
        kata.ask("device_add", json!({"driver": cpu["type"], "id": id, "core-id": core}));
        ids.push(id);
    }
    assert_eq!(ids.len(), 2);
    // The guest takes them in an order of its own.
    let mut waiting: BTreeSet<_> = ids.iter().cloned().collect();
    while !waiting.is_empty() {
        let info = kata.wait_for("ACPI_DEVICE_OST")["info"].take();
        assert_eq!((&info["source"], &info["status"]), (&json!(1), &json!(0)));
        waiting.remove(info["device"].as_str().expect("an id"));
    }
    guest.wait_online("0-2");
    while let Some(id) = ids.pop() {
        kata.ask("device_del", json!({"id": id}));
        assert_eq!(kata.wait_for("DEVICE_DELETED")["device"], id);
    }
    kata.until_done_with("2");
    assert_eq!(guest.masks().enabled, "0");
}

/// Plugs what has no path, with socket and thread; unplugs from the front of the descending list.
fn katas_rust_driver(guest: &mut Guest, kata: &mut Monitor) {
    let possible = kata.list("query-hotpluggable-cpus");
    let cores: Vec<_> = possible.iter().map(|cpu| cpu["props"]["core-id"].as_u64()).collect();
    assert_eq!(cores, [Some(2), Some(1), Some(0)], "the boot CPU comes last");
    for cpu in possible.iter().filter(|cpu| cpu.get("qom-path").is_none()) {
        let props = &cpu["props"];
        let arguments = json!({
            "driver": cpu["type"],
            "id": format!("cpu-{}", props["core-id"]),
            "socket-id": props["socket-id"],
            "core-id": props["core-id"],
            "thread-id": props["thread-id"],
        });
        kata.ask("device_add", arguments);
    }
    guest.wait_online("0-2");
    for id in ["cpu-2", "cpu-1"] {
        let plugged = kata.list("query-hotpluggable-cpus");
        let first = plugged.iter().find_map(|cpu| cpu["qom-path"].as_str());
        assert_eq!(first, Some(format!("/machine/peripheral/{id}").as_str()));
        kata.ask("device_del", json!({"id": id}));
        assert_eq!(kata.wait_for("DEVICE_DELETED")["device"], id);
    }
    kata.until_done_with("1");
    assert_eq!(guest.masks().enabled, "0");
}

/// A client whose every command succeeds, and whose guest gives every CPU back.
struct Monitor {
    qmp: Qmp,
    /// The events that were waited for, and those before them.
    seen: Vec<Value>,
}

impl Monitor {
    #[track_caller]
    fn ask(&mut self, command: &str, arguments: Value) -> Value {
        let answer = self.qmp.ask(command, arguments).expect("an answer");
        assert!(answer.is_ok(), "{command}: {answer:?} after {:#?}", self.seen);
        answer.unwrap_or_default()
    }

    fn list(&mut self, command: &str) -> Vec<Value> {
        self.ask(command, json!({})).as_array().expect("a list").clone()
    }

    /// The data of the next event of that name.
    #[track_caller]
    fn wait_for(&mut self, name: &str) -> Value {
        loop {
            let event = self.qmp.event();
            assert!(event.is_ok(), "no {name} ({event:?}) after {:#?}", self.seen);
            let event = event.unwrap_or_default();
            let kept = event["event"] == "DEVICE_UNPLUG_GUEST_ERROR";
            self.seen.push(event.clone());
            assert!(!kept, "the guest keeps a CPU: {:#?}", self.seen);
            if event["event"] == name {
                return event["data"].clone();
            }
        }
    }

    /// Waits for what the guest says when it has ejected the CPU.
    fn until_done_with(&mut self, slot: &str) {
        loop {
            let info = self.wait_for("ACPI_DEVICE_OST")["info"].take();
            if info["slot"] == slot && info["source"] == 3 && info["status"] == 0 {
                return;
            }
        }
    }
}
