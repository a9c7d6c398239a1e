//! `hotcore run`, as far as it goes without an engine: what is asked wrongly is said clearly.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

use std::path::Path;
use std::process::{Command, Output};

use hotcore_scripted::linux_image;

const USAGE: i32 = 2;

fn run(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hotcore")).arg("run").args(args).output().unwrap()
}

/// Runs it with a kernel that exists.
fn run_linux(args: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let kernel = folder.path().join("Image");
    std::fs::write(&kernel, linux_image("6.12.43")).unwrap();
    run(&[&["--kernel", kernel.to_str().unwrap()], args].concat())
}

#[track_caller]
fn assert_says(output: &Output, status: i32, words: &[&str]) {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{errors}");
    for word in words {
        assert!(errors.contains(word), "{word} expected in: {errors}");
    }
    assert!(output.stdout.is_empty());
}

#[test]
fn b036_cpus_that_cannot_be_are_refused() {
    for (cpus, words) in [
        ("boot=0,max=4", ["--cpus", "boot=0"]),
        ("boot=1,max=0", ["--cpus", "max=0"]),
        ("boot=1,max=513", ["--cpus", "max=513"]),
        ("boot=65537,max=65537", ["--cpus", "max=65537"]),
        ("boot=5,max=4", ["--cpus", "boot=5,max=4"]),
        ("boot=1,cores=4", ["--cpus", "boot, max, removable"]),
        ("boot=1,boot=1", ["--cpus", "twice"]),
        ("boot=x", ["--cpus", "whole number"]),
        ("removable=maybe", ["--cpus", "auto, yes or no"]),
    ] {
        assert_says(&run_linux(&["--cpus", cpus]), USAGE, &words);
    }
}

#[test]
fn memory_that_cannot_be_is_refused() {
    for memory in ["size=1M", "size=100000G", "size=512", "size=512Q", "512M", "slots=1"] {
        assert_says(&run_linux(&["--memory", memory]), USAGE, &["--memory"]);
    }
}

#[test]
fn a_device_tree_has_no_hotplug_and_says_so() {
    let output = run_linux(&["--firmware", "dt", "--cpus", "boot=1,max=2"]);
    assert_says(&output, USAGE, &["--firmware dt", "no CPU hotplug"]);
}

#[test]
fn each_way_to_start_cpus_has_its_firmware() {
    for (firmware, words) in [
        ("dt,cpu-start=parking", ["--firmware dt", "use --firmware acpi,cpu-start=parking"]),
        (
            "acpi,cpu-start=spin-table",
            ["--firmware acpi", "use --firmware dt,cpu-start=spin-table"],
        ),
        ("acpi,cpu-start=pen", ["--firmware", "psci, parking (with acpi) or spin-table (with dt)"]),
        ("uefi", ["--firmware", "acpi or dt is expected"]),
    ] {
        assert_says(&run_linux(&["--firmware", firmware]), USAGE, &words);
    }
    let denied = ["--firmware", "acpi,cpu-start=parking", "--fault", "deny-cpu-on"];
    assert_says(&run_linux(&denied), USAGE, &["--fault deny-cpu-on", "cpu-start=parking"]);
}

#[test]
fn faults_and_consoles_have_names() {
    assert_says(&run_linux(&["--fault", "everything"]), USAGE, &["--fault", "ignore-eject"]);
    assert_says(&run_linux(&["--serial", "pty"]), USAGE, &["--serial", "file=PATH"]);
    assert_says(&run(&[]), USAGE, &["--kernel"]);
}

#[test]
fn a_log_filter_that_cannot_be_understood_is_refused() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hotcore"));
    let output = command.args(["run", "--kernel", "x"]).env("HOTCORE_LOG", "a=b=c").output();
    assert_says(&output.unwrap(), USAGE, &["HOTCORE_LOG=a=b=c"]);
}

#[test]
fn help_tells_the_exit_statuses_and_the_keys() {
    for command in ["run", "ctl"] {
        let mut hotcore = Command::new(env!("CARGO_BIN_EXE_hotcore"));
        let help = hotcore.args([command, "--help"]).output().unwrap();
        let text = String::from_utf8(help.stdout).unwrap();
        assert!(help.status.success() && text.contains("Exit status:"), "{text}");
    }
}

/// Where there is no KVM for arm64, the host is named as the reason and nothing is left behind.
#[test]
fn a_host_that_cannot_is_told_from_a_wrong_command() {
    if cfg!(target_arch = "aarch64") && Path::new("/dev/kvm").exists() {
        eprintln!("skipped: this host may have what it takes");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("api");
    let output = run_linux(&["--engine", "kvm", "--api-socket", socket.to_str().unwrap()]);
    assert_says(&output, 1, &["hotcore: error:", "kvm", "arm64"]);
    assert!(!socket.exists());
}

/// A process that does not outlive its test.
struct Ended(std::process::Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn without_a_command_clients_are_waited_for_and_can_end_it() {
    let nothing = Command::new(env!("CARGO_BIN_EXE_hotcore")).output().unwrap();
    assert_says(&nothing, 2, &["--api-socket PATH", "hotcore run"]);

    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("api");
    let mut empty = Ended(
        Command::new(env!("CARGO_BIN_EXE_hotcore"))
            .args(["--engine", "soft", "--api-socket"])
            .arg(&socket)
            .spawn()
            .unwrap(),
    );
    let mut client = (0..600)
        .find_map(|_| {
            std::thread::sleep(std::time::Duration::from_millis(50));
            hotcore_api::Client::connect(&socket).ok()
        })
        .expect("it listens");
    assert_eq!(client.ping().unwrap().pid, empty.0.id());
    let nothing = client.info().unwrap_err();
    assert!(nothing.to_string().contains("vm.create"), "{nothing}");
    let ctl = |words: &[&str]| {
        let mut ctl = Command::new(env!("CARGO_BIN_EXE_hotcore"));
        ctl.args(["ctl", "--api-socket"]).arg(&socket).args(words).output().unwrap()
    };
    assert!(ctl(&["ping"]).stdout.starts_with(b"hotcore v"));
    let (kernel, config) = (folder.path().join("Image"), folder.path().join("config"));
    std::fs::write(&kernel, linux_image("6.12.43")).unwrap();
    std::fs::write(&config, "{\"payload\"").unwrap();
    assert_says(&ctl(&["create", config.to_str().unwrap()]), 1, &["is not JSON"]);
    let json = format!("{{\"payload\": {{\"kernel\": {kernel:?}}}}}");
    std::fs::write(&config, json).unwrap();
    assert_says(&ctl(&["create", config.to_str().unwrap()]), 0, &[]);
    assert_says(&ctl(&["pause"]), 1, &["created and not booted"]);
    assert_says(&ctl(&["delete"]), 0, &[]);
    assert!(client.info().is_err());
    client.shutdown().unwrap();
    assert!(empty.0.wait().unwrap().success());
    assert!(!socket.exists());
}
