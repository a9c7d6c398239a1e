//! The machine as a whole: started, stopped for a while, reset, ended.

use serde_json::json;

use crate::support::Served;

#[test]
fn a_machine_is_started_stopped_and_goes_on() {
    let mut served = Served::create(1, 2);
    served.serve();
    let mut client = served.client();
    let status = |word: &str| json!({"running": word == "running", "status": word});
    assert_eq!(client.query("query-status"), status("prelaunch"));
    client.query("cont");
    client.wait_for("RESUME");
    assert_eq!(client.query("query-status"), status("running"));
    client.query("cont");
    client.query("stop");
    assert_eq!(client.event()["event"], "STOP");
    assert_eq!(client.query("query-status"), status("paused"));
    client.query("stop");
    client.query("cont");
    assert_eq!(client.event()["event"], "RESUME");
    client.query("system_powerdown");
    assert_eq!(client.event()["event"], "POWERDOWN");
    client.query("system_reset");
    assert_eq!(client.wait_for("RESET")["guest"], false);
}

#[test]
fn the_answer_to_quit_and_the_end_come_before_the_connection_ends() {
    let served = Served::boot(1, 2);
    let mut client = served.client();
    let mut other = served.client();
    client.query("quit");
    served.end();
    let end = json!({"guest": false, "reason": "host-qmp-quit"});
    assert_eq!(client.wait_for("SHUTDOWN"), end);
    assert_eq!(client.line(), None);
    assert_eq!(other.wait_for("SHUTDOWN"), end);
}

#[test]
fn what_has_no_machine_says_so() {
    let served = Served::empty();
    let mut client = served.client();
    assert_eq!(client.query("query-status")["status"], "prelaunch");
    for command in ["query-cpus-fast", "query-hotpluggable-cpus", "stop", "cont", "system_reset"] {
        let (class, text) = client.error(command, json!({}));
        assert_eq!(class, "GenericError");
        assert!(text.starts_with("there is no machine"), "{text}");
    }
    let machine = Served::create(1, 2);
    let mut client = machine.client();
    let add = json!({"driver": "host-arm-cpu", "id": "one", "core-id": 1});
    let (_, text) = client.error("device_add", add);
    assert!(text.contains("created and not booted"), "{text}");
}

#[test]
fn a_machine_that_ended_begins_anew_with_its_boot_cpus() {
    let mut served = Served::create(1, 2);
    served.serve();
    let mut client = served.client();
    client.query("cont");
    served.guest.wait_for_boots(1);
    client.add(1, "one");
    served.vmm.command(hotcore_vmm::Command::Shutdown).unwrap();
    assert_eq!(client.wait_for("SHUTDOWN")["guest"], false);
    let (_, text) = client.error("cont", json!({}));
    assert_eq!(text, "Resetting the Virtual Machine is required");
    served.vmm.command(hotcore_vmm::Command::Boot).unwrap();
    client.wait_for("RESUME");
    served.guest.wait_for_boots(2);
    assert_eq!(client.plugged(), [0]);
    client.add(1, "one");
    assert_eq!(client.plugged(), [0, 1]);
}
