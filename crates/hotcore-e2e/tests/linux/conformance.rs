//! The conformance suite, `hotcore check`, on machines that conform, that do not, and on other VMMs.

use std::collections::BTreeSet;
use std::fs;
use std::process::{Command, Stdio};

use hotcore_e2e::{engine, lab_file};
use serde_json::Value;

/// What it may be at most, in bytes.
const PROBE_LIMIT: u64 = 256 << 10;

/// A report of `hotcore check`.
struct Report(Value);

impl Report {
    /// Checks with these arguments.
    fn of(args: &[&str]) -> Self {
        let output = Command::new(lab_file("bin/hotcore"))
            .args(["check", "--json", "--kernel-probe"])
            .arg(lab_file("guest/probe"))
            .args(args)
            .stdin(Stdio::null())
            .output()
            .expect("hotcore check starts");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        let report = serde_json::from_slice(&output.stdout);
        let report: Value = report.expect(&errors);
        let failed = report["failed"].as_u64() != Some(0);
        assert_eq!(output.status.code(), Some(i32::from(failed)), "{errors}");
        Self(report)
    }

    /// Of this engine's machine.
    fn of_engine(args: &[&str]) -> Self {
        Self::of(&[&["--engine", &engine()], args].concat())
    }

    /// Numbers with this verdict.
    fn numbers(&self, verdict: &str) -> BTreeSet<&str> {
        let behaviours = self.0["behaviours"].as_array().into_iter().flatten();
        let with = behaviours.filter(|one| one["verdict"] == verdict);
        with.filter_map(|one| one["number"].as_str()).collect()
    }

    #[track_caller]
    fn assert_conforms(&self) {
        assert!(self.numbers("fail").is_empty(), "{:#}", self.0);
    }
}

#[test]
fn the_machine_conforms() {
    let report = Report::of_engine(&[]);
    report.assert_conforms();
    for number in report.numbers("not-applicable") {
        println!("not applicable on {}: {number}", engine());
    }
    assert!(report.numbers("pass").len() > 80, "{:#}", report.0);
}

/// Whether this is the software engine, which looks at the suite itself; KVM's time is for KVM's machine.
fn is_soft() -> bool {
    let soft = engine() == "soft";
    if !soft {
        println!("skipped: the suite itself is judged on the software engine");
    }
    soft
}

/// What was broken shows, by its number.
#[test]
fn a_machine_that_breaks_the_contract_fails_by_number() {
    if !is_soft() {
        return;
    }
    let only = "--only=3,4,8,9,10,12,13,14,54,57,134,135,137,147";
    for (fault, failing) in [
        ("ignore-eject", &["54", "135", "137"][..]),
        ("hide-enabled", &["13", "57", "134"]),
        ("deny-cpu-on", &["8", "9", "10"]),
        ("not-present-after-eject", &["14"]),
        ("gicc-redistributors", &["4"]),
        ("no-boot-cpu-device", &["3", "13"]),
        ("duplicate-uid", &["3", "12"]),
        ("nested-containers", &[]),
        ("mailboxes-beside-psci", &[]),
    ] {
        let report = Report::of_engine(&["--fault", fault, only]);
        let failed = report.numbers("fail");
        let missed: Vec<_> = failing.iter().filter(|number| !failed.contains(**number)).collect();
        assert!(missed.is_empty(), "{fault} is not noticed by {missed:?}: {:#}", report.0);
        assert!(!failing.is_empty() || failed.is_empty(), "{fault}: {:#}", report.0);
    }
}

/// The same machine as any VMM: by a command line, and QMP.
#[test]
fn a_vmm_is_judged_by_its_command_line_and_qmp() {
    if !is_soft() {
        return;
    }
    let program = lab_file("bin/hotcore");
    let command = format!(
        "{} run --engine {} --memory size=64M --kernel {{kernel}} --qmp unix:{{qmp}} \
         --cpus boot={{boot}},max={{max}},removable=no",
        program.display(),
        engine()
    );
    let only = "--only=1,6,10,13,39,41,57,62,134,135,136,137,138,149,160";
    let report = Report::of(&["--vmm", &command, only]);
    report.assert_conforms();
    assert!(report.numbers("pass").len() > 14, "{:#}", report.0);
}

#[test]
fn a_foreign_vmm_without_hotplug_passes_what_applies() {
    if !is_soft() {
        return;
    }
    let variable = |name| std::env::var(name).expect("cargo xtask test says where QEMU is");
    let program = variable("HOTCORE_QEMU_SYSTEM");
    let libraries = variable("HOTCORE_QEMU_LIBRARIES");
    let data = variable("HOTCORE_QEMU_DATA");
    let command = format!(
        "env LD_LIBRARY_PATH={libraries} {program} -L {data} -machine virt,gic-version=3 -cpu max -m 512M \
         -smp {{boot}} -nographic -nic none -kernel {{kernel}}"
    );
    let report = Report::of(&["--vmm", &command]);
    report.assert_conforms();
    assert_eq!(report.numbers("pass"), BTreeSet::from(["10", "8", "9"]), "{:#}", report.0);
}

#[test]
fn the_probe_is_small() {
    let size = fs::metadata(lab_file("guest/probe")).expect("the lab has the probe").len();
    assert!(size <= PROBE_LIMIT, "{size} bytes");
}
