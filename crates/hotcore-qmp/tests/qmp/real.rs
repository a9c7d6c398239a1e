//! `qemu.qmp`, the client that QEMU's developers keep on PyPI.

use std::process::Command;
use std::time::Duration;

use hotcore_judges::{named, run};

use crate::support::Served;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/qmp/real.py");

const PATIENCE: Duration = Duration::from_secs(50);

/// What it prints; `None` without it.
fn session(served: &Served) -> Option<String> {
    let (what, remedy) = ("a Python that has qemu.qmp", "`cargo xtask test` fetches one");
    let python = named("HOTCORE_QEMU_QMP", what, remedy)?;
    let mut command = Command::new(python);
    let verdict = run(command.args(["-u", SCRIPT]).arg(served.socket()), PATIENCE);
    assert!(verdict.content(), "{verdict}");
    Some(verdict.output)
}

#[test]
fn qemus_own_client_adds_and_removes_a_cpu() {
    let served = Served::boot(1, 3);
    let Some(said) = session(&served) else { return };
    let lines: Vec<_> = said.lines().collect();
    let package = concat!("greeted: hotcore-", env!("CARGO_PKG_VERSION"));
    let wanted = [
        package,
        "status: running",
        "answers: 100",
        "cpus: 2",
        "refused: GenericError Duplicate device ID 'added'",
        "deleted: /machine/peripheral/added",
        "big: True",
        "done",
    ];
    assert_eq!(lines, wanted);
}
