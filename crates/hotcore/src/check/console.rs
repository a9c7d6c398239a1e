//! The guest's console: lines in, lines out, each wait bounded.

use std::io::{Read, Write};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use super::answer::Answer;

/// The longest line, and the most lines of an answer: far more than a probe of 512 CPUs says.
const LINE_LIMIT: usize = 4096;
const ANSWER_LIMIT: usize = 100_000;
/// What the probe begins its life with.
const BANNER: &str = "hotcore-probe 1 ";

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum ConsoleError {
    #[error("the guest said nothing for {} s", .0.as_secs())]
    Silent(Duration),
    #[error("the guest's console has ended")]
    Ended,
    #[error("the guest talks without end")]
    Endless,
    #[error("the guest stopped: {0}")]
    Stopped(String),
}

/// A console.
pub(super) struct Console {
    input: Box<dyn Write + Send>,
    lines: Receiver<String>,
    /// The latest lines, for a report.
    latest: Vec<String>,
}

impl Console {
    /// Reads from `output` until it ends.
    pub(super) fn new(
        output: impl Read + Send + 'static,
        input: impl Write + Send + 'static,
    ) -> Self {
        let (sender, lines) = mpsc::sync_channel(4096);
        thread::spawn(move || {
            for line in Lines::of(output) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Self { input: Box::new(input), lines, latest: Vec::new() }
    }

    /// Waits for the probe to be ready; its banner.
    pub(super) fn wait_until_ready(&mut self, patience: Duration) -> Result<String, ConsoleError> {
        let until = Instant::now() + patience;
        loop {
            let line = self.line(until, patience)?;
            if let Some(rest) = line.strip_prefix(BANNER) {
                return match rest.strip_prefix("ready") {
                    Some(rest) => Ok(rest.trim().to_owned()),
                    None => Err(ConsoleError::Stopped(line)),
                };
            }
        }
    }

    /// Sends a command and does not wait.
    pub(super) fn send(&mut self, command: &str) -> Result<(), ConsoleError> {
        let line = format!("{command}\n");
        let sent = self.input.write_all(line.as_bytes()).and_then(|()| self.input.flush());
        sent.map_err(|_| ConsoleError::Ended)
    }

    /// Sends a command and waits for its answer.
    pub(super) fn ask(
        &mut self,
        command: &str,
        patience: Duration,
    ) -> Result<Answer, ConsoleError> {
        self.send(command)?;
        let until = Instant::now() + patience;
        let mut answer = Answer::default();
        while answer.lines.len() < ANSWER_LIMIT {
            let line = self.line(until, patience)?;
            if line == "ok" {
                return Ok(answer);
            }
            if let Some(reason) = line.strip_prefix("error ") {
                answer.error = Some(reason.to_owned());
                return Ok(answer);
            }
            answer.lines.push(line);
        }
        Err(ConsoleError::Endless)
    }

    /// The latest lines.
    pub(super) fn latest(&self) -> &[String] {
        &self.latest
    }

    fn line(&mut self, until: Instant, patience: Duration) -> Result<String, ConsoleError> {
        let left = until.saturating_duration_since(Instant::now());
        let line = self.lines.recv_timeout(left).map_err(|error| match error {
            RecvTimeoutError::Timeout => ConsoleError::Silent(patience),
            RecvTimeoutError::Disconnected => ConsoleError::Ended,
        })?;
        if self.latest.len() == 8 {
            self.latest.remove(0);
        }
        self.latest.push(line.clone());
        if line.starts_with("exception ") || line.starts_with("panic ") {
            return Err(ConsoleError::Stopped(line));
        }
        Ok(line)
    }
}

/// Cuts bytes into lines.
struct Lines<R> {
    source: R,
    read: Vec<u8>,
}

impl<R: Read> Lines<R> {
    fn of(source: R) -> Self {
        Self { source, read: Vec::new() }
    }
}

impl<R: Read> Iterator for Lines<R> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let mut chunk = [0; 512];
        loop {
            let end = self.read.iter().position(|byte| *byte == b'\n');
            let end = end.or((self.read.len() >= LINE_LIMIT).then_some(LINE_LIMIT - 1));
            if let Some(end) = end {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                return Some(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            match self.source.read(&mut chunk) {
                Ok(0) | Err(_) => return None,
                Ok(length) => self.read.extend_from_slice(chunk.get(..length)?),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(200);

    #[test]
    fn an_answer_ends_with_ok_or_the_reason() {
        let said =
            "noise\r\nhotcore-probe 1 ready possible=4\r\na=1\r\nok\r\nerror no such CPU\r\n";
        let mut console = Console::new(said.as_bytes(), Vec::new());
        assert_eq!(console.wait_until_ready(SOON).unwrap(), "possible=4");
        assert_eq!(console.ask("x", SOON).unwrap().lines, ["a=1"]);
        assert_eq!(console.ask("y", SOON).unwrap().error.as_deref(), Some("no such CPU"));
        assert!(matches!(console.ask("z", SOON), Err(ConsoleError::Ended)));
    }

    #[test]
    fn a_guest_that_stops_is_not_waited_for() {
        let mut console = Console::new("exception kind=4\n".as_bytes(), Vec::new());
        assert!(matches!(console.ask("x", SOON), Err(ConsoleError::Stopped(_))));
        let mut console = Console::new("hotcore-probe 1 failed why\n".as_bytes(), Vec::new());
        assert!(matches!(console.wait_until_ready(SOON), Err(ConsoleError::Stopped(_))));
    }

    #[test]
    fn a_line_without_end_is_cut() {
        let long = "x".repeat(3 * LINE_LIMIT);
        assert_eq!(Lines::of(long.as_bytes()).map(|line| line.len()).max(), Some(LINE_LIMIT));
    }
}
