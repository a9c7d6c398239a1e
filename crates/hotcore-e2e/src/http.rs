//! The REST API over one kept connection, byte by byte: what a client's library costs is not in what is
//! measured, and what the server sends is seen as it is.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde_json::Value;

use crate::GuestError;
use crate::guest::PATIENCE;

/// A connection.
pub struct Http {
    stream: BufReader<UnixStream>,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct HttpAnswer {
    /// The status.
    pub status: u16,
    /// What came with it.
    pub body: Vec<u8>,
}

impl HttpAnswer {
    /// Its JSON; `null` where it has none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

impl Http {
    /// Connects to the server at `path`.
    pub fn connect(path: &Path) -> Result<Self, GuestError> {
        let connect = || {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok(stream)
        };
        let stream = connect().map_err(GuestError::system("a connection to the API"))?;
        Ok(Self { stream: BufReader::new(stream) })
    }

    /// Asks, and waits for the answer.
    pub fn ask(&mut self, method: &str, name: &str, body: &str) -> Result<HttpAnswer, GuestError> {
        self.send(method, name, body)?;
        let (status, length) = self.head()?;
        let mut body = vec![0; length];
        let read = self.stream.read_exact(&mut body);
        read.map_err(GuestError::system("the body of an answer"))?;
        Ok(HttpAnswer { status, body })
    }

    fn send(&mut self, method: &str, name: &str, body: &str) -> Result<(), GuestError> {
        let length = body.len();
        let request = format!(
            "{method} /api/v1/{name} HTTP/1.1\r\nHost: localhost\r\n\
             Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}"
        );
        let sent = self.stream.get_mut().write_all(request.as_bytes());
        sent.map_err(GuestError::system("a request to the API"))
    }

    /// The status of the next answer, and how long its body is; 0 where that is not said.
    fn head(&mut self) -> Result<(u16, usize), GuestError> {
        let line = self.line()?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| GuestError::Wrong(format!("no status: {line:?}")))?;
        let mut length = 0;
        loop {
            let line = self.line()?;
            let Some((name, value)) = line.split_once(':') else { return Ok((status, length)) };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(0);
            }
        }
    }

    fn line(&mut self) -> Result<String, GuestError> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line);
        match read.map_err(GuestError::system("an answer of the API"))? {
            0 => Err(GuestError::Wrong("the API ended the connection".to_owned())),
            _ => Ok(line.trim_end().to_owned()),
        }
    }
}

/// `vm.events`, followed.
pub struct EventStream {
    http: Http,
}

impl EventStream {
    /// Follows the events from now on.
    pub fn follow(path: &Path) -> Result<Self, GuestError> {
        let mut http = Http::connect(path)?;
        http.send("GET", "vm.events", "")?;
        match http.head()? {
            (200, _) => Ok(Self { http }),
            (status, _) => Err(GuestError::Wrong(format!("vm.events is answered {status}"))),
        }
    }

    /// The next event, as soon as it happens. A gap is an error.
    pub fn event(&mut self) -> Result<Value, GuestError> {
        loop {
            let line = self.http.line()?;
            if line == "event: gap" {
                return Err(GuestError::Wrong("events are missing".to_owned()));
            }
            // Lengths of chunks, comments, and what the data says as well.
            let Some(data) = line.strip_prefix("data: ") else { continue };
            return serde_json::from_str(data)
                .map_err(|error| GuestError::Wrong(format!("{error}: {data}")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(text: &'static [u8]) -> Http {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(text).unwrap();
        Http { stream: BufReader::new(ours) }
    }

    #[test]
    fn answers_are_taken_apart() {
        let mut http = answered(
            b"HTTP/1.1 200 \r\nContent-Length: 8\r\n\r\n{\"a\": 1}HTTP/1.1 204 \r\nDate: now\r\n\r\n",
        );
        assert_eq!(http.head().unwrap(), (200, 8));
        http.stream.consume(8);
        assert_eq!(http.head().unwrap(), (204, 0));
        assert!(http.head().is_err(), "the connection has ended");
    }

    #[test]
    fn events_are_found_among_chunks_and_comments() {
        let http = answered(
            b"23\r\n: events after 2\n\n\r\n1a\r\nid: 3\nevent: booted\ndata: {\"event\":\"booted\"}\n\n\r\n\
              10\r\nid: 4\nevent: gap\ndata: {\"missed\":1}\n\n\r\n",
        );
        let mut events = EventStream { http };
        assert_eq!(events.event().unwrap()["event"], "booted");
        assert!(events.event().is_err(), "a gap");
    }
}
