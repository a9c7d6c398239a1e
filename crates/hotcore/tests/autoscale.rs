//! `hotcore autoscale`, as a person runs it: over a recorded trace, and on a machine whose guest is a
//! script.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

mod served;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use hotcore_scripted::Manners;
use serde_json::Value;

use served::Served;

/// Far longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(60);

fn autoscale() -> Command {
    let mut autoscale = Command::new(env!("CARGO_BIN_EXE_hotcore"));
    autoscale.arg("autoscale");
    autoscale
}

fn dry_run(trace: &Path, words: &str) -> Output {
    let mut autoscale = autoscale();
    autoscale.arg("--dry-run").arg(trace).args(words.split_whitespace());
    autoscale.output().unwrap()
}

/// One that scales a machine, and the lines that it prints.
struct Scaling {
    child: Child,
    lines: Receiver<Value>,
}

impl Scaling {
    fn start(served: &Served, words: &str) -> Self {
        let mut autoscale = autoscale();
        autoscale.arg("--api-socket").arg(served.socket()).arg("--json");
        autoscale.args(words.split_whitespace());
        let mut child = autoscale.stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = send.send(serde_json::from_str(&line).unwrap());
            }
        });
        Self { child, lines }
    }

    /// The next line.
    fn next(&self) -> Value {
        self.lines.recv_timeout(PATIENCE).unwrap()
    }

    /// The next line of this kind.
    fn wait_for(&self, event: &str) -> Value {
        loop {
            let line = self.next();
            if line["event"] == event {
                return line;
            }
        }
    }
}

impl Drop for Scaling {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_dry_run_tells_decisions_and_draws_them() {
    let folder = tempfile::tempdir().unwrap();
    let (trace, plot) = (folder.path().join("trace.csv"), folder.path().join("plot.svg"));
    let row = |second| {
        let demand = if (10..40).contains(&second) { 2.0 } else { 0.1 };
        format!("{second},{demand}")
    };
    let rows: Vec<String> = (1..=120).map(row).collect();
    std::fs::write(&trace, format!("seconds,demand\n{}\n", rows.join("\n"))).unwrap();
    let words = format!("--max 4 --cool-down 20 --remove-after 10 --plot {}", plot.display());
    let output = dry_run(&trace, &words);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("add 1 -> 2: ") && text.contains("remove 2 -> 1: "), "{text}");
    assert!(text.lines().last().unwrap().contains("2 additions, 2 removals"), "{text}");
    assert!(std::fs::read_to_string(plot).unwrap().starts_with("<svg "));
}

#[test]
fn what_cannot_be_is_explained() {
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    std::fs::write(&trace, "seconds,demand\n1,x\n").unwrap();
    for (words, status) in [
        ("--max 4", 1),
        ("", 2),
        ("--max 0", 2),
        ("--min 3 --max 2", 2),
        ("--max 4 --target-utilisation 95", 2),
        ("--max 4 --api-socket x", 2),
    ] {
        let output = dry_run(&trace, words);
        assert_eq!(output.status.code(), Some(status), "{words}: {output:?}");
        assert!(!output.stderr.is_empty(), "{words}");
    }
    let gone = autoscale().args(["--max", "4", "--api-socket", "/nonexistent"]).output().unwrap();
    assert_eq!(gone.status.code(), Some(1));
}

#[test]
fn a_guest_is_brought_into_bounds_and_back() {
    let served = Served::boot();
    let scaling = Scaling::start(&served, "--min 3 --max 4 --interval 0.05");
    let added = scaling.wait_for("add");
    assert_eq!((&added["enabled"], &added["to"]), (&1.into(), &3.into()));
    let ended = scaling.wait_for("ended");
    assert!(ended["text"].as_str().unwrap().contains("online"), "{ended}");
    drop(scaling);
    assert_eq!(served.control.info().enabled, 3);

    // The script is idle all the time.
    let words = "--min 1 --max 4 --interval 0.05 --remove-after 0.2 --cool-down 0.2";
    let scaling = Scaling::start(&served, words);
    let removed = [scaling.wait_for("remove"), scaling.wait_for("remove")];
    assert_eq!(removed.map(|line| line["to"].clone()), [2, 1]);
    scaling.wait_for("ended");
    assert_eq!(served.control.info().enabled, 1);
}

#[test]
fn a_guest_that_refuses_is_left_alone_for_a_while() {
    let served = Served::boot();
    served.guest.set_manners(Manners { refuses_addition: Some(0x82), ..Manners::default() });
    let scaling = Scaling::start(&served, "--min 2 --max 4 --interval 0.05");
    scaling.wait_for("add");
    let ended = scaling.next();
    assert!(ended["text"].as_str().unwrap().ends_with("; waits 30 s"), "{ended}");
    let hold = scaling.next();
    assert_eq!(hold["event"], "hold", "{hold}");
    assert!(hold["text"].as_str().unwrap().contains("failed; the next one is in"), "{hold}");
}

#[test]
fn the_end_of_the_vmm_is_its_end() {
    let mut served = Served::boot();
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("trace");
    let words = format!("--min 2 --max 4 --interval 0.05 --record {}", record.display());
    let mut scaling = Scaling::start(&served, &words);
    scaling.wait_for("ended");
    while std::fs::read_to_string(&record).unwrap().lines().count() < 3 {
        std::thread::sleep(Duration::from_millis(10));
    }
    served.end();
    loop {
        let note = scaling.wait_for("note");
        if note["text"].as_str().unwrap().starts_with("the VMM has ended") {
            break;
        }
    }
    assert_eq!(scaling.child.wait().unwrap().code(), Some(0));
    let output = dry_run(&record, "--max 4 --json");
    assert_eq!(output.status.code(), Some(0), "what was recorded can be read: {output:?}");
}
