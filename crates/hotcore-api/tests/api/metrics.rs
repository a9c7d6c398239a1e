//! What a scraper finds.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::json;

use crate::support::{Door, Empty, Served, receive};

/// Reads the text as a scraper does: each sample after the type of its metric.
fn samples(text: &str) -> BTreeMap<String, String> {
    let mut samples = BTreeMap::new();
    let mut metric = String::new();
    for line in text.lines() {
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(name.ends_with("_total") == (kind == "counter"), "{line}");
            name.clone_into(&mut metric);
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with(&metric), "{line} is no {metric}");
            value.parse::<f64>().unwrap();
            let twice = samples.insert(name.to_owned(), value.to_owned());
            assert!(twice.is_none(), "{line}");
        }
    }
    assert!(text.ends_with('\n'));
    samples
}

#[test]
fn it_counts_what_cpus_and_operations_do() {
    let served = Served::boot(1, 4);
    assert_eq!(served.put("vm.add-cpu", r#"{"cpu": 2}"#).status, 200);
    assert_eq!(served.put("vm.remove-cpu", r#"{"cpu": 2}"#).status, 200);
    assert_eq!(served.put("vm.add-cpu", r#"{"cpu": 3}"#).status, 200);
    let answer = served.get("metrics");
    assert_eq!(answer.status, 200);
    assert!(answer.head.contains("content-type: text/plain; version=0.0.4"), "{answer:?}");
    let samples = samples(&answer.text);
    for (name, value) in [
        (r#"hotcore_operations_total{kind="plug",outcome="online"}"#, "2"),
        (r#"hotcore_operations_total{kind="unplug",outcome="ejected"}"#, "1"),
        (r#"hotcore_operations_total{kind="plug",outcome="refused"}"#, "0"),
        (r#"hotcore_operation_seconds_bucket{kind="plug",le="+Inf"}"#, "2"),
        (r#"hotcore_operation_seconds_count{kind="unplug"}"#, "1"),
        (r#"hotcore_machine_state{state="running"}"#, "1"),
        (r#"hotcore_machine_state{state="none"}"#, "0"),
        ("hotcore_vcpus_enabled", "2"),
        ("hotcore_vcpus_possible", "4"),
        (r#"hotcore_vcpu_enabled{vcpu="2"}"#, "0"),
        (r#"hotcore_vcpu_enabled{vcpu="3"}"#, "1"),
        (r#"hotcore_vcpu_on{vcpu="3"}"#, "1"),
        (r#"hotcore_vcpu_starts_total{vcpu="2"}"#, "1"),
    ] {
        assert_eq!(samples.get(name).map(String::as_str), Some(value), "{name} in {}", answer.text);
    }
    assert_ne!(samples[r#"hotcore_vcpu_exits_total{vcpu="0",kind="mmio_writes"}"#], "0");
    assert!(samples.contains_key(r#"hotcore_vcpu_busy_seconds_total{vcpu="0"}"#));
    assert_ne!(samples["hotcore_events_total"], "0");
    let buckets = samples.iter().filter(|(name, _)| name.contains("_bucket{kind=\"plug\""));
    assert!(buckets.count() > 10);
}

#[test]
fn scrapers_find_it_where_they_look() {
    let door = Empty::start();
    let mut stream = door.connect();
    stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    let answer = receive(&mut stream);
    let samples = samples(&answer.text);
    assert_eq!(samples[r#"hotcore_machine_state{state="none"}"#], "1");
    assert_eq!(door.put("metrics", "").status, 405);
}

#[test]
fn operations_are_not_forgotten_with_their_machine() {
    let door = Empty::start();
    assert_eq!(door.put("vm.create", &door.config(json!({})).to_string()).status, 204);
    assert_eq!(door.put("vm.boot", "").status, 204);
    door.guest.wait_for_boots(1);
    assert_eq!(door.put("vm.add-cpu", r#"{"cpu": 1}"#).status, 200);
    assert_eq!(door.put("vm.delete", "").status, 204);
    let samples = samples(&door.get("metrics").text);
    assert_eq!(samples[r#"hotcore_operations_total{kind="plug",outcome="online"}"#], "1");
}
