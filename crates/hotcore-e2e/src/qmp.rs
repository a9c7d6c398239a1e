//! QMP over one connection, line by line.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use serde_json::{Value, json};

use crate::GuestError;
use crate::guest::PATIENCE;

/// A connection that has been negotiated.
pub struct Qmp {
    stream: BufReader<UnixStream>,
    /// Events that came while an answer was waited for.
    events: VecDeque<Value>,
}

impl Qmp {
    /// Connects to the server at `path` and negotiates.
    pub fn connect(path: &Path) -> Result<Self, GuestError> {
        let connect = || {
            let stream = UnixStream::connect(path)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok(stream)
        };
        let stream = connect().map_err(GuestError::system("a connection to QMP"))?;
        let mut qmp = Self { stream: BufReader::new(stream), events: VecDeque::new() };
        let greeting = qmp.line()?;
        if greeting.get("QMP").is_none() {
            return Err(GuestError::Wrong(format!("no greeting: {greeting}")));
        }
        qmp.ask("qmp_capabilities", json!({}))?.map_err(GuestError::Wrong)?;
        Ok(qmp)
    }

    /// What a command returns, or the text of its error.
    pub fn ask(
        &mut self,
        command: &str,
        arguments: Value,
    ) -> Result<Result<Value, String>, GuestError> {
        let mut request = json!({"execute": command});
        if arguments.as_object().is_some_and(|arguments| !arguments.is_empty()) {
            request["arguments"] = arguments;
        }
        let sent = self.stream.get_mut().write_all(format!("{request}\n").as_bytes());
        sent.map_err(GuestError::system("a command to QMP"))?;
        loop {
            let mut line = self.line()?;
            if line.get("event").is_some() {
                self.events.push_back(line);
            } else if line.get("return").is_some() {
                return Ok(Ok(line["return"].take()));
            } else {
                let text = line["error"]["desc"].as_str();
                let text = text.ok_or_else(|| GuestError::Wrong(format!("no answer: {line}")))?;
                return Ok(Err(text.to_owned()));
            }
        }
    }

    /// The next event.
    pub fn event(&mut self) -> Result<Value, GuestError> {
        match self.events.pop_front() {
            Some(event) => Ok(event),
            None => self.line(),
        }
    }

    /// Events that came so far are of no interest.
    pub fn forget_events(&mut self) {
        self.events.clear();
    }

    fn line(&mut self) -> Result<Value, GuestError> {
        let mut line = String::new();
        let read = self.stream.read_line(&mut line);
        if read.map_err(GuestError::system("a line of QMP"))? == 0 {
            return Err(GuestError::Wrong("QMP ended the connection".to_owned()));
        }
        serde_json::from_str(&line).map_err(|error| GuestError::Wrong(format!("{error}: {line}")))
    }
}
