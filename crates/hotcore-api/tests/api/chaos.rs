//! Clients that die, stall, hurry and never listen; the machine and the other clients go on.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::thread;
use std::time::Duration;

use hotcore_api::wire::Resize;

use crate::support::{Door, Served, receive, send};

/// Clients at once, and what each of them asks.
const CLIENTS: usize = 64;
const REQUESTS: usize = 20;

#[test]
fn clients_that_die_at_any_moment_leave_a_whole_machine() {
    let served = Served::boot(1, 8);
    let request = |count: usize| {
        let body = format!(r#"{{"desired_vcpus": {count}}}"#);
        let length = body.len();
        format!(
            "PUT /api/v1/vm.resize HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    for moment in 0..400 {
        let requests: String = (0..5).map(|place| request(1 + (moment + place) % 8)).collect();
        let mut stream = served.connect();
        let part = moment * 7 % requests.len();
        let _ = stream.write_all(&requests.as_bytes()[..part]);
        if moment % 3 == 0 {
            // An answer may have begun, or wait for the rest of its request.
            stream.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
            let _ = stream.read(&mut [0; 10]);
        }
    }
    settles(&served, 3);
}

/// The machine can still be resized, and all that was begun ends.
#[track_caller]
fn settles(served: &Served, count: u32) {
    let mut client = served.client();
    let asked = Resize { desired_vcpus: Some(count), ..Resize::default() };
    while client.resize(asked).is_err() {}
    let open = || {
        let operations = served.get("vm.info").json["hotcore"]["operations"].clone();
        operations.as_array().unwrap().iter().any(|operation| operation["outcome"].is_null())
    };
    while open() {}
    assert_eq!(served.enabled().len(), count as usize);
}

#[test]
fn many_clients_at_once_are_all_answered() {
    let served = Served::boot(1, 8);
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let served = &served;
            scope.spawn(move || {
                let mut stream = served.connect();
                for request in 0..REQUESTS {
                    let count = 1 + (client * 3 + request) % 8;
                    let (method, name, body) = match (client + request) % 4 {
                        0 => ("GET", "vm.info", String::new()),
                        1 => ("GET", "vm.counters", String::new()),
                        2 => ("GET", "metrics", String::new()),
                        _ => ("PUT", "vm.resize", format!(r#"{{"desired_vcpus": {count}}}"#)),
                    };
                    send(&mut stream, method, name, &body);
                    let status = receive(&mut stream).status;
                    assert!([200, 204, 429].contains(&status), "{name}: {status}");
                }
            });
        }
    });
    settles(&served, 8);
}

#[test]
fn a_thousand_requests_in_one_breath_are_answered_in_their_order() {
    let served = Served::boot(1, 2);
    let mut stream = served.connect();
    let mut writer = stream.try_clone().unwrap();
    let hurry = thread::spawn(move || {
        for place in 0..1000 {
            let name = ["vmm.ping", "vm.nothing", "vm.operations/x"][place % 3];
            send(&mut writer, "GET", name, "");
        }
    });
    for place in 0..1000 {
        assert_eq!(receive(&mut stream).status, [200, 404, 400][place % 3]);
    }
    hurry.join().unwrap();
}

#[test]
fn a_follower_that_never_reads_holds_nobody_up() {
    let served = Served::boot(1, 64);
    let deaf: Vec<_> = (0..16)
        .map(|place| {
            let mut stream = served.connect();
            send(&mut stream, "GET", "vm.events?after=0", "");
            if place % 2 == 0 {
                stream.shutdown(Shutdown::Write).unwrap();
            }
            stream
        })
        .collect();
    let mut client = served.client();
    for round in 0..40 {
        let count = if round % 2 == 0 { 64 } else { 1 };
        let asked = Resize { desired_vcpus: Some(count), ..Resize::default() };
        while client.resize(asked).is_err() {}
    }
    assert_eq!(served.put("vmm.shutdown", "").status, 204);
    served.end();
    drop(deaf);
}

#[test]
fn a_body_that_does_not_come_is_a_408() {
    let served = Served::boot(1, 2);
    let mut stream = served.connect();
    let head = "PUT /api/v1/vm.resize HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{";
    stream.write_all(head.as_bytes()).unwrap();
    assert_eq!(served.get("vmm.ping").status, 200);
    let answer = receive(&mut stream);
    assert_eq!(answer.status, 408, "{answer:?}");
    assert!(answer.error().contains("did not arrive"), "{answer:?}");
    // The rest of it is not taken for a request.
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let _ = stream.write_all(b"\"desired_vcpus\": 2}");
    assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0, "the connection ends");
}
