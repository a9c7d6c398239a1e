//! The dialogues that Kata has with a VMM, message by message. Facts about its drivers, which were read from
//! their sources; nothing of them is here.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use hotcore_api::wire::Stage;
use hotcore_scripted::Manners;
use serde_json::{Value, json};

use crate::support::{Door, Empty, Served};

/// How long something may take that happens at once.
const PATIENCE: Duration = Duration::from_secs(60);

/// What Kata's runtime in Go asks for. It always asks for a vsock besides, and for an image or a shared
/// file system: those are refused by name.
fn asked_by_go(door: &Empty) -> Value {
    json!({
        "cpus": {
            "boot_vcpus": 1, "max_vcpus": 4, "kvm_hyperv": false,
            "topology": {"threads_per_core": 1, "cores_per_die": 4, "dies_per_package": 1, "packages": 1}
        },
        "memory": {
            "size": 256 << 20, "hotplug_size": 1u64 << 34, "mergeable": false, "hotplug_method": "Acpi",
            "shared": true, "hugepages": false, "prefault": false, "thp": true
        },
        "payload": {
            "kernel": door.file("Image"), "initramfs": door.file("Image"),
            "cmdline": "root=/dev/pmem0p1 panic=1 no_timer_check noreplace-smp quiet"
        },
        "rng": {"src": "/dev/urandom", "iommu": false},
        "serial": {"mode": "Off", "iommu": false},
        "console": {"mode": "Off", "iommu": false},
        "iommu": false, "watchdog": false, "pvpanic": false
    })
}

/// What Kata's runtime in Rust asks for.
fn asked_by_rust(door: &Empty) -> Value {
    json!({
        "cpus": {
            "boot_vcpus": 1, "max_vcpus": 4, "kvm_hyperv": false, "features": {},
            "topology": {"threads_per_core": 1, "cores_per_die": 4, "dies_per_package": 1, "packages": 1}
        },
        "memory": {
            "size": 256 << 20, "mergeable": false, "hotplug_method": "Acpi", "hotplug_size": 1u64 << 33,
            "shared": true, "hugepages": false, "prefault": false
        },
        "payload": {
            "firmware": null, "kernel": door.file("Image"), "cmdline": "console=ttyAMA0", "initramfs": null
        },
        "rng": {"src": "/dev/urandom", "iommu": false},
        "serial": {"file": null, "mode": "Tty", "iommu": false},
        "console": {"file": null, "mode": "Off", "iommu": false},
        "iommu": false, "watchdog": false
    })
}

/// A client as strict as the dialect's own: the status is all that follows the version, a length is called
/// `Content-Length`, and what it reads, 256 bytes at a time, is text.
struct Strict {
    stream: UnixStream,
}

impl Strict {
    fn ask(&mut self, method: &str, name: &str, body: Option<&str>) -> (u16, Option<String>) {
        let mut request =
            format!("{method} /api/v1/{name} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n");
        if let Some(body) = body {
            let _ = write!(request, "Content-Length: {}\r\n", body.len());
        }
        request += "\r\n";
        self.stream.write_all(request.as_bytes()).unwrap();
        self.stream.write_all(body.unwrap_or_default().as_bytes()).unwrap();
        let mut answer = String::new();
        loop {
            let mut bytes = [0; 256];
            let count = self.stream.read(&mut bytes).unwrap();
            assert_ne!(count, 0, "the connection is kept: {answer}");
            answer += std::str::from_utf8(&bytes[..count]).unwrap();
            let Some((head, body)) = answer.split_once("\r\n\r\n") else { continue };
            let status = head.lines().next().unwrap().strip_prefix("HTTP/1.1 ").unwrap();
            let status = status.trim().parse().unwrap();
            let Some(length) = head.lines().find_map(|line| line.strip_prefix("Content-Length: "))
            else {
                assert_eq!(body, "");
                return (status, None);
            };
            if body.len() >= length.parse().unwrap() {
                return (status, Some(body.to_owned()));
            }
        }
    }

    fn info(&mut self) -> Value {
        let (status, body) = self.ask("GET", "vm.info", None);
        assert_eq!(status, 200);
        serde_json::from_str(&body.unwrap()).unwrap()
    }
}

/// Go's client: a request has a length, also where it has no body.
fn go(stream: &mut UnixStream, method: &str, name: &str, body: &str) -> crate::support::Answer {
    let length = match (method, body) {
        ("GET", _) => String::new(),
        _ => format!("Content-Length: {}\r\nContent-Type: application/json\r\n", body.len()),
    };
    let head = format!(
        "{method} /api/v1/{name} HTTP/1.1\r\nHost: localhost\r\n\
         User-Agent: OpenAPI-Generator/1.0.0/go\r\nAccept: application/json\r\n{length}\
         Accept-Encoding: gzip\r\n\r\n{body}"
    );
    stream.write_all(head.as_bytes()).unwrap();
    crate::support::receive(stream)
}

#[test]
fn the_runtime_in_go_starts_resizes_and_stops() {
    let door = Empty::start();
    let stream = &mut door.connect();
    assert_eq!(go(stream, "GET", "vmm.ping", "").status, 200);
    assert_eq!(go(stream, "PUT", "vm.create", &asked_by_go(&door).to_string()).status, 204);
    let info = go(stream, "GET", "vm.info", "").json;
    assert_eq!(info["state"], "Created");
    assert!(info["config"]["payload"].is_object(), "which its decoder insists on");
    assert_eq!(go(stream, "PUT", "vm.boot", "").status, 204);
    assert_eq!(go(stream, "GET", "vm.info", "").json["state"], "Running");
    door.guest.wait_for_boots(1);
    // ResizeVCPUs: the current count, then the wanted one.
    for wanted in [3, 3, 1] {
        let info = go(stream, "GET", "vm.info", "").json;
        assert!(info["config"]["cpus"]["boot_vcpus"].as_u64() >= Some(1));
        assert_eq!(info["config"]["cpus"]["max_vcpus"], 4);
        let body = format!(r#"{{"desired_vcpus":{wanted}}}"#);
        let mut answer = go(stream, "PUT", "vm.resize", &body);
        while answer.status == 429 {
            assert!(answer.error().contains("Too Many Requests"), "{answer:?}");
            answer = go(stream, "PUT", "vm.resize", &body);
        }
        assert_eq!(answer.status, 204);
        // The guest may still be ejecting; the count is what was asked for as soon as it is done.
        while go(stream, "GET", "vm.info", "").json["config"]["cpus"]["boot_vcpus"] != wanted {}
    }
    // ResizeMemory: without hotplug_size there, it does not try.
    let memory = &go(stream, "GET", "vm.info", "").json["config"]["memory"];
    assert!(memory.get("hotplug_size").is_none());
    // StopVM.
    assert_eq!(go(stream, "GET", "vmm.ping", "").status, 200);
    assert_eq!(go(stream, "PUT", "vmm.shutdown", "").status, 204);
    door.end();
}

#[test]
fn the_runtime_in_rust_does_all_on_one_connection() {
    let door = Empty::start();
    let mut client = Strict { stream: door.connect() };
    let (status, body) = client.ask("GET", "vmm.ping", None);
    assert!(status == 200 && body.unwrap().contains("build_version"));
    let config = serde_json::to_string_pretty(&asked_by_rust(&door)).unwrap();
    assert_eq!(client.ask("PUT", "vm.create", Some(&config)), (204, None));
    assert_eq!(client.info()["state"], "Created");
    assert_eq!(client.ask("PUT", "vm.boot", None), (204, None));
    assert_eq!(client.info()["state"], "Running");
    let body = r#"{"desired_vcpus":4,"desired_ram":null,"desired_balloon":null}"#;
    assert_eq!(client.ask("PUT", "vm.resize", Some(body)), (204, None));
    assert_eq!(client.info()["config"]["cpus"]["boot_vcpus"], 4);
    let (status, text) = client.ask("PUT", "vm.add-fs", Some(r#"{"tag":"kataShared"}"#));
    assert!(status == 501 && text.unwrap().contains("no shared file systems"));
    assert_eq!(client.ask("PUT", "vm.shutdown", None), (204, None));
    assert_eq!(client.info()["state"], "Shutdown");
    assert_eq!(client.ask("PUT", "vmm.shutdown", None), (204, None));
    door.end();
}

#[test]
fn what_kata_asks_beyond_is_refused_by_name() {
    let door = Empty::start();
    let mut client = Strict { stream: door.connect() };
    for (name, value) in [
        ("vsock", json!({"cid": 3, "socket": "/run/clh.sock", "iommu": false})),
        ("pmem", json!([{"file": "/usr/share/kata.img", "discard_writes": true}])),
        ("fs", json!([{"tag": "kataShared", "socket": "/s", "num_queues": 1, "queue_size": 1024}])),
    ] {
        for mut config in [asked_by_go(&door), asked_by_rust(&door)] {
            config[name] = value.clone();
            let (status, text) = client.ask("PUT", "vm.create", Some(&config.to_string()));
            assert_eq!(status, 501);
            assert!(text.unwrap().contains(name));
        }
    }
}

#[test]
fn texts_from_elsewhere_do_not_break_its_reader() {
    let door = Empty::start();
    let mut client = Strict { stream: door.connect() };
    let cmdline = "\u{1f427}\u{e9}".repeat(150);
    let config = door.config(json!({"payload": {"cmdline": cmdline}}));
    assert_eq!(client.ask("PUT", "vm.create", Some(&config.to_string())), (204, None));
    assert_eq!(client.info()["config"]["payload"]["cmdline"], cmdline.as_str());
}

#[test]
fn a_removal_that_hangs_is_too_many_requests_until_its_deadline() {
    let served = Served::boot(1, 2);
    assert_eq!(served.put("vm.add-cpu", r#"{"cpu": 1}"#).status, 200);
    served.guest.set_manners(Manners { ejects: false, ..Manners::default() });
    let stream = &mut served.connect();
    let body = r#"{"desired_vcpus": 1, "timeout_ms": 2000}"#;
    assert_eq!(go(stream, "PUT", "vm.resize", body).status, 204);
    // Until the guest has seen the request, another one would take it back.
    let begun = go(stream, "GET", "vm.operations", "").json["operations"][1].clone();
    let seen = served.client().operation(begun["id"].as_u64().unwrap(), Stage::Delivered, PATIENCE);
    assert_eq!(seen.unwrap().stage, Stage::Accepted);
    let mut refused = 0;
    let last = loop {
        let answer = go(stream, "PUT", "vm.resize", r#"{"desired_vcpus":2}"#);
        let operation = go(stream, "GET", "vm.operations", "").json["operations"][1].clone();
        if answer.status != 429 {
            break (answer, operation);
        }
        assert!(answer.error().contains("Too Many Requests"), "{answer:?}");
        refused += 1;
        assert!(operation["outcome"].is_null() || refused < 1_000_000, "it ends: {operation}");
    };
    assert!(refused > 0, "the removal went on: {last:?}");
    assert_eq!(last.0.status, 204, "{last:?}");
}
