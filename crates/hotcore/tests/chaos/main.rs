//! Sixty-four clients at once through two doors of one machine. Some of them die, stall or never listen:
//! the others are answered, whatever was begun ends, and nobody is left behind.

// Descriptors are counted: this has to be the one test of its process.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is a test's report")]

mod clients;
mod doors;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use clients::{Monitor, Rest};
use doors::Doors;

/// Clients of each door that ask and wait for the answer, and how often they do.
const STEADY: usize = 14;
const TURNS: usize = 60;
/// Clients of each door of each other kind: those that do not listen, those that die as fast as they can, and
/// those that ask after each death.
const UNRULY: usize = 6;
/// How often somebody dies at each of the latter's places.
const DEATHS: usize = 30;

/// How many CPUs are possible.
const MAX: usize = 8;
/// How long everything may take to settle: a test that hangs is worse than one that fails.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn whoever_behaves_is_answered_and_nothing_is_left_behind() {
    let doors = Doors::open(1, u16::try_from(MAX).unwrap());
    let before = descriptors();
    let steady: Vec<_> = (0..STEADY)
        .map(|_| (Rest::connect(&doors.api()), Monitor::connect(&doors.qmp())))
        .collect();
    let deaf: Vec<_> = (0..UNRULY).flat_map(|turn| clients::deaf(&doors, turn)).collect();
    thread::scope(|scope| {
        for (client, (rest, monitor)) in steady.into_iter().enumerate() {
            scope.spawn(move || ask_by_rest(rest, client));
            scope.spawn(move || ask_by_qmp(monitor, client));
        }
        for client in 0..UNRULY {
            let doors = &doors;
            scope.spawn(move || {
                let mut rest = Rest::connect(&doors.api());
                let mut monitor = Monitor::connect(&doors.qmp());
                for turn in 0..DEATHS {
                    clients::die(doors, client * 7 + turn);
                    // Whoever is answered came in after the dead.
                    assert_eq!(rest.get("vmm.ping").0, 200);
                    monitor.ask("query-status", &json!({}));
                }
            });
        }
    });
    drop(deaf);
    settles(&doors, 3);
    until("the descriptors of those who left are closed", || descriptors() == before);
}

fn ask_by_rest(mut rest: Rest, client: usize) {
    for turn in 0..TURNS {
        let (name, statuses): (_, &[u16]) = match (client + turn) % 6 {
            0 => ("vmm.ping", &[200]),
            1 => ("vm.info", &[200]),
            2 => ("vm.operations", &[200]),
            3 => ("metrics", &[200]),
            // The guest may be ejecting what is wanted again.
            _ => ("vm.resize", &[204, 429]),
        };
        let count = 1 + (client * 3 + turn) % MAX;
        let status = match name {
            "vm.resize" => rest.put(name, &json!({"desired_vcpus": count})).0,
            _ => rest.get(name).0,
        };
        assert!(statuses.contains(&status), "{name}: {status}");
    }
}

fn ask_by_qmp(mut monitor: Monitor, client: usize) {
    for turn in 0..TURNS {
        let command = ["query-status", "query-cpus-fast", "query-hotpluggable-cpus", "device_set"]
            [(client + turn) % 4];
        if command != "device_set" {
            let told = monitor.ask(command, &json!({}));
            assert!(told.get("return").is_some(), "{command}: {told}");
            continue;
        }
        let state = if turn % 2 == 0 { "enable" } else { "disable" };
        let core = 1 + (client + turn) % (MAX - 1);
        let driver = "cortex-a57-arm-cpu";
        let set = json!({"driver": driver, "core-id": core, "admin-state": state});
        // It may be so already, or about to be otherwise: then the answer says that.
        let told = monitor.ask(command, &set);
        let class = told["error"]["class"].as_str();
        assert!(told.get("return").is_some() || class == Some("GenericError"), "{told}");
    }
}

/// The machine can be given any size, all that was ever begun has ended, and the CPUs that are enabled are
/// those that execute.
fn settles(doors: &Doors, count: usize) {
    let mut rest = Rest::connect(&doors.api());
    until("the machine can be resized", || {
        rest.put("vm.resize", &json!({"desired_vcpus": count})).0 == 204
    });
    until("every operation ends", || {
        let operations = rest.get("vm.operations").1;
        let operations = operations["operations"].as_array().cloned().unwrap_or_default();
        operations.iter().all(|operation| operation["stage"] == "ended")
    });
    let last = rest.get("vm.operations").1["operations"].as_array().and_then(|all| {
        let ids = all.iter().filter_map(|operation| operation["id"].as_u64());
        ids.max()
    });
    let metrics = rest.get("metrics").1;
    let ended = metrics.as_str().unwrap_or_default().lines();
    let ended = ended.filter(|line| line.starts_with("hotcore_operation_seconds_count"));
    let ended: u64 = ended.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum();
    assert_eq!(Some(ended), last, "each operation that was begun has ended once");
    until("what is enabled executes, and nothing else", || {
        let info = rest.get("vm.info").1;
        let cpus = info["hotcore"]["cpus"].as_array().cloned().unwrap_or_default();
        let fits = |cpu: &Value| {
            let enabled = cpu["enabled"] == true;
            enabled == (cpu["power"] == "on")
                && cpu["inserting"] == false
                && cpu["removing"] == false
        };
        cpus.iter().filter(|cpu| cpu["enabled"] == true).count() == count && cpus.iter().all(fits)
    });
}

#[track_caller]
fn until(what: &str, mut it: impl FnMut() -> bool) {
    let until = Instant::now() + PATIENCE;
    while !it() {
        assert!(Instant::now() < until, "in vain: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// How many descriptors this process has open.
fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}
