//! curl, as a person types it.

use std::process::Command;
use std::time::Duration;

use hotcore_judges::{find, run};
use serde_json::{Value, json};

use crate::support::{Door, Empty};

const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn a_machine_is_made_used_and_watched_with_curl() {
    let Some(program) = find("HOTCORE_CURL", "curl", "install curl") else { return };
    let door = Empty::start();
    let curl = |arguments: &[&str], path: &str| {
        let mut command = Command::new(&program);
        command.args(["--silent", "--show-error", "--fail-with-body", "--unix-socket"]);
        command.arg(door.socket()).args(arguments).arg(format!("http://localhost/{path}"));
        let verdict = run(&mut command, PATIENCE);
        (verdict.content(), verdict.output + &verdict.errors)
    };
    let put = |name: &str, body: &Value| {
        let body = body.to_string();
        let arguments = if body == "null" { vec![] } else { vec!["-d", body.as_str()] };
        curl(&[vec!["-X", "PUT"], arguments].concat(), &format!("api/v1/{name}"))
    };
    let get = |name: &str| -> Value {
        let (content, said) = curl(&[], &format!("api/v1/{name}"));
        assert!(content, "{said}");
        serde_json::from_str(&said).unwrap()
    };
    assert!(get("vmm.ping")["version"].is_string());
    assert_eq!(put("vm.create", &door.config(json!({}))), (true, String::new()));
    assert_eq!(put("vm.boot", &Value::Null), (true, String::new()));
    door.guest.wait_for_boots(1);
    let (content, said) = put("vm.add-cpu", &json!({"cpu": 2}));
    assert!(content && said.contains("\"outcome\":\"online\""), "{said}");
    let id = get("vm.operations")["operations"][0]["id"].clone();
    assert_eq!(get(&format!("vm.operations/{id}"))["cpu"], 2);
    let (content, said) = put("vm.resize", &json!({"desired_vcpus": 9}));
    assert!(!content && said.contains("1 to 4"), "{said}");
    let (content, said) = put("vm.add-fs", &json!({}));
    assert!(!content && said.contains("no shared file systems"), "{said}");
    let (content, said) = curl(&[], "metrics");
    assert!(content && said.contains("hotcore_vcpus_enabled 2\n"), "{said}");
    let (content, said) = curl(&[], "api/v1/openapi.yaml");
    assert!(content && said.starts_with("openapi: 3"), "{said}");
    // It follows until it is told not to.
    let (_, said) = curl(&["-N", "--max-time", "1"], "api/v1/vm.events?after=0");
    assert!(said.contains("event: created\ndata: {\"number\":1,"), "{said}");
    assert!(said.contains("event: booted\n"), "{said}");
    assert_eq!(put("vmm.shutdown", &Value::Null), (true, String::new()));
    door.end();
}
