//! `--qmp`: the socket that QEMU's clients come in by.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a panic is a test's report")]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::process::{Command, Output};
use std::time::Duration;

fn hotcore(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hotcore")).args(arguments).output().unwrap()
}

#[test]
fn a_vmm_is_served_until_a_client_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("qmp");
    let place = format!("unix:{}", socket.display());
    let mut vmm = Command::new(env!("CARGO_BIN_EXE_hotcore"))
        .args(["--engine", "soft", "--qmp", &place])
        .spawn()
        .unwrap();
    let connect = |_| {
        std::thread::sleep(Duration::from_millis(50));
        UnixStream::connect(&socket).ok()
    };
    let mut client = (0..600).find_map(connect).expect("it listens");
    assert_eq!(socket.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let second = hotcore(&["--engine", "soft", "--qmp", &place]);
    assert_eq!(second.status.code(), Some(1));
    let errors = String::from_utf8_lossy(&second.stderr);
    assert!(errors.contains("--qmp unix:") && errors.contains("answers there already"), "{errors}");

    client.write_all(b"{'".as_slice()).unwrap();
    client.write_all(b"\n{\"execute\": \"qmp_capabilities\"}\n{\"execute\": \"quit\"}\n").unwrap();
    let lines: Vec<_> = BufReader::new(client).lines().map(Result::unwrap).collect();
    assert!(
        lines[0].starts_with("{\"QMP\":") && lines[1].contains("JSON parse error"),
        "{lines:?}"
    );
    assert_eq!(lines[2..], ["{\"return\": {}}", "{\"return\": {}}"]);
    assert!(vmm.wait().unwrap().success());
    assert!(!socket.exists());
}

#[test]
fn only_a_unix_socket_will_do() {
    for place in ["tcp:localhost:4444", "/tmp/qmp", "unix:/tmp/qmp,server=on,wait=off"] {
        let refused = hotcore(&["--qmp", place]);
        assert_eq!(refused.status.code(), Some(2), "{place}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("--qmp <unix:PATH>"));
    }
}
