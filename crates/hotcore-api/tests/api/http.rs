//! Requests that are wrong, large, slow or many.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::path::Path;
use std::time::Duration;

use crate::support::{Door, Served, receive, send};
use hotcore_api::{Client, ClientError, Server};
use hotcore_socket::{ServiceError, SocketError};

#[test]
fn ping_says_who_is_there() {
    let served = Served::boot(1, 1);
    let answer = served.get("vmm.ping");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json["pid"], std::process::id());
    assert!(answer.head.contains("content-type: application/json"), "{answer:?}");
    assert!(answer.json["version"].is_string() && answer.json["features"].is_array());
}

#[test]
fn one_connection_serves_many_requests() {
    let served = Served::boot(1, 2);
    let mut stream = served.connect();
    for _ in 0..100 {
        send(&mut stream, "GET", "vmm.ping", "");
        assert_eq!(receive(&mut stream).status, 200);
        send(&mut stream, "PUT", "vm.resize", "{");
        assert_eq!(receive(&mut stream).status, 400);
        send(&mut stream, "PUT", "vm.resize", r#"{"desired_vcpus": 1}"#);
        assert_eq!(receive(&mut stream).status, 204);
    }
}

#[test]
fn a_refusal_keeps_the_connection_also_where_the_body_comes_late() {
    let served = Served::boot(1, 1);
    let mut stream = served.connect();
    for (method, name, status) in
        [("PUT", "vm.add-fs", 501), ("PUT", "vm.nothing", 404), ("GET", "vm.resize", 405)]
    {
        let head = format!(
            "{method} /api/v1/{name} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(20));
        stream.write_all(br#"{"tag":1}"#).unwrap();
        assert_eq!(receive(&mut stream).status, status);
    }
}

#[test]
fn requests_in_a_row_are_answered_in_their_order() {
    let served = Served::boot(1, 2);
    let mut stream = served.connect();
    send(&mut stream, "GET", "vmm.ping", "");
    send(&mut stream, "GET", "nothing", "");
    send(&mut stream, "GET", "vm.info", "");
    assert_eq!([(); 3].map(|()| receive(&mut stream).status), [200, 404, 200]);
}

#[test]
fn unknown_paths_and_wrong_methods() {
    let served = Served::boot(1, 1);
    assert_eq!(served.get("vm.nothing").status, 404);
    assert_eq!(served.get("../../etc/passwd").status, 404);
    for (method, name, allowed) in
        [("PUT", "vm.info", "get"), ("GET", "vm.resize", "put"), ("DELETE", "vm.reboot", "put")]
    {
        let answer = served.ask(method, name, "");
        assert_eq!(answer.status, 405);
        assert!(answer.head.contains(&format!("allow: {allowed}\r\n")), "{answer:?}");
    }
}

#[test]
fn a_wrong_body_is_an_error_that_names_the_field() {
    let served = Served::boot(1, 2);
    for (name, body, text) in [
        ("vm.add-cpu", "", "EOF"),
        ("vm.add-cpu", "{}", "missing field `cpu`"),
        ("vm.add-cpu", r#"{"cpu": "one"}"#, "cpu: invalid type"),
        ("vm.add-cpu", r#"{"cpu": 65536}"#, "cpu: invalid value"),
        ("vm.add-cpu", r#"{"cpu": 1, "waits": true}"#, "unknown field `waits`"),
        ("vm.add-cpu", r#"{"cpu": 1, "cpu": 1}"#, "duplicate field `cpu`"),
        ("vm.add-cpu", r#"{"cpu": 1} trailing"#, "trailing characters"),
        ("vm.add-cpu", r#"{"cpu": 1, "timeout_ms": 0}"#, "timeout_ms: between 1 and"),
        ("vm.resize", r#"{"desired_vcpus": 1.5}"#, "desired_vcpus: invalid type"),
        ("vm.resize", "[1", "an object is expected"),
        ("vm.resize", "[1, null]", "an object is expected"),
        ("vm.resize", "null", "an object is expected"),
        ("vm.resize?x=1", r#"{"desired_vcpus": 1}"#, "no parameter `x`"),
    ] {
        let answer = served.put(name, body);
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.error().contains(text), "{body}: {answer:?}");
    }
    for query in ["", "id=", "id=x", "id=1&id=1", "id=1&wait_ms=-1", "id=-1", "number=1"] {
        let answer = served.get(&format!("vm.operation?{query}"));
        assert!([400, 404].contains(&answer.status), "{query}: {answer:?}");
    }
    assert_eq!(served.enabled(), [0]);
}

#[test]
fn what_is_not_http_is_refused() {
    let served = Served::boot(1, 1);
    for garbage in ["hello\r\n\r\n", "GET\r\n\r\n", "\0\0\0\0\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"] {
        let mut stream = served.connect();
        stream.write_all(garbage.as_bytes()).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1."), "{garbage:?}");
    }
    assert_eq!(served.get("vmm.ping").status, 200);
}

#[test]
fn a_large_body_is_refused_before_it_is_read() {
    let served = Served::boot(1, 1);
    let mut stream = served.connect();
    let head = "PUT /api/v1/vm.resize HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    assert_eq!(receive(&mut stream).status, 413);

    // One without a length ends where it becomes too large.
    let mut stream = served.connect();
    let head = "PUT /api/v1/vm.resize HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).unwrap();
    let chunk = format!("8000\r\n{}\r\n", " ".repeat(0x8000));
    for _ in 0..3 {
        // It may be closed before all is sent.
        let _ = stream.write_all(chunk.as_bytes());
    }
    assert_eq!(receive(&mut stream).status, 413);
}

#[test]
fn a_head_without_end_is_refused() {
    let served = Served::boot(1, 1);
    let mut stream = served.connect();
    stream.write_all(b"GET /api/v1/vmm.ping HTTP/1.1\r\n").unwrap();
    let header = format!("X-Filler: {}\r\n", "x".repeat(1000));
    while stream.write_all(header.as_bytes()).is_ok() {}
    assert_eq!(served.get("vmm.ping").status, 200);
}

#[test]
fn clients_that_stop_half_way_hold_nobody_up() {
    let served = Served::boot(1, 2);
    let whole = "PUT /api/v1/vm.resize HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{\"desired";
    let stalled: Vec<_> = (0..whole.len())
        .map(|length| {
            let mut stream = served.connect();
            stream.write_all(&whole.as_bytes()[..length]).unwrap();
            if length % 2 == 0 {
                stream.shutdown(Shutdown::Write).unwrap();
            }
            stream
        })
        .collect();
    assert_eq!(served.put("vm.add-cpu", r#"{"cpu": 1}"#).status, 200);
    assert_eq!(served.put("vmm.shutdown", "").status, 204);
    served.end();
    drop(stalled);
}

#[test]
fn a_client_that_never_reads_holds_nobody_up() {
    let served = Served::boot(1, 64);
    let mut deaf = served.connect();
    deaf.set_write_timeout(Some(Duration::from_millis(100))).unwrap();
    let request = "GET /api/v1/vm.info HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100);
    while deaf.write_all(request.as_bytes()).is_ok() {}
    assert_eq!(served.put("vm.add-cpu", r#"{"cpu": 1}"#).status, 200);
    assert_eq!(served.put("vmm.shutdown", "").status, 204);
    served.end();
}

#[test]
fn the_longest_idle_client_makes_room() {
    let served = Served::boot(1, 2);
    let mut busy = served.connect();
    let mut idle: Vec<_> = (0..200)
        .map(|_| {
            send(&mut busy, "GET", "vmm.ping", "");
            assert_eq!(receive(&mut busy).status, 200, "who asks stays");
            let mut stream = served.connect();
            send(&mut stream, "GET", "vmm.ping", "");
            assert_eq!(receive(&mut stream).status, 200, "who is new comes in");
            stream
        })
        .collect();
    assert_eq!(idle[0].read(&mut [0]).unwrap(), 0, "the first one had to go");
    let last = idle.last_mut().unwrap();
    send(last, "GET", "vmm.ping", "");
    assert_eq!(receive(last).status, 200, "the last one is still there");
}

#[test]
fn a_socket_in_use_is_not_taken() {
    let served = Served::boot(1, 1);
    let error = Server::start(&served.socket(), &served.vmm).err().unwrap();
    assert!(matches!(error.source, ServiceError::Socket(SocketError::InUse)), "{error}");
    assert!(error.to_string().contains(&served.socket().display().to_string()));
    assert_eq!(served.get("vmm.ping").status, 200);
}

#[test]
fn a_client_without_a_server_says_where_it_looked() {
    let error = Client::connect(Path::new("/nonexistent/api")).err().unwrap();
    assert!(matches!(error, ClientError::Connect { .. }));
    assert!(error.to_string().contains("/nonexistent/api"));
}
