//! Operations, one by one and all of them.

use hotcore_scripted::Manners;
use serde_json::json;

use crate::support::{Door, Served};

#[test]
fn an_operation_has_a_place_of_its_own() {
    let served = Served::boot(1, 4);
    assert_eq!(served.put("vm.add-cpu", r#"{"cpu": 2, "timeout_ms": 7000}"#).status, 200);
    let all = served.get("vm.operations").json["operations"].clone();
    let one = served.get(&format!("vm.operations/{}", all[0]["id"]));
    assert_eq!((one.status, &one.json), (200, &all[0]));
    assert_eq!((&one.json["cpu"], &one.json["kind"]), (&json!(2), &json!("plug")));
    assert_eq!(
        (&one.json["timeout_ms"], &one.json["online_timeout_ms"]),
        (&json!(7000), &json!(5000))
    );
    assert_eq!(one.json["ost_history"][0]["status"], 0);
    assert!(one.json["timings"]["ended_us"].is_u64());
    assert_eq!(served.get("vm.operations/99").status, 404);
    for wrong in ["x", "-1", "18446744073709551616", "1%20"] {
        assert_eq!(served.get(&format!("vm.operations/{wrong}")).status, 400, "{wrong}");
    }
    assert_eq!(served.get("vm.operations/").status, 404);
    let put = served.put("vm.operations/1", "");
    assert!(put.status == 405 && put.head.contains("allow: get, delete"), "{put:?}");
}

#[test]
fn an_operation_that_the_guest_has_not_noticed_can_be_deleted() {
    let served = Served::boot(1, 4);
    served.guest.set_manners(Manners { listens: false, ..Manners::default() });
    let begun = served.put("vm.add-cpu", r#"{"cpu": 2, "wait": false}"#);
    let name = format!("vm.operations/{}", begun.json["id"]);
    assert_eq!(served.ask("DELETE", &name, "").status, 204);
    assert_eq!(served.get(&name).json["outcome"], "cancelled");
    assert_eq!(served.ask("DELETE", &name, "").status, 404);
    assert_eq!(served.enabled(), [0]);
}

#[test]
fn info_has_the_latest_of_each_cpu_and_operations_has_all() {
    let served = Served::boot(1, 4);
    for cpu in [2, 3] {
        assert_eq!(served.put("vm.add-cpu", &format!(r#"{{"cpu": {cpu}}}"#)).status, 200);
    }
    assert_eq!(served.put("vm.remove-cpu", r#"{"cpu": 2}"#).status, 200);
    let ids = |operations: &serde_json::Value| -> Vec<u64> {
        let operations = operations.as_array().unwrap().iter();
        operations.map(|operation| operation["id"].as_u64().unwrap()).collect()
    };
    let info = served.get("vm.info").json;
    assert_eq!(ids(&info["hotcore"]["operations"]), [2, 3]);
    assert_eq!(ids(&served.get("vm.operations").json["operations"]), [1, 2, 3]);
}
