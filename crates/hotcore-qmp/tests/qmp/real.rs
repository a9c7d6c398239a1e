//! `qemu.qmp`, the client that QEMU's developers keep on PyPI.

use std::process::{Command, Stdio};

use crate::support::Served;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/qmp/real.py");

/// What it prints; `None` without it.
fn session(served: &Served) -> Option<String> {
    let Some(python) = std::env::var_os("HOTCORE_QEMU_QMP") else {
        let required = std::env::var_os("HOTCORE_REQUIRE_TOOLS").is_some_and(|one| one == "1");
        assert!(!required, "HOTCORE_QEMU_QMP does not name a Python that has qemu.qmp");
        eprintln!(
            "skipped: HOTCORE_QEMU_QMP names no Python that has qemu.qmp; `cargo xtask test` fetches one"
        );
        return None;
    };
    let mut command = Command::new("timeout");
    command.arg("50").arg(python).args(["-u", SCRIPT]).arg(served.socket());
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    Some(text)
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
