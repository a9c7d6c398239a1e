//! A client that openapi-python-client generates of the description, and a program that uses it.

use std::process::Command;
use std::time::Duration;

use hotcore_judges::{find, run};

use crate::support::{Door, Empty};
use crate::tcp;

const PATIENCE: Duration = Duration::from_secs(120);

#[test]
fn a_generated_client_drives_a_machine() {
    let (name, remedy) = ("openapi-python-client", "`cargo xtask test` fetches it");
    let Some(program) = find("HOTCORE_OPENAPI_PYTHON_CLIENT", name, remedy) else { return };
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("settings.yaml");
    // Nothing that would format what it generates is needed.
    std::fs::write(&settings, "package_name_override: hotcore_client\npost_hooks: []\n").unwrap();
    let client = folder.path().join("hotcore_client");
    let mut generate = Command::new(&program);
    generate
        .args(["generate", "--meta", "none", "--path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml"))
        .arg("--config")
        .arg(&settings)
        .arg("--output-path")
        .arg(&client);
    let generated = run(&mut generate, PATIENCE);
    assert!(generated.content(), "{generated}");

    let door = Empty::start();
    // The interpreter beside the generator has what its clients need.
    let mut drive = Command::new(program.with_file_name("python3"));
    drive
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/drive.py"))
        .arg(tcp::lead_to(&door.socket()).to_string())
        .arg(door.file("Image"))
        .env("PYTHONPATH", folder.path())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let driven = run(&mut drive, PATIENCE);
    assert!(driven.content() && driven.output.contains("driven"), "{driven}");
    door.end();
}
