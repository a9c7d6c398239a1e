//! Machines that are made, booted, ended and forgotten through the API alone.

use serde_json::{Value, json};

use crate::support::{Door, Empty};

#[track_caller]
fn state(door: &Empty) -> Value {
    let info = door.get("vm.info");
    assert_eq!(info.status, 200, "{info:?}");
    info.json["state"].clone()
}

fn create(door: &Empty, config: &Value) -> crate::support::Answer {
    door.put("vm.create", &config.to_string())
}

#[test]
fn a_whole_life() {
    let door = Empty::start();
    assert_eq!(door.get("vm.info").status, 404);
    assert_eq!(door.put("vm.boot", "").status, 404);
    assert_eq!(door.put("vm.resize", r#"{"desired_vcpus": 2}"#).status, 404);

    let made = create(&door, &door.config(json!({})));
    assert_eq!((made.status, made.text.as_str()), (204, ""));
    assert_eq!(state(&door), "Created");
    assert_eq!(create(&door, &door.config(json!({}))).status, 405, "there is one at a time");
    assert_eq!(door.put("vm.pause", "").status, 405);
    assert_eq!(door.put("vm.resize", r#"{"desired_vcpus": 2}"#).status, 405);

    for boots in 1..=2 {
        assert_eq!(door.put("vm.boot", "").status, 204);
        assert_eq!(state(&door), "Running");
        door.guest.wait_for_boots(boots);
        assert_eq!(door.put("vm.boot", "").status, 405);
        assert_eq!(door.put("vm.pause", "").status, 204);
        assert_eq!(state(&door), "Paused");
        assert_eq!(door.put("vm.pause", "").status, 405);
        assert_eq!(door.put("vm.resume", "").status, 204);
        assert_eq!(state(&door), "Running");
        assert_eq!(door.put("vm.resume", "").status, 405);
        assert_eq!(door.put("vm.resize", r#"{"desired_vcpus": 3}"#).status, 204);
        assert_eq!(door.get("vm.info").json["config"]["cpus"]["boot_vcpus"], 3);
        assert_eq!(door.put("vm.shutdown", "").status, 204);
        assert_eq!(state(&door), "Shutdown");
        assert_eq!(door.put("vm.shutdown", "").status, 405);
    }
    assert_eq!(door.put("vm.delete", "").status, 204);
    assert_eq!(door.get("vm.info").status, 404);
    assert_eq!(
        door.put("vm.delete", "").status,
        204,
        "it is gone already, which is what was asked"
    );
    assert_eq!(create(&door, &door.config(json!({}))).status, 204);
    door.end();
}

#[test]
fn a_running_machine_can_be_deleted_and_rebooted() {
    let door = Empty::start();
    assert_eq!(create(&door, &door.config(json!({}))).status, 204);
    assert_eq!(door.put("vm.boot", "").status, 204);
    door.guest.wait_for_boots(1);
    assert_eq!(door.put("vm.reboot", "").status, 204);
    door.guest.wait_for_boots(2);
    assert_eq!(door.put("vm.delete", "").status, 204);
    assert_eq!(door.get("vm.info").status, 404);
}

#[test]
fn a_console_can_be_a_file() {
    let door = Empty::start();
    let path = door.file("console");
    std::fs::write(&path, "of an earlier guest").unwrap();
    let config = door.config(json!({"serial": {"mode": "File", "file": &path}}));
    assert_eq!(create(&door, &config).status, 204);
    assert_eq!(std::fs::read(&path).unwrap(), b"");
    assert_eq!(door.put("vm.delete", "").status, 204);

    let config = door.config(json!({"serial": {"mode": "File", "file": door.file("")}}));
    let answer = create(&door, &config);
    assert_eq!(answer.status, 400, "a folder: {answer:?}");
    assert_eq!(door.get("vm.info").status, 404);
}

#[test]
fn what_is_left_out_has_defaults() {
    let door = Empty::start();
    let config = json!({"payload": {"kernel": door.file("Image")}});
    assert_eq!(create(&door, &config).status, 204);
    let info = door.get("vm.info").json;
    assert_eq!(info["config"]["cpus"], json!({"boot_vcpus": 1, "max_vcpus": 1}));
    assert_eq!(info["config"]["memory"]["size"], 512 << 20);
    assert_eq!(info["hotcore"]["firmware"], "acpi");
    assert_eq!(info["hotcore"]["cpu_start"], "psci");
}

#[test]
fn cpus_start_as_the_client_says() {
    let door = Empty::start();
    let hotcore = json!({"firmware": "dt", "cpu_start": "spin-table"});
    let config = json!({"payload": {"kernel": door.file("Image")}, "hotcore": hotcore});
    assert_eq!(create(&door, &config).status, 204);
    assert_eq!(door.get("vm.info").json["hotcore"]["cpu_start"], "spin-table");
}

#[test]
fn what_cannot_be_is_a_400_that_names_the_field() {
    let door = Empty::start();
    for (more, text) in [
        (json!({"payload": null}), "payload: invalid type"),
        (json!({"payload": {"kernel": null}}), "payload.kernel"),
        (json!({"payload": {"kernel": ""}}), "payload.kernel"),
        (json!({"payload": {"kernel": 7}}), "payload.kernel: invalid type"),
        (json!({"payload": {"kernel": "/nonexistent/Image"}}), "/nonexistent/Image"),
        (json!({"payload": {"kernels": "x"}}), "payload.kernels: unknown field"),
        (json!({"cpus": {"boot_vcpus": 0}}), "cpus.boot_vcpus"),
        (json!({"cpus": {"boot_vcpus": 5}}), "cpus.boot_vcpus: 5 is more than max_vcpus, 4"),
        (json!({"cpus": {"max_vcpus": 513}}), "cpus.max_vcpus: a machine has between 1 and 512"),
        (json!({"cpus": {"max_vcpus": 4294967295u32}}), "cpus.max_vcpus"),
        (json!({"cpus": {"max_vcpus": -1}}), "cpus.max_vcpus: invalid value"),
        (json!({"cpus": {"max_vcpu": 4}}), "cpus.max_vcpu: unknown field"),
        (json!({"cpus": {"topology": {"threads": 1}}}), "cpus.topology"),
        (json!({"cpus": [1, 4, null]}), "cpus: invalid type"),
        (json!({"cpus": {"topology": [1, 4, 1, 1]}}), "cpus.topology: invalid type"),
        (json!({"hotcore": ["yes", "acpi", false]}), "hotcore: invalid type"),
        (json!({"memory": {"size": 0}}), "memory.size"),
        (json!({"memory": {"size": (64 << 20) + 1}}), "memory.size"),
        (json!({"memory": {"size": "64M"}}), "memory.size: invalid type"),
        (json!({"memory": {"hotplug_method": "Usb"}}), "memory.hotplug_method"),
        (json!({"serial": {"mode": "file"}}), "serial.mode: unknown variant"),
        (json!({"serial": {"mode": "File"}}), "serial.file"),
        (json!({"hotcore": {"removable": "maybe"}}), "hotcore.removable"),
        (json!({"hotcore": {"firmware": "dt"}}), "hotcore.firmware: a device tree"),
        (json!({"hotcore": {"cpu_start": "pen"}}), "hotcore.cpu_start: unknown variant"),
        (json!({"hotcore": {"cpu_start": "spin-table"}}), "hotcore.cpu_start: spin-table cannot"),
        (
            json!({"hotcore": {"cpu_start": "parking", "fault": "deny-cpu-on"}}),
            "hotcore.fault: deny-cpu-on takes a machine with PSCI",
        ),
        (
            json!({"hotcore": {"cpu_start": "parking", "fault": "mailboxes-beside-psci"}}),
            "hotcore.fault: mailboxes-beside-psci takes a machine with PSCI",
        ),
        (json!({"hotcore": {"fault": "everything"}}), "hotcore.fault: there is no `everything`"),
        (json!({"hotcore": {"engine": "kvm"}}), "unknown field `engine`"),
        (json!({"disk": []}), "disk: unknown field"),
    ] {
        let answer = create(&door, &door.config(more.clone()));
        assert_eq!(answer.status, 400, "{more}: {answer:?}");
        assert!(answer.error().contains(text), "{more}: {answer:?}");
    }
    assert_eq!(door.get("vm.info").status, 404, "nothing was made");
}

#[test]
fn what_hotcore_has_not_is_a_501_that_names_it() {
    let door = Empty::start();
    for (more, text) in [
        (json!({"disks": [{"path": "/disk"}]}), "disks: Hotcore has no disks"),
        (json!({"net": [{}]}), "net: Hotcore has no network"),
        (json!({"fs": [{"tag": "kataShared"}]}), "fs: "),
        (json!({"vsock": {"cid": 3, "socket": "/s"}}), "vsock: Hotcore has no vsock"),
        (json!({"devices": [{"path": "/sys"}]}), "devices: "),
        (json!({"numa": [{"guest_numa_id": 0}]}), "numa: Hotcore has one NUMA node"),
        (json!({"payload": {"firmware": "/fw"}}), "payload.firmware: "),
        (json!({"cpus": {"affinity": [{"vcpu": 0, "host_cpus": [0]}]}}), "cpus.affinity: "),
        (json!({"cpus": {"features": {"amx": true}}}), "cpus.features: "),
        (json!({"cpus": {"max_phys_bits": 36}}), "cpus.max_phys_bits: "),
        (
            json!({"cpus": {"topology": {"threads_per_core": 2, "cores_per_die": 2,
                "dies_per_package": 1, "packages": 1}}}),
            "cpus.topology: ",
        ),
        (json!({"memory": {"hugepages": true}}), "memory.hugepages: "),
        (json!({"memory": {"zones": [{"id": "a", "size": 1}]}}), "memory.zones: "),
        (json!({"console": {"mode": "Tty"}}), "console.mode: "),
        (json!({"serial": {"mode": "Pty"}}), "serial.mode: "),
        (json!({"rng": {"src": "/dev/zero"}}), "rng.src: "),
        (json!({"watchdog": true}), "watchdog: "),
        (json!({"platform": {"uuid": "x"}}), "platform: "),
        (json!({"tpm": {"socket": "/tpm"}}), "tpm: "),
    ] {
        let answer = create(&door, &door.config(more.clone()));
        assert_eq!(answer.status, 501, "{more}: {answer:?}");
        assert!(answer.error().contains(text), "{more}: {answer:?}");
    }
    assert_eq!(door.get("vm.info").status, 404, "nothing was made");
}

#[test]
fn what_asks_for_nothing_is_accepted() {
    let door = Empty::start();
    for more in [
        json!({"disks": null, "net": [], "fs": null, "vsock": null, "numa": [], "iommu": false}),
        json!({"balloon": {"size": 0}, "tpm": null, "watchdog": false, "pvpanic": false}),
        json!({"platform": {"num_pci_segments": 1, "iommu_segments": null, "tdx": false}}),
        json!({"cpus": {"affinity": [], "features": {"amx": false}, "kvm_hyperv": false,
            "nested": true, "core_scheduling": "Vm", "max_phys_bits": 46}}),
        json!({"memory": {"shared": true, "hugepages": false, "mergeable": false, "thp": true,
            "prefault": false, "hotplug_size": 1 << 30, "hotplug_method": "Acpi"}}),
        json!({"console": {"mode": "Off", "file": null, "iommu": false}, "rng": {"src": "/dev/urandom"}}),
        json!({"serial": null, "console": null, "rng": null, "hotcore": {"fault": null}}),
        json!({"debug_console": {"mode": "Off"}, "rtc": {"iommu": false}}),
    ] {
        let answer = create(&door, &door.config(more.clone()));
        assert_eq!(answer.status, 204, "{more}: {answer:?}");
        assert_eq!(door.put("vm.delete", "").status, 204);
    }
}

#[test]
fn paths_that_hotcore_has_not_say_so() {
    let door = Empty::start();
    for name in ["vm.add-fs", "vm.add-disk", "vm.add-net", "vm.snapshot", "vm.restore", "vm.nmi"] {
        for body in ["", "{}", "[", r#"{"destination_url": "file:///x"}"#] {
            let answer = door.put(name, body);
            assert_eq!(answer.status, 501, "{answer:?}");
            assert!(answer.error().starts_with(&format!("{name}: Hotcore has no ")), "{answer:?}");
        }
        assert_eq!(door.get(name).status, 405);
    }
    assert_eq!(door.get("vm.balloon-stats").status, 501);
}
