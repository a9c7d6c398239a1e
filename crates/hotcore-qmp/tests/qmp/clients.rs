//! Several clients at once, each for itself.

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use hotcore_vmm::KEPT;
use serde_json::json;

use crate::support::{Client, Served};

#[test]
fn each_negotiates_for_itself_and_has_its_own_events() {
    let served = Served::boot(1, 2);
    let mut first = served.client();
    let mut silent = served.connect();
    let mut second = served.client();
    first.add(1, "one");
    for client in [&mut first, &mut second] {
        assert_eq!(client.wait_for("ACPI_DEVICE_OST")["info"]["device"], "one");
    }
    // One that has not negotiated is told of nothing, and can do nothing.
    let (class, text) = silent.error("query-status", json!({}));
    assert_eq!(class, "CommandNotFound");
    assert_eq!(text, "Expecting capabilities negotiation with 'qmp_capabilities'");
    assert_eq!(silent.error("nonsense", json!({})).1, text);
    silent.ask("qmp_capabilities", json!({}));
    let (class, text) = silent.error("qmp_capabilities", json!({}));
    assert_eq!(class, "CommandNotFound");
    assert_eq!(text, "Capabilities negotiation is already complete, command ignored");
    second.ask("device_del", json!({"id": "one"}));
    for client in [&mut first, &mut silent, &mut second] {
        assert_eq!(client.wait_for("DEVICE_DELETED")["device"], "one");
    }
}

#[test]
fn a_capability_that_is_not_there_does_not_end_the_negotiation() {
    let served = Served::boot(1, 2);
    let mut client = served.connect();
    let (_, text) = client.error("qmp_capabilities", json!({"enable": ["oob"]}));
    assert_eq!(text, "Capability oob not available");
    assert_eq!(client.error("query-status", json!({})).0, "CommandNotFound");
    client.ask("qmp_capabilities", json!({"enable": []}));
    client.query("query-status");
}

#[test]
fn who_does_not_read_loses_events_and_is_told_so() {
    let served = Served::boot(1, 2);
    let mut slow = served.client();
    let mut quick = served.client();
    // Two events each, and more of them than a socket and a queue hold.
    for _ in 0..KEPT {
        quick.query("stop");
        quick.wait_for("STOP");
        quick.query("cont");
        quick.wait_for("RESUME");
    }
    let mut seen = 0;
    let lost = loop {
        let event = slow.event();
        if event["event"] == "HOTCORE_EVENTS_LOST" {
            break event["data"]["count"].as_u64().unwrap();
        }
        seen += 1;
    };
    assert!(lost > 0);
    quick.query("stop");
    for _ in 0..2 * KEPT as u64 - seen - lost {
        slow.event();
    }
    assert_eq!(slow.event()["event"], "STOP");
    slow.query("query-status");
}

#[test]
fn half_open_connections_do_not_keep_others_out() {
    let served = Served::boot(1, 2);
    let mut client = served.client();
    let silent: Vec<_> = (0..200).map(|_| UnixStream::connect(served.socket()).unwrap()).collect();
    served.client().query("query-status");
    client.query("query-status");
    // The oldest of them had to go.
    let mut first = &silent[0];
    first.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    first.read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn who_has_finished_is_still_answered() {
    let served = Served::boot(1, 2);
    let mut client = Client::new(UnixStream::connect(served.socket()).unwrap());
    // As `printf ... | socat - UNIX-CONNECT:...`; the last line has no end.
    client.send("{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"query-status\",\"id\":2}");
    client.finish();
    assert!(client.line().unwrap().get("QMP").is_some());
    assert_eq!(client.answer(), json!({"return": {}}));
    assert_eq!(client.answer()["id"], 2);
    assert_eq!(client.line(), None);
}

#[test]
fn who_goes_in_the_midst_of_everything_harms_nobody() {
    let served = Served::boot(1, 2);
    for _ in 0..20 {
        let mut client = served.client();
        client.send("{\"execute\": \"query-qmp-schema\"}\n".repeat(100));
        client.send("{\"execute\": \"st");
        drop(client);
    }
    served.client().query("query-status");
}
