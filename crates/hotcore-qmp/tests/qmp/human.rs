//! What people type at the monitor.

use serde_json::json;

use crate::support::Served;

#[test]
fn what_people_type_does_the_same() {
    let served = Served::boot(1, 5);
    let mut client = served.client();
    assert_eq!(client.human("device_add host-arm-cpu,id=core4,core-id=4"), "");
    assert_eq!(client.human("device_add driver=cortex-a57-arm-cpu,core-id=1,id=cpu1"), "");
    assert_eq!(client.plugged(), [0, 1, 4]);
    let listed = client.human("info cpus");
    let lines: Vec<_> = listed.split("\r\n").map(|line| line.split('=').next().unwrap()).collect();
    assert_eq!(lines, ["* CPU #0: thread_id", "  CPU #1: thread_id", "  CPU #4: thread_id", ""]);
    let possible = client.human("info hotpluggable-cpus");
    let begin = "Hotpluggable CPUs:\r\n  type: \"cortex-a57-arm-cpu\"\r\n  vcpus_count: \"1\"\r\n  \
        qom_path: \"/machine/peripheral/core4\"\r\n  CPUInstance Properties:\r\n    node-id: \"0\"\r\n";
    assert!(possible.starts_with(begin), "{possible}");
    assert_eq!(client.human("device_del core4"), "");
    assert_eq!(client.wait_for("DEVICE_DELETED")["device"], "core4");
    assert_eq!(client.human(" device_set  host-arm-cpu,core-id=3,admin-state=enable "), "");
    assert_eq!(client.human("device_set host-arm-cpu,core-id=1,admin-state=disable"), "");
    assert_eq!(client.wait_for("DEVICE_DELETED")["device"], "cpu1");
    assert_eq!(client.human("info status"), "VM status: running\r\n");
    assert_eq!(client.human("stop"), "");
    assert_eq!(client.human("info status"), "VM status: paused\r\n");
    assert_eq!(client.human("c"), "");
    assert_eq!(client.query("query-status")["running"], true);
    assert!(client.human("help").contains("device_add"));
    assert_eq!(client.human(""), "");
}

#[test]
fn mistakes_are_text() {
    let served = Served::boot(1, 2);
    let mut client = served.client();
    for (line, wanted) in [
        ("reboot", "unknown command: 'reboot'\r\n"),
        ("info network", "unknown command: 'info network'\r\n"),
        ("device_add", "device_add: missing argument\r\n"),
        ("stop now", "stop: extraneous characters at the end\r\n"),
        ("device_del nobody", "Error: Device 'nobody' not found\r\n"),
        (
            "device_add host-arm-cpu,core-id=x",
            "Error: Invalid parameter type for 'core-id', expected: integer\r\n",
        ),
        ("device_add host-arm-cpu,die-id=0", "Error: Parameter 'die-id' is unexpected\r\n"),
        ("device_add host-arm-cpu,core-id", "Error: Expected '=' after 'core-id'\r\n"),
        ("qmp_capabilities", "unknown command: 'qmp_capabilities'\r\n"),
        ("human-monitor-command x", "unknown command: 'human-monitor-command'\r\n"),
    ] {
        assert_eq!(client.human(line), wanted, "{line}");
    }
    let (_, text) = client.error("human-monitor-command", json!({}));
    assert_eq!(text, "Parameter 'command-line' is missing");
}
