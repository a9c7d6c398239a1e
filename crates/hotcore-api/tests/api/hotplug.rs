//! CPUs come and go through the API, with a guest that does as Linux does.

use crate::support::{Door, Served, receive, send};
use hotcore_api::wire::{Kind, OneCpu, Outcome, Resize, Stage};
use hotcore_scripted::Manners;
use hotcore_vmm::Stop;
use serde_json::json;

fn one(cpu: u16) -> OneCpu {
    OneCpu { cpu, timeout_ms: None, online_timeout_ms: None, wait: true }
}

#[test]
fn a_cpu_comes_and_goes() {
    let served = Served::boot(1, 4);
    let added = served.put("vm.add-cpu", r#"{"cpu": 2}"#);
    assert_eq!(added.status, 200, "{added:?}");
    assert_eq!(added.json["outcome"], "online");
    assert_eq!(added.json["kind"], "plug");
    assert_eq!(added.json["cpu"], 2);
    let at = |stage: &str| added.json["timings"][stage].as_u64().unwrap();
    let stages =
        ["requested_us", "raised_us", "delivered_us", "accepted_us", "power_us", "ended_us"];
    assert!(stages.map(at).is_sorted(), "{added:?}");
    assert!(added.json["vmm_time_us"].is_u64());
    assert_eq!(served.enabled(), [0, 2]);

    let removed = served.put("vm.remove-cpu", r#"{"cpu": 2}"#);
    assert_eq!((removed.status, &removed.json["outcome"]), (200, &json!("ejected")), "{removed:?}");
    assert_eq!(served.enabled(), [0]);
}

#[test]
fn info_tells_the_current_count_as_clients_expect_it() {
    let served = Served::boot(1, 4);
    assert_eq!(served.put("vm.add-cpu", r#"{"cpu": 1}"#).status, 200);
    let info = served.get("vm.info");
    assert_eq!(info.status, 200);
    assert_eq!(info.json["state"], "Running");
    assert_eq!(info.json["config"]["cpus"], json!({"boot_vcpus": 2, "max_vcpus": 4}));
    assert_eq!(info.json["config"]["memory"]["size"], 64 << 20);
    let hotcore = &info.json["hotcore"];
    assert_eq!(hotcore["engine"], "scripted");
    assert_eq!(hotcore["kernel_version"], "6.12.43");
    assert_eq!(hotcore["cpus"][1]["power"], "on");
    assert_eq!(hotcore["cpus"][1]["ost"]["status"], 0);
    assert_eq!(hotcore["operations"][0]["outcome"], "online");
    assert!(hotcore["timings"]["first_instruction_us"].is_u64());
}

#[test]
fn resize_goes_up_and_down_and_is_idempotent() {
    let served = Served::boot(1, 4);
    let mut client = served.client();
    for (count, expected) in [(4, 3), (4, 0), (2, 2), (1, 1), (1, 0), (3, 2)] {
        let asked = Resize { desired_vcpus: Some(count), ..Resize::default() };
        let begun = client.resize(asked).unwrap().operations;
        assert_eq!(begun.len(), expected, "to {count}");
        for id in begun {
            while client.operation(id, Stage::Accepted, PATIENCE).unwrap().outcome.is_none() {}
        }
        assert_eq!(served.enabled().len(), count as usize);
    }
    assert_eq!(served.put("vm.resize", r#"{"desired_vcpus": 3}"#).status, 204);
}

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

#[test]
fn resize_out_of_range_says_what_is_possible() {
    let served = Served::boot(1, 4);
    for desired in ["0", "5", "65537", "4294967295"] {
        let answer = served.put("vm.resize", &format!(r#"{{"desired_vcpus": {desired}}}"#));
        assert_eq!(answer.status, 400);
        assert!(answer.error().contains("1 to 4"), "{answer:?}");
    }
    assert_eq!(served.enabled(), [0]);
}

#[test]
fn memory_is_what_it_is() {
    let served = Served::boot(1, 2);
    assert_eq!(served.put("vm.resize", r#"{"desired_ram": 67108864}"#).status, 204);
    let answer = served.put("vm.resize", r#"{"desired_vcpus": 2, "desired_ram": 1}"#);
    assert_eq!(answer.status, 400);
    assert!(answer.error().contains("desired_ram"), "{answer:?}");
    assert_eq!(served.put("vm.resize", r#"{"desired_balloon": 4096}"#).status, 400);
    assert_eq!(served.enabled(), [0], "a request that is wrong in part does nothing");
}

#[test]
fn b038_b039_b040_impossible_requests_change_nothing() {
    let served = Served::boot(2, 4);
    for (name, cpu, status, text) in [
        ("vm.add-cpu", 4, 400, "there is no CPU 4"),
        ("vm.add-cpu", 65535, 400, "there is no CPU 65535"),
        ("vm.add-cpu", 1, 409, "enabled already"),
        ("vm.remove-cpu", 3, 409, "not enabled"),
        ("vm.remove-cpu", 0, 400, "boot CPU"),
    ] {
        let answer = served.put(name, &format!(r#"{{"cpu": {cpu}}}"#));
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.error().contains(text), "{answer:?}");
    }
    assert_eq!(served.enabled(), [0, 1]);
    assert!(served.control.info().operations.is_empty());
}

#[test]
fn a_refusal_comes_with_the_guests_words() {
    let served = Served::boot(1, 2);
    assert_eq!(served.put("vm.add-cpu", r#"{"cpu": 1}"#).status, 200);
    served.guest.set_manners(Manners { refuses_removal: Some(0x82), ..Manners::default() });
    let answer = served.put("vm.remove-cpu", r#"{"cpu": 1}"#);
    assert_eq!((answer.status, &answer.json["outcome"]), (409, &json!("refused")));
    let words = json!({"source": 3, "status": 0x82, "text": "the device is busy"});
    assert_eq!(answer.json["ost"], words);
    assert_eq!(served.enabled(), [0, 1]);

    served.guest.set_manners(Manners::default());
    assert_eq!(served.put("vm.remove-cpu", r#"{"cpu": 1}"#).status, 200, "asking again works");
}

#[test]
fn a_guest_that_never_answers_times_out_and_stays_usable() {
    let served = Served::boot(1, 2);
    served.guest.set_manners(Manners { listens: false, ..Manners::default() });
    let answer = served.put("vm.add-cpu", r#"{"cpu": 1, "timeout_ms": 50}"#);
    assert_eq!((answer.status, &answer.json["outcome"]), (504, &json!("timed-out")));
    assert_eq!(served.enabled(), [0], "what the guest has not noticed is undone");

    served.guest.set_manners(Manners::default());
    assert_eq!(served.put("vm.add-cpu", r#"{"cpu": 1}"#).json["outcome"], "online");
}

#[test]
fn a_guest_that_does_not_bring_the_cpu_up_is_told_from_one_that_does() {
    let served = Served::boot(1, 2);
    served.guest.set_manners(Manners { onlines: false, ..Manners::default() });
    let answer = served.put("vm.add-cpu", r#"{"cpu": 1, "online_timeout_ms": 50}"#);
    let outcome = &answer.json["outcome"];
    assert_eq!((answer.status, outcome), (200, &json!("accepted-not-onlined")));
    assert_eq!(served.enabled(), [0, 1]);
}

#[test]
fn an_operation_can_be_watched_stage_by_stage() {
    let served = Served::boot(1, 2);
    served.guest.set_manners(Manners { listens: false, ..Manners::default() });
    let mut client = served.client();
    let begun = client.add(one(1)).unwrap();
    assert_eq!((begun.kind, begun.stage, begun.outcome), (Kind::Plug, Stage::Requested, None));
    let same = served.get(&format!("vm.operation?id={}&wait_ms=20&seen=requested", begun.id));
    assert_eq!((same.status, &same.json["stage"]), (200, &json!("requested")));

    served.guest.set_manners(Manners::default());
    let mut operation = begun;
    while operation.stage != Stage::Ended {
        let next = client.operation(operation.id, operation.stage, PATIENCE).unwrap();
        assert!(next.stage > operation.stage, "{next:?}");
        operation = next;
    }
    assert_eq!(operation.outcome, Some(Outcome::Online));
}

#[test]
fn a_request_can_be_taken_back_until_the_guest_sees_it() {
    let served = Served::boot(1, 2);
    served.guest.set_manners(Manners { listens: false, ..Manners::default() });
    let begun = served.put("vm.add-cpu", r#"{"cpu": 1, "wait": false}"#);
    assert_eq!(begun.status, 202);
    let id = begun.json["id"].as_u64().unwrap();
    assert_eq!(served.put("vm.cancel-operation", &format!(r#"{{"id": {id}}}"#)).status, 204);
    let operation = served.get(&format!("vm.operation?id={id}"));
    assert_eq!(operation.json["outcome"], "cancelled");
    assert_eq!(served.enabled(), [0]);
    assert_eq!(served.put("vm.cancel-operation", &format!(r#"{{"id": {id}}}"#)).status, 404);
    assert_eq!(served.get("vm.operation?id=4711").status, 404);
}

#[test]
fn a_second_resize_redirects_the_first() {
    let served = Served::boot(1, 4);
    served.guest.set_manners(Manners { listens: false, ..Manners::default() });
    assert_eq!(served.put("vm.resize", r#"{"desired_vcpus": 4}"#).status, 204);
    assert_eq!(served.enabled().len(), 4);
    assert_eq!(served.put("vm.resize", r#"{"desired_vcpus": 1}"#).status, 204);
    assert_eq!(served.enabled(), [0], "the guest had not noticed");
}

#[test]
fn while_the_guest_ejects_a_resize_is_asked_to_come_back() {
    let served = Served::boot(2, 2);
    // It takes the request, and never finishes.
    served.guest.set_manners(Manners { ejects: false, ..Manners::default() });
    let begun = served.put("vm.remove-cpu", r#"{"cpu": 1, "wait": false}"#);
    let id = begun.json["id"].as_u64().unwrap();
    let mut client = served.client();
    assert_eq!(client.operation(id, Stage::Delivered, PATIENCE).unwrap().stage, Stage::Accepted);
    for (name, body) in [("vm.resize", r#"{"desired_vcpus": 2}"#), ("vm.add-cpu", r#"{"cpu": 1}"#)]
    {
        let answer = served.put(name, body);
        assert_eq!(answer.status, 429, "{answer:?}");
        assert!(answer.error().contains("Too Many Requests"), "{answer:?}");
    }
}

#[test]
fn a_client_that_leaves_while_it_waits_changes_nothing() {
    let served = Served::boot(1, 2);
    served.guest.set_manners(Manners { listens: false, ..Manners::default() });
    let mut stream = served.connect();
    send(&mut stream, "PUT", "vm.add-cpu", r#"{"cpu": 1}"#);
    let id = loop {
        if let Some(record) = served.control.info().operations.first() {
            break record.operation.id.get();
        }
    };
    drop(stream);
    served.guest.set_manners(Manners::default());
    let operation = served.client().operation(id, Stage::Accepted, PATIENCE).unwrap();
    assert_eq!(operation.outcome, Some(Outcome::Online));
}

#[test]
fn two_clients_at_once() {
    let served = Served::boot(1, 16);
    std::thread::scope(|scope| {
        for first in [1, 2] {
            let served = &served;
            scope.spawn(move || {
                let mut stream = served.connect();
                for round in 0..20 {
                    for cpu in (first..16).step_by(2) {
                        let name = if round % 2 == 0 { "vm.add-cpu" } else { "vm.remove-cpu" };
                        send(&mut stream, "PUT", name, &format!(r#"{{"cpu": {cpu}}}"#));
                        let answer = receive(&mut stream);
                        assert_eq!(answer.status, 200, "{answer:?}");
                    }
                }
            });
        }
    });
    assert_eq!(served.enabled(), [0]);
}

#[test]
fn a_request_while_the_guest_boots_is_not_lost() {
    let served = Served::boot(1, 8);
    for round in 0..50 {
        assert_eq!(served.put("vm.reboot", "").status, 204);
        let cpu = 1 + round % 7;
        let name = if round / 7 % 2 == 0 { "vm.add-cpu" } else { "vm.remove-cpu" };
        let answer = served.put(name, &format!(r#"{{"cpu": {cpu}}}"#));
        let outcome = answer.json["outcome"].as_str().unwrap();
        let expected = ["online", "ejected", "completed-by-reset"];
        assert!(expected.contains(&outcome), "{answer:?}");
        let done = served.enabled().contains(&cpu);
        assert_eq!(done, name == "vm.add-cpu", "round {round}: {answer:?}");
    }
}

#[test]
fn a_reset_completes_what_is_under_way() {
    let served = Served::boot(1, 2);
    served.guest.set_manners(Manners { listens: false, ..Manners::default() });
    let begun = served.put("vm.add-cpu", r#"{"cpu": 1, "wait": false}"#);
    assert_eq!(served.put("vm.reboot", "").status, 204);
    let id = begun.json["id"].as_u64().unwrap();
    let operation = served.client().operation(id, Stage::Accepted, PATIENCE).unwrap();
    assert_eq!(operation.outcome, Some(Outcome::CompletedByReset));
    assert_eq!(served.enabled(), [0, 1]);
}

#[test]
fn the_answer_to_a_shutdown_arrives_before_the_end() {
    for name in ["vm.shutdown", "vmm.shutdown"] {
        let served = Served::boot(1, 2);
        let mut stream = served.connect();
        send(&mut stream, "PUT", name, "");
        let ended = served.end();
        assert_eq!(receive(&mut stream).status, 204);
        assert_eq!(ended, Stop::ByHost);
    }
}

#[test]
fn who_waits_at_the_end_of_the_machine_is_told() {
    let served = Served::boot(1, 2);
    served.guest.set_manners(Manners { listens: false, ..Manners::default() });
    let mut stream = served.connect();
    send(&mut stream, "PUT", "vm.add-cpu", r#"{"cpu": 1}"#);
    while served.control.info().operations.is_empty() {}
    served.control.stop();
    served.end();
    let answer = receive(&mut stream);
    assert_eq!(answer.status, 503);
    assert!(answer.error().contains("ended"), "{answer:?}");
}
