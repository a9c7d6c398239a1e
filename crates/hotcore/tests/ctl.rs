//! `hotcore ctl`, as a person runs it, on a machine whose guest is a script.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

mod served;

use std::process::{Command, Output};

use hotcore_scripted::Manners;
use hotcore_vmm::Stop;
use serde_json::{Value, json};

use served::Served;

impl Served {
    fn ctl(&self, words: &str) -> Output {
        let mut ctl = Command::new(env!("CARGO_BIN_EXE_hotcore"));
        ctl.args(["ctl", "--api-socket"]).arg(self.socket());
        ctl.args(words.split_whitespace()).output().unwrap()
    }

    /// The exit status and the JSON of a command.
    fn json(&self, words: &str) -> (i32, Value) {
        let output = self.ctl(&format!("{words} --json"));
        (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap())
    }
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn adding_and_removing_say_what_became_of_it() {
    let served = Served::boot();
    let added = served.ctl("add 2");
    assert_eq!(added.status.code(), Some(0));
    assert!(text(&added).starts_with("CPU 2 is online ("), "{added:?}");
    assert!(added.stderr.is_empty(), "progress is for terminals");
    let removed = served.ctl("remove 2");
    assert_eq!(removed.status.code(), Some(0));
    assert!(text(&removed).starts_with("CPU 2 is removed ("), "{removed:?}");
}

#[test]
fn json_has_the_records() {
    let served = Served::boot();
    let (status, record) = served.json("add 1");
    assert_eq!((status, &record["outcome"], &record["cpu"]), (0, &json!("online"), &json!(1)));
    let (status, resized) = served.json("resize 4");
    assert_eq!(status, 0);
    let outcomes: Vec<_> =
        resized["operations"].as_array().unwrap().iter().map(|o| &o["outcome"]).collect();
    assert_eq!(outcomes, ["online", "online"]);
    assert_eq!(served.json("resize 4"), (0, json!({"operations": []})));
    let (status, info) = served.json("info");
    assert_eq!((status, &info["config"]["cpus"]["boot_vcpus"]), (0, &json!(4)));
}

#[test]
fn info_is_a_table() {
    let served = Served::boot();
    let info = served.ctl("info");
    let text = text(&info);
    assert_eq!(info.status.code(), Some(0));
    assert!(text.starts_with("running: 1 of 4 CPUs, 64 MiB, Linux 6.12.43, acpi"), "{text}");
    assert_eq!(text.lines().count(), 3 + 4, "{text}");
}

#[test]
fn each_outcome_has_its_status() {
    let served = Served::boot();
    let manners = Manners::default();

    served.guest.set_manners(Manners { onlines: false, ..manners });
    let (status, record) = served.json("add 1 --online-timeout 0.05");
    assert_eq!((status, &record["outcome"]), (5, &json!("accepted-not-onlined")));

    served.guest.set_manners(Manners { refuses_removal: Some(0x82), ..manners });
    let refused = served.ctl("remove 1");
    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused).contains("the device is busy"), "{refused:?}");

    served.guest.set_manners(Manners { listens: false, ..manners });
    let (status, record) = served.json("remove 1 --timeout 0.05");
    assert_eq!((status, &record["outcome"]), (4, &json!("timed-out")));

    let (status, begun) = served.json("add 2 --no-wait");
    assert_eq!((status, &begun["outcome"]), (0, &Value::Null));
    let id = &begun["id"];
    assert_eq!(served.ctl(&format!("cancel {id}")).status.code(), Some(0));
    assert_eq!(served.ctl(&format!("cancel {id}")).status.code(), Some(1));
}

#[test]
fn a_request_that_a_reset_completes_has_a_status_of_its_own() {
    let served = Served::boot();
    served.guest.set_manners(Manners { listens: false, ..Manners::default() });
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| served.json("add 1"));
        while served.control.info().operations.is_empty() {
            std::thread::yield_now();
        }
        assert_eq!(served.ctl("reset").status.code(), Some(0));
        let (status, record) = waiting.join().unwrap();
        assert_eq!((status, &record["outcome"]), (6, &json!("completed-by-reset")));
    });
}

#[test]
fn what_the_vmm_does_not_take_is_explained() {
    let served = Served::boot();
    for (words, reason) in [
        ("remove 0", "boot CPU"),
        ("add 0", "enabled already"),
        ("add 4", "CPUs 0 to 3"),
        ("resize 0", "1 to 4"),
        ("resize 5", "1 to 4"),
    ] {
        let output = served.ctl(words);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{words}");
        assert!(errors.starts_with("hotcore: error: ") && errors.contains(reason), "{errors}");
    }
    for words in ["add", "add x", "add 65536", "resize -1", "add 1 --timeout 0", "explode"] {
        assert_eq!(served.ctl(words).status.code(), Some(2), "{words}");
    }
}

#[test]
fn shutdown_ends_the_machine() {
    let mut served = Served::boot();
    assert_eq!(served.ctl("power-button").status.code(), Some(0));
    assert_eq!(served.ctl("shutdown").status.code(), Some(0));
    assert_eq!(served.close(), Some(Stop::ByHost));
    let output = served.ctl("info");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no VMM answers at"));
}
