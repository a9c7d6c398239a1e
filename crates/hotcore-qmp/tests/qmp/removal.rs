//! CPUs that come, stay against the host's will, and go; and ids that are wrong.

use hotcore_scripted::Manners;
use hotcore_vmm::Command;
use serde_json::json;

use crate::support::Served;

const CORE_1: &str = "/machine/peripheral/one";

fn generic(text: &str) -> (String, String) {
    ("GenericError".into(), text.into())
}

#[test]
fn a_refused_removal_is_told_by_two_events_and_can_be_tried_again() {
    let served = Served::boot(1, 2);
    let mut client = served.client();
    client.add(1, "one");
    client.wait_for("ACPI_DEVICE_OST");
    served.guest.set_manners(Manners { refuses_removal: Some(0x82), ..Manners::default() });
    client.ask("device_del", json!({"id": "one"}));
    let ost = client.wait_for("ACPI_DEVICE_OST");
    assert_eq!(ost["info"]["status"], 0x84);
    let refused = client.event();
    assert_eq!(refused["event"], "ACPI_DEVICE_OST");
    assert_eq!(refused["data"]["info"]["status"], 0x82);
    let error = client.event();
    assert_eq!(error["event"], "DEVICE_UNPLUG_GUEST_ERROR");
    assert_eq!(error["data"], json!({"device": "one", "path": CORE_1}));
    let status = client.query("query-acpi-ospm-status");
    let known =
        json!({"device": "one", "slot": "1", "slot-type": "CPU", "source": 3, "status": 0x82});
    assert_eq!(status[1], known);
    assert_eq!(status[0], json!({"slot": "0", "slot-type": "CPU", "source": 0, "status": 0}));
    assert_eq!(client.plugged(), [0, 1]);

    served.guest.set_manners(Manners::default());
    client.ask("device_del", json!({"id": CORE_1}));
    assert_eq!(client.wait_for("DEVICE_DELETED"), json!({"device": "one", "path": CORE_1}));
    assert_eq!(client.plugged(), [0]);
}

#[test]
fn a_reset_completes_a_removal() {
    let served = Served::boot(1, 2);
    let mut client = served.client();
    client.add(1, "one");
    client.wait_for("ACPI_DEVICE_OST");
    served.guest.set_manners(Manners { listens: false, ..Manners::default() });
    client.ask("device_del", json!({"id": "one"}));
    let again = client.error("device_del", json!({"id": "one"}));
    assert_eq!(again, generic("Device one is already in the process of unplug"));
    client.ask("system_reset", json!({}));
    assert_eq!(client.wait_for("DEVICE_DELETED")["device"], "one");
    assert_eq!(
        client.wait_for("RESET"),
        json!({"guest": false, "reason": "host-qmp-system-reset"})
    );
    assert_eq!(client.plugged(), [0]);
}

#[test]
fn a_refused_addition_deletes_its_device() {
    let served = Served::boot(1, 2);
    let mut client = served.client();
    served.guest.set_manners(Manners { refuses_addition: Some(0x81), ..Manners::default() });
    client.add(1, "one");
    assert_eq!(client.wait_for("ACPI_DEVICE_OST")["info"]["status"], 0x81);
    assert_eq!(client.wait_for("DEVICE_DELETED")["device"], "one");
    served.guest.set_manners(Manners::default());
    client.add(1, "one");
    assert_eq!(client.plugged(), [0, 1]);
}

#[test]
fn other_doors_cpus_have_paths_but_no_ids() {
    let served = Served::boot(1, 3);
    let mut client = served.client();
    let patience = hotcore_vcpu::Patience::default();
    served.vmm.command(Command::Plug { cpu: 2, patience }).unwrap();
    let ost = client.wait_for("ACPI_DEVICE_OST");
    assert_eq!(ost["info"].get("device"), None);
    let path = "/machine/peripheral-anon/device[2]";
    assert_eq!(client.query("query-cpus-fast")[1]["qom-path"], path);
    client.ask("device_del", json!({"id": path}));
    assert_eq!(client.wait_for("DEVICE_DELETED"), json!({"path": path}));
}

#[test]
fn administrative_power_is_the_same_by_another_name() {
    let served = Served::boot(2, 3);
    let mut client = served.client();
    let set = |core: u16, state| json!({"driver": "cortex-a57-arm-cpu", "core-id": core, "admin-state": state});
    client.ask("device_set", set(2, "enable"));
    client.wait_for("ACPI_DEVICE_OST");
    assert_eq!(client.plugged(), [0, 1, 2]);
    client.ask("device_set", set(1, "disable"));
    let path = "/machine/unattached/device[1]";
    assert_eq!(client.wait_for("DEVICE_DELETED"), json!({"path": path}));
    assert_eq!(client.plugged(), [0, 2]);
    client.add(1, "one");
    client.ask("device_set", json!({"id": "one", "admin-state": "disable"}));
    client.wait_for("DEVICE_DELETED");
    assert_eq!(
        client.error("device_set", set(1, "off")),
        generic("Parameter 'admin-state' does not accept value 'off'")
    );
    assert_eq!(client.error("device_set", set(0, "disable")).0, "GenericError");
    let nothing = json!({"admin-state": "enable"});
    assert_eq!(client.error("device_set", nothing), generic("Parameter 'driver' is missing"));
    let nobody = json!({"id": "nobody", "admin-state": "enable"});
    assert_eq!(client.error("device_set", nobody).0, "DeviceNotFound");
}

#[test]
fn wrong_devices_are_told_in_qemus_words() {
    let served = Served::boot(1, 4);
    let mut client = served.client();
    client.add(1, "one");
    let driver = "cortex-a57-arm-cpu";
    for (arguments, wanted) in [
        (json!({"driver": driver, "id": "one", "core-id": 2}), "Duplicate device ID 'one'"),
        (json!({"driver": driver, "id": "two"}), "Parameter 'core-id' is missing"),
        (json!({"id": "two", "core-id": 2}), "Parameter 'driver' is missing"),
        (
            json!({"driver": driver, "id": 2, "core-id": 2}),
            "Invalid parameter type for 'id', expected: string",
        ),
        (
            json!({"driver": driver, "id": "two", "core-id": "2"}),
            "Invalid parameter type for 'core-id', expected: integer",
        ),
        (json!({"driver": driver, "core-id": 2, "die-id": 0}), "Parameter 'die-id' is unexpected"),
        (
            json!({"driver": "virtio-net-pci", "id": "net0", "core-id": 2}),
            "'virtio-net-pci' is not a valid device model name",
        ),
        (
            json!({"driver": "max-arm-cpu", "core-id": 2}),
            "Invalid CPU type, expected cpu type: 'cortex-a57-arm-cpu'",
        ),
        (json!({"driver": driver, "core-id": 4}), "Invalid CPU core-id: 4 must be in range 0:3"),
        (json!({"driver": driver, "core-id": -1}), "Invalid CPU core-id: -1 must be in range 0:3"),
        (
            json!({"driver": driver, "core-id": 2, "thread-id": 1}),
            "Invalid CPU thread-id: 1 must be in range 0:0",
        ),
        (
            json!({"driver": driver, "id": "a b", "core-id": 2}),
            "Parameter 'id' expects an identifier",
        ),
        (json!({"driver": driver, "id": "", "core-id": 2}), "Parameter 'id' expects an identifier"),
        (json!({"driver": driver, "core-id": 0}), "CPU 0 is enabled already"),
    ] {
        assert_eq!(client.error("device_add", arguments), generic(wanted));
    }
    for id in ["nobody", "", "/machine/peripheral/nobody", "/machine/unattached/device[1]"] {
        let wanted = ("DeviceNotFound".to_owned(), format!("Device '{id}' not found"));
        assert_eq!(client.error("device_del", json!({"id": id})), wanted);
    }
    let boot = json!({"id": "/machine/unattached/device[0]"});
    let never = "CPU 0 is the boot CPU and can never be removed";
    assert_eq!(client.error("device_del", boot), generic(never));
    assert_eq!(client.plugged(), [0, 1]);
}
