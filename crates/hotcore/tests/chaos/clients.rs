//! Clients: those that ask and wait for the answer, those that die, and those that do not listen.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::PATIENCE;
use crate::doors::Doors;

fn connect(path: &Path) -> BufReader<UnixStream> {
    let stream = UnixStream::connect(path).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    BufReader::new(stream)
}

/// One kept connection of REST.
pub(crate) struct Rest(BufReader<UnixStream>);

impl Rest {
    pub(crate) fn connect(path: &Path) -> Self {
        Self(connect(path))
    }

    /// The status, and what came with it: JSON, or else text.
    pub(crate) fn get(&mut self, name: &str) -> (u16, Value) {
        self.ask(&request("GET", name, ""))
    }

    pub(crate) fn put(&mut self, name: &str, body: &Value) -> (u16, Value) {
        self.ask(&request("PUT", name, &body.to_string()))
    }

    fn ask(&mut self, request: &str) -> (u16, Value) {
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
        let status = self.line();
        let status = status.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut length = 0;
        while let Some((name, value)) = self.line().split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.0.read_exact(&mut body).unwrap();
        let text = || String::from_utf8_lossy(&body).into_owned().into();
        (status.expect("a status"), serde_json::from_slice(&body).unwrap_or_else(|_| text()))
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.0.read_line(&mut line).unwrap(), 0, "an answer is owed");
        line.trim_end().to_owned()
    }
}

fn request(method: &str, name: &str, body: &str) -> String {
    let length = body.len();
    format!("{method} /api/v1/{name} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n{body}")
}

/// One client of QMP.
pub(crate) struct Monitor {
    stream: BufReader<UnixStream>,
    asked: u64,
}

impl Monitor {
    pub(crate) fn connect(path: &Path) -> Self {
        let mut monitor = Self { stream: connect(path), asked: 0 };
        assert!(monitor.line().get("QMP").is_some());
        monitor.ask("qmp_capabilities", &json!({}));
        monitor
    }

    /// The answer, whatever it is.
    pub(crate) fn ask(&mut self, command: &str, arguments: &Value) -> Value {
        self.asked += 1;
        let request = json!({"execute": command, "arguments": arguments, "id": self.asked});
        self.stream.get_mut().write_all(format!("{request}\n").as_bytes()).unwrap();
        loop {
            let line = self.line();
            if line.get("event").is_none() {
                assert_eq!(line["id"], self.asked, "{line}");
                return line;
            }
        }
    }

    fn line(&mut self) -> Value {
        let mut line = String::new();
        assert_ne!(self.stream.read_line(&mut line).unwrap(), 0, "an answer is owed");
        serde_json::from_str(&line).unwrap()
    }
}

/// Comes in by each door, asks several things at once, perhaps hears the beginning of an answer, and dies
/// somewhere in the midst of it.
pub(crate) fn die(doors: &Doors, moment: usize) {
    let resize =
        |count: usize| request("PUT", "vm.resize", &json!({"desired_vcpus": count}).to_string());
    let rest: String = (0..4).map(|place| resize(1 + (moment + place) % crate::MAX)).collect();
    let qmp = "{\"execute\": \"qmp_capabilities\"}\n{\"execute\": \"query-qmp-schema\"}\n\
               {\"execute\": \"device_add\", \"arguments\": {\"driver\": \"cortex-a57-arm-cpu\", \"core-id\": 1}}\n\
               {\"execute\": \"device_del\", \"arguments\": {\"id\": \"/machine/periph";
    for (socket, text) in [(doors.api(), rest.as_str()), (doors.qmp(), qmp)] {
        let mut stream = UnixStream::connect(socket).unwrap();
        // Whoever is sent away by the server is as dead.
        let _ = stream.write_all(&text.as_bytes()[..moment * 17 % text.len()]);
        if moment.is_multiple_of(3) {
            stream.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
            let _ = stream.read(&mut [0; 10]);
        }
    }
}

/// Two that want to hear of everything, one by each door, and never read; half of them have no more to say.
pub(crate) fn deaf(doors: &Doors, turn: usize) -> [UnixStream; 2] {
    let much = "{\"execute\": \"query-qmp-schema\"}\n".repeat(200);
    let lines = format!("{{\"execute\": \"qmp_capabilities\"}}\n{much}");
    let follow = request("GET", "vm.events?after=0", "");
    [(doors.api(), follow), (doors.qmp(), lines)].map(|(socket, text)| {
        let mut stream = UnixStream::connect(socket).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        if turn.is_multiple_of(2) {
            stream.shutdown(Shutdown::Write).unwrap();
        }
        stream
    })
}
