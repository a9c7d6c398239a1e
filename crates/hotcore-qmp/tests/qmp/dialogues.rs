//! What real clients say to QEMU, message by message.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Client, Served};

/// What libvirt asks before it believes in CPU hotplug.
#[test]
fn libvirts_probe_is_answered() {
    let served = Served::boot(1, 4);
    let mut libvirt = served.client();
    assert_eq!(libvirt.query("query-version")["qemu"]["major"], 10);
    let machines = libvirt.query("query-machines");
    assert_eq!(
        (&machines[0]["name"], &machines[0]["hotpluggable-cpus"]),
        (&json!("virt"), &json!(true))
    );
    assert_eq!(libvirt.query("query-target"), json!({"arch": "aarch64"}));
    assert_eq!(libvirt.query("query-kvm"), json!({"enabled": false, "present": false}));
    assert_eq!(libvirt.query("query-name"), json!({}));
    let schema = libvirt.query("query-qmp-schema");
    let names: Vec<_> = schema.as_array().unwrap().iter().map(|entry| &entry["name"]).collect();
    for name in ["query-hotpluggable-cpus", "device_del", "ACPI_DEVICE_OST", "device_set"] {
        assert!(names.contains(&&json!(name)), "{name}");
    }
    assert_eq!(libvirt.query("query-status"), json!({"running": true, "status": "running"}));
}

/// Both queries, the addition with every id, both queries; then a removal that `DEVICE_DELETED` ends.
#[test]
fn libvirts_setvcpus() {
    let served = Served::boot(1, 3);
    let mut libvirt = served.client();
    let both = |libvirt: &mut Client| {
        (libvirt.query("query-hotpluggable-cpus"), libvirt.query("query-cpus-fast"))
    };
    let (possible, fast) = both(&mut libvirt);
    assert_eq!(possible.as_array().unwrap().len(), 3);
    assert_eq!(fast.as_array().unwrap().len(), 1);
    assert_eq!(fast[0]["qom-path"], "/machine/unattached/device[0]");
    assert_eq!(fast[0]["target"], "aarch64");
    let free = &possible.as_array().unwrap()[1];
    assert_eq!(free.get("qom-path"), None);
    let mut arguments = free["props"].clone();
    arguments["driver"] = free["type"].clone();
    arguments["id"] = "vcpu1".into();
    assert_eq!(libvirt.ask("device_add", arguments), json!({}));
    let (possible, fast) = both(&mut libvirt);
    assert_eq!(possible[1]["qom-path"], "/machine/peripheral/vcpu1");
    assert_eq!(fast[1]["qom-path"], "/machine/peripheral/vcpu1");
    assert!(fast[1]["thread-id"].as_i64().unwrap() > 0);
    let ost = libvirt.wait_for("ACPI_DEVICE_OST");
    assert_eq!(
        ost,
        json!({"info": {"device": "vcpu1", "slot": "1", "slot-type": "CPU", "source": 1, "status": 0}})
    );

    assert_eq!(libvirt.ask("device_del", json!({"id": "vcpu1"})), json!({}));
    let deleted = libvirt.wait_for("DEVICE_DELETED");
    assert_eq!(deleted, json!({"device": "vcpu1", "path": "/machine/peripheral/vcpu1"}));
    let (possible, fast) = both(&mut libvirt);
    assert_eq!(possible[1].get("qom-path"), None);
    assert_eq!(fast.as_array().unwrap().len(), 1);
}

/// Kata's Go driver on `virt`: the free CPUs in the order of the list, with driver, id and core-id only.
#[test]
fn katas_go_driver() {
    let served = Served::boot(1, 4);
    let mut kata = served.client();
    let possible = kata.query("query-hotpluggable-cpus");
    let free = possible.as_array().unwrap().iter().filter(|cpu| cpu.get("qom-path").is_none());
    let mut ids = Vec::new();
    for (number, cpu) in free.take(2).enumerate() {
        let id = format!("cpu-{number}");
        let arguments = json!({
            "driver": cpu["type"],
            "id": id,
            "core-id": cpu["props"]["core-id"],
        });
        assert_eq!(kata.ask("device_add", arguments), json!({}));
        ids.push(id);
    }
    // The guest takes them in its own order.
    let mut waiting: BTreeSet<_> = ids.iter().cloned().collect();
    while !waiting.is_empty() {
        let info = &kata.wait_for("ACPI_DEVICE_OST")["info"];
        waiting.remove(info["device"].as_str().unwrap());
    }
    assert_eq!(kata.plugged(), [0, 2, 3]);
    while let Some(id) = ids.pop() {
        assert_eq!(kata.ask("device_del", json!({"id": id})), json!({}));
        assert_eq!(kata.wait_for("DEVICE_DELETED")["device"], id);
    }
    assert_eq!(kata.plugged(), [0]);
}

/// Kata's Rust driver: plugs what has no path, unplugs from the front of the descending list, skips what
/// lacks a socket or a thread, and stops at its first failure.
#[test]
fn katas_rust_driver() {
    let served = Served::boot(2, 6);
    let mut kata = served.client();
    let list = |kata: &mut Client| -> Vec<Value> {
        let possible = kata.query("query-hotpluggable-cpus");
        let cpus = possible.as_array().unwrap().iter();
        let whole =
            |cpu: &&Value| cpu["props"]["socket-id"].is_u64() && cpu["props"]["thread-id"].is_u64();
        cpus.filter(whole).cloned().collect()
    };
    let possible = list(&mut kata);
    let cores: Vec<_> =
        possible.iter().map(|cpu| cpu["props"]["core-id"].as_u64().unwrap()).collect();
    assert_eq!(cores, [5, 4, 3, 2, 1, 0]);
    for cpu in possible.iter().filter(|cpu| cpu.get("qom-path").is_none()) {
        let props = &cpu["props"];
        let arguments = json!({
            "driver": cpu["type"],
            "id": format!("cpu-{}", props["core-id"]),
            "socket-id": props["socket-id"],
            "core-id": props["core-id"],
            "thread-id": props["thread-id"],
        });
        assert_eq!(kata.ask("device_add", arguments), json!({}));
    }
    assert_eq!(kata.plugged(), [0, 1, 2, 3, 4, 5]);
    for expected in [5, 4, 3, 2] {
        let plugged: Vec<_> =
            list(&mut kata).into_iter().filter(|cpu| cpu.get("qom-path").is_some()).collect();
        let path = plugged[0]["qom-path"].as_str().unwrap();
        let id = path.strip_prefix("/machine/peripheral/").unwrap();
        assert_eq!(id, format!("cpu-{expected}"));
        assert_eq!(kata.ask("device_del", json!({"id": id})), json!({}));
        assert_eq!(kata.wait_for("DEVICE_DELETED")["device"], id);
    }
    assert_eq!(kata.plugged(), [0, 1]);
}
