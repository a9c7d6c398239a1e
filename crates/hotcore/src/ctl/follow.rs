//! Following an operation to its end, and showing its stages to a person meanwhile.

use std::io::{IsTerminal, stderr};
use std::time::Duration;

use hotcore_api::wire::{Operation, Stage};
use hotcore_api::{Client, ClientError};

use super::words;

/// How long one question may wait for news.
const QUESTION: Duration = Duration::from_secs(30);

/// How an operation is doing now.
pub(super) fn look(client: &mut Client, id: u64) -> Result<Operation, ClientError> {
    client.operation(id, Stage::Held, Duration::ZERO)
}

/// Waits for the end of an operation, which comes at the latest with its patience.
pub(super) fn to_the_end(
    client: &mut Client,
    mut operation: Operation,
    quiet: bool,
) -> Result<Operation, ClientError> {
    let mut shown = Shown::new(quiet || !stderr().is_terminal());
    loop {
        shown.show(&operation);
        if operation.stage == Stage::Ended {
            return Ok(operation);
        }
        operation = client.operation(operation.id, operation.stage, QUESTION)?;
    }
}

/// What a person has been shown of an operation.
struct Shown {
    quiet: bool,
    lines: usize,
}

impl Shown {
    fn new(quiet: bool) -> Self {
        Self { quiet, lines: 0 }
    }

    fn show(&mut self, operation: &Operation) {
        if self.quiet {
            return;
        }
        let passed = words::stages(operation);
        for line in passed.iter().skip(self.lines) {
            eprintln!("{line}");
        }
        self.lines = self.lines.max(passed.len());
    }
}
