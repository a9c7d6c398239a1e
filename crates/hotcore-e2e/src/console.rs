//! The guest's console, line by line, with the time at which each line began.

use std::io::{BufRead, BufReader, Read, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Collects what the guest prints, and types.
pub(crate) struct Console {
    lines: Arc<Lines>,
    input: Box<dyn Write + Send>,
}

#[derive(Default)]
struct Lines {
    read: Mutex<State>,
    more: Condvar,
}

#[derive(Default)]
struct State {
    lines: Vec<String>,
    begins: Vec<Instant>,
    ended: bool,
}

impl Console {
    pub(crate) fn new(
        output: impl Read + Send + 'static,
        input: impl Write + Send + 'static,
    ) -> Self {
        let lines = Arc::new(Lines::default());
        let filled = Arc::clone(&lines);
        thread::spawn(move || filled.fill(output));
        Self { lines, input: Box::new(input) }
    }

    /// How many lines there are so far.
    pub(crate) fn position(&self) -> usize {
        self.lines.read.lock().unwrap_or_else(PoisonError::into_inner).lines.len()
    }

    /// Waits for a line that `accept` takes at or after `from`; gives the lines before it and
    /// itself, or all there were when the time is over or the console has ended.
    pub(crate) fn wait_for(
        &self,
        from: usize,
        patience: Duration,
        accept: impl Fn(&str) -> bool,
    ) -> Result<Vec<String>, Vec<String>> {
        let until = Instant::now() + patience;
        let mut state = self.lines.read.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let lines = &state.lines[from.min(state.lines.len())..];
            if let Some(at) = lines.iter().position(|line| accept(line)) {
                return Ok(lines[..=at].to_vec());
            }
            let left = until.saturating_duration_since(Instant::now());
            if state.ended || left.is_zero() {
                return Err(lines.to_vec());
            }
            let waited = self.lines.more.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// When the line at `position` began to come: the guest's kernel fills the console's FIFO
    /// at once and waits only then, so that this is when the guest printed it.
    pub(crate) fn begin(&self, position: usize) -> Option<Instant> {
        let state = self.lines.read.lock().unwrap_or_else(PoisonError::into_inner);
        state.begins.get(position).copied()
    }

    pub(crate) fn type_line(&mut self, line: &str) -> std::io::Result<()> {
        writeln!(self.input, "{line}")?;
        self.input.flush()
    }

    /// Everything so far.
    pub(crate) fn all(&self) -> Vec<String> {
        self.lines.read.lock().unwrap_or_else(PoisonError::into_inner).lines.clone()
    }
}

impl Lines {
    fn fill(&self, output: impl Read) {
        let mut output = BufReader::new(output);
        let mut line = Vec::new();
        while output.fill_buf().is_ok_and(|begun| !begun.is_empty()) {
            let begin = Instant::now();
            if output.read_until(b'\n', &mut line).is_err() {
                break;
            }
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            line.clear();
            let mut state = self.read.lock().unwrap_or_else(PoisonError::into_inner);
            state.lines.push(text);
            state.begins.push(begin);
            drop(state);
            self.more.notify_all();
        }
        self.read.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
        self.more.notify_all();
    }
}
