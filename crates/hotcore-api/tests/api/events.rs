//! Clients that follow what happens, well and badly.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use hotcore_scripted::Manners;
use serde_json::Value;

use crate::support::{Door, Empty, Served, receive, send};

/// A client that follows the events.
struct Follower {
    lines: BufReader<UnixStream>,
}

#[derive(Debug)]
struct Told {
    id: u64,
    event: String,
    data: Value,
}

impl Follower {
    fn start(door: &impl Door, query: &str, header: &str) -> Self {
        let mut stream = door.connect();
        let head =
            format!("GET /api/v1/vm.events{query} HTTP/1.1\r\nHost: localhost\r\n{header}\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut follower = Self { lines: BufReader::new(stream) };
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(follower.lines.read_line(&mut head).unwrap(), 0, "{head}");
        }
        let head = head.to_lowercase();
        assert!(head.starts_with("http/1.1 200 "), "{head}");
        assert!(head.contains("content-type: text/event-stream\r\n"), "{head}");
        assert!(head.contains("transfer-encoding: chunked\r\n"), "{head}");
        // The comment with which it begins: now it follows.
        assert!(follower.line().unwrap().starts_with(": events after "));
        follower
    }

    /// The next line that says something, without the chunks around it. `None`: it is over.
    fn line(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            let line = line.trim_end();
            if line.contains(':') {
                return Some(line.to_owned());
            }
            if line == "0" {
                return None;
            }
        }
    }

    fn next(&mut self) -> Option<Told> {
        let id = self.line()?.strip_prefix("id: ").unwrap().parse().unwrap();
        let event = self.line()?.strip_prefix("event: ").unwrap().to_owned();
        let data = self.line()?;
        let data = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        Some(Told { id, event, data })
    }

    /// Reads up to an event of this name.
    fn until(&mut self, event: &str) -> Told {
        loop {
            let told = self.next().unwrap_or_else(|| panic!("it is over, without {event}"));
            if told.event == event {
                return told;
            }
        }
    }
}

#[test]
fn everything_is_told_in_its_order() {
    let served = Served::boot(1, 4);
    let mut follower = Follower::start(&served, "?after=0", "");
    assert_eq!(follower.next().unwrap().event, "created");
    assert_eq!(follower.next().unwrap().event, "booted");
    assert_eq!(served.put("vm.add-cpu", r#"{"cpu": 2}"#).status, 200);
    let mut last = follower.until("operation");
    assert_eq!((&last.data["cpu"], &last.data["kind"]), (&2.into(), &"plug".into()));
    let mut seen = vec![];
    while last.data["outcome"].is_null() {
        last = follower.next().unwrap();
        assert_eq!(last.data["number"], last.id);
        assert_eq!(last.data["event"], last.event.as_str());
        assert!(last.data["at_us"].as_u64() > Some(1_500_000_000_000_000));
        seen.push(last.event.clone());
    }
    assert_eq!(last.data["outcome"], "online");
    assert!(seen.contains(&"ost".to_owned()) && seen.contains(&"power".to_owned()), "{seen:?}");
    assert_eq!(served.put("vm.power-button", "").status, 204);
    follower.until("power-button");
    assert_eq!(served.put("vm.reboot", "").status, 204);
    assert_eq!(follower.until("reset").data["by_guest"], false);
}

#[test]
fn who_comes_back_goes_on_where_it_was() {
    let served = Served::boot(1, 4);
    let mut first = Follower::start(&served, "?after=0", "");
    let seen = first.until("booted").id;
    drop(first);
    assert_eq!(served.put("vm.add-cpu", r#"{"cpu": 2}"#).status, 200);
    for (query, header) in [
        (format!("?after={seen}"), String::new()),
        (String::new(), format!("Last-Event-ID: {seen}\r\n")),
        ("?after=0".to_owned(), format!("last-event-id: {seen}\r\n")),
    ] {
        let next = Follower::start(&served, &query, &header).next().unwrap();
        assert_eq!(next.id, seen + 1, "{query} {header}: {next:?}");
    }
    // A number of an earlier VMM at this socket.
    let first = Follower::start(&served, "?after=4000000000", "").next().unwrap();
    assert_eq!((first.id, first.event.as_str()), (1, "created"));
    for wrong in ["?after=x", "?after=-1", "?since=1", "?after=1&after=2"] {
        assert_eq!(served.get(&format!("vm.events{wrong}")).status, 400, "{wrong}");
    }
}

#[test]
fn without_a_number_it_begins_now_and_ends_with_the_server() {
    let door = Empty::start();
    assert_eq!(door.put("vm.create", &door.config(Value::Null).to_string()).status, 400);
    let config = door.config(serde_json::json!({}));
    assert_eq!(door.put("vm.create", &config.to_string()).status, 204);
    let mut follower = Follower::start(&door, "", "");
    assert_eq!(door.put("vm.boot", "").status, 204);
    assert_eq!(follower.next().unwrap().event, "booted");
    let leave = door.put("vmm.shutdown", "");
    assert_eq!(leave.status, 204);
    door.end();
    let ended = follower.until("ended");
    assert_eq!(ended.data["how"], "by-host");
    assert!(follower.next().is_none(), "and it ends as HTTP wants it");
}

#[test]
fn a_slow_reader_costs_nobody_anything_and_finds_a_mark() {
    let served = Served::boot(1, 64);
    let mut slow = Follower::start(&served, "?after=0", "");
    // Without a word from the guest: as fast as it goes.
    served.guest.set_manners(Manners { listens: false, ..Manners::default() });
    let mut stream = served.connect();
    let mut ask = |body: &str| {
        send(&mut stream, "PUT", "vm.resize", body);
        assert_eq!(receive(&mut stream).status, 204);
    };
    for _ in 0..150 {
        ask(r#"{"desired_vcpus": 64}"#);
        ask(r#"{"desired_vcpus": 1}"#);
    }
    let gap = slow.until("gap");
    assert!(gap.data["missed"].as_u64() > Some(0), "{gap:?}");
    let next = slow.next().unwrap();
    assert_eq!(next.id, gap.id + 1);
}

#[test]
fn followers_leave_room_for_others() {
    let served = Served::boot(1, 2);
    let mut followers: Vec<_> = (0..16).map(|_| Follower::start(&served, "", "")).collect();
    let refused = served.get("vm.events");
    assert_eq!(refused.status, 503);
    assert!(refused.error().contains("16 clients follow"), "{refused:?}");
    let _idle: Vec<_> = (0..200)
        .map(|_| {
            let mut stream = served.connect();
            send(&mut stream, "GET", "vmm.ping", "");
            assert_eq!(receive(&mut stream).status, 200);
            stream
        })
        .collect();
    assert_eq!(served.put("vm.add-cpu", r#"{"cpu": 1}"#).status, 200);
    for follower in &mut followers {
        follower.until("operation");
    }
    // Those that go make room at once, or as soon as their end is seen.
    drop(followers);
    while served.get("vm.events?after=x").status != 400 {}
    for _ in 0..1000 {
        let mut stream = served.connect();
        send(&mut stream, "GET", "vm.events", "");
        let mut head = [0; 12];
        stream.read_exact(&mut head).unwrap();
        if &head == b"HTTP/1.1 200" {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("there is no place");
}
