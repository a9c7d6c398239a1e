//! Bytes that no client should send.

use hotcore_qmp::REQUEST_LIMIT;
use serde_json::json;

use crate::support::Served;

#[test]
fn garbage_is_answered_without_an_id_and_forgotten() {
    let served = Served::boot(1, 2);
    let mut client = served.client();
    for garbage in ["hello", "{", "{\"execute\": ", "\u{1}", "[1,", "{\"a\"}", "\"", "}"] {
        client.send(format!("{garbage}\r\n{{\"execute\": \"query-name\"}}\r\n"));
        let answer = client.answer();
        assert_eq!(answer["error"]["class"], "GenericError");
        let text = answer["error"]["desc"].as_str().unwrap();
        assert!(text.starts_with("JSON parse error, "), "{garbage}: {text}");
        assert_eq!(answer.get("id"), None);
        assert_eq!(client.answer(), json!({"return": {}}));
    }
    client.send(b"\xff");
    assert!(client.answer().get("error").is_some());
    client.send("\r\n\n  \n");
    client.query("query-status");
}

#[test]
fn ids_of_every_kind_come_back_as_they_were() {
    let served = Served::boot(1, 2);
    let mut client = served.client();
    let ids = [
        json!(1),
        json!(-1.5),
        json!("a\"\\\n€"),
        json!(null),
        json!([]),
        json!({"a": [1, {}]}),
        json!(true),
    ];
    // All at once: the answers come in the same order, each with its own.
    for id in &ids {
        client.send(format!("{}\n", json!({"execute": "query-name", "id": id})));
        client.send(format!("{}\n", json!({"id": id, "execute": "nonsense"})));
    }
    for id in &ids {
        assert_eq!(client.answer(), json!({"return": {}, "id": id}));
        let text = "The command nonsense has not been found";
        let error = json!({"class": "CommandNotFound", "desc": text});
        assert_eq!(client.answer(), json!({"error": error, "id": id}));
    }
    client.send("{\"execute\":\"query-name\"}\n{\"id\":5}\n");
    assert_eq!(client.answer(), json!({"return": {}}));
    assert_eq!(client.answer()["id"], 5);
}

#[test]
fn the_longest_line_is_served_and_a_longer_one_is_not() {
    let served = Served::boot(1, 2);
    let mut client = served.client();
    let line = |length: usize| {
        let frame = "{\"execute\":\"query-name\",\"id\":\"\"}".len();
        format!("{{\"execute\":\"query-name\",\"id\":\"{}\"}}", "x".repeat(length - frame))
    };
    client.send(line(REQUEST_LIMIT) + "\n");
    assert!(client.answer()["id"].as_str().unwrap().len() > REQUEST_LIMIT - 100);
    client.send(line(REQUEST_LIMIT + 1) + "\n");
    assert_eq!(client.answer()["error"]["desc"], "JSON token size limit exceeded");
    client.send("y".repeat(3 * REQUEST_LIMIT) + "\n");
    assert_eq!(client.answer()["error"]["desc"], "JSON token size limit exceeded");
    client.send("[".repeat(REQUEST_LIMIT) + "\n{}");
    assert_eq!(client.answer()["error"]["class"], "GenericError");
    assert_eq!(client.answer()["error"]["desc"], "QMP input lacks member 'execute'");
    client.query("query-status");
}

#[test]
fn answers_do_not_grow_with_what_is_asked() {
    let served = Served::boot(1, 2);
    let mut client = served.client();
    let long = "x".repeat(1 << 20);
    client.send(format!("{}\n", json!({"execute": long})));
    assert!(client.answer().to_string().len() < 1000);
    for arguments in [json!({"id": long}), json!({"id": "a", &long: 1})] {
        let (_, text) = client.error("device_del", arguments);
        assert!(text.len() < 1000);
    }
}
