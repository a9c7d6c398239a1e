//! schemathesis: thousands of requests made of the description, right ones and wrong ones; each answer has
//! to be one that is described there.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use hotcore_judges::{find, run};
use hotcore_vmm::{Command as Order, LifeState, Vmm};
use serde_json::json;

use crate::support::{Door, Empty};
use crate::tcp;

/// What takes the machine away in the middle of others' requests is made good at this pace.
const PACE: Duration = Duration::from_millis(5);

#[test]
fn every_answer_is_as_described() {
    let remedy = "`cargo xtask test` fetches it";
    let Some(program) = find("HOTCORE_SCHEMATHESIS", "schemathesis", remedy) else { return };
    let door = Empty::start();
    assert_eq!(door.put("vm.create", &door.config(json!({})).to_string()).status, 204);
    let over = Arc::new(AtomicBool::new(false));
    let keeper = thread::spawn({
        let (vmm, over) = (door.vmm.clone(), Arc::clone(&over));
        let config = vmm.view().unwrap().config;
        move || {
            while !over.load(Ordering::Relaxed) {
                keep(&vmm, &config);
                thread::sleep(PACE);
            }
        }
    });
    let address = tcp::lead_to(&door.socket());
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command
        .current_dir(folder.path())
        .args([
            "--config-file",
            concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/schemathesis.toml"),
        ])
        .arg("run")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml"))
        .args(["--url", &format!("http://{address}/api/v1")])
        .args(["--phases", "examples,coverage,fuzzing", "--max-examples", "50", "--seed", "1"])
        // One would end the server, the other one does not end by itself.
        .args(["--exclude-operation-id", "shutdownVmm", "--exclude-operation-id", "events"])
        .args(["--suppress-health-check", "all", "--no-color", "--request-timeout", "60"])
        .args(["--workers", "2", "--warnings", "off"])
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let verdict = run(&mut command, Duration::from_secs(300));
    over.store(true, Ordering::Relaxed);
    keeper.join().unwrap();
    assert!(verdict.content() && verdict.to_string().contains("Test cases:"), "{verdict}");
    assert_eq!(door.get("vmm.ping").status, 200);
    door.end();
}

/// Has the machine run again, whatever a client did to it.
fn keep(vmm: &Vmm, config: &hotcore_vmm::MachineConfig) {
    let order = match vmm.view().map(|view| view.state) {
        None => Order::Create(Box::new(config.clone())),
        Some(LifeState::Created | LifeState::Shutdown) => Order::Boot,
        Some(LifeState::Paused) => Order::Resume,
        Some(LifeState::Running) => return,
    };
    // Somebody may have been faster.
    let _ = vmm.command(order);
}
