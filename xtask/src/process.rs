//! Other programs, run to their end: what they printed, or an error that says what they said.

use std::process::{Command, Output, Stdio};

use crate::error::FetchError;

/// As much of a failed program's last words as an error repeats.
const LAST_LINES: usize = 6;

/// Runs `command` and returns what it wrote to standard output.
pub(crate) fn output(command: &mut Command) -> Result<String, FetchError> {
    let output = run(command.stdin(Stdio::null()))?;
    if !output.status.success() {
        return Err(FetchError::Failed {
            command: describe(command),
            status: output.status,
            said: last_lines(&String::from_utf8_lossy(&output.stderr)),
        });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs `command` with this program's own output, for a person to read.
pub(crate) fn visible(command: &mut Command) -> Result<(), FetchError> {
    ended_well(command.stdin(Stdio::null()))
}

fn ended_well(command: &mut Command) -> Result<(), FetchError> {
    let status = command.status().map_err(|source| not_started(command, source))?;
    if status.success() {
        return Ok(());
    }
    Err(FetchError::Failed { command: describe(command), status, said: "see above".into() })
}

/// Runs `commands` side by side, each reading what the one before it writes, until the last one
/// ends, which may be before it has read everything. It decides whether all of that succeeded.
pub(crate) fn pipeline(commands: impl IntoIterator<Item = Command>) -> Result<(), FetchError> {
    let mut commands = commands.into_iter().peekable();
    let mut input = Stdio::null();
    let mut before = Vec::new();
    let mut ended = Ok(());
    // A command goes once it is started, and with it our end of its input: a writer has to notice
    // that its reader has ended.
    while let Some(mut command) = commands.next() {
        command.stdin(std::mem::replace(&mut input, Stdio::null()));
        if commands.peek().is_none() {
            ended = ended_well(command.stdout(Stdio::null()));
            break;
        }
        let started = command.stdout(Stdio::piped()).spawn();
        let mut child = started.map_err(|source| not_started(&command, source))?;
        input = child.stdout.take().map_or_else(Stdio::null, Stdio::from);
        before.push(child);
    }
    // How these end says nothing: the last one had what it wanted.
    for mut child in before {
        let _ = child.wait();
    }
    ended
}

fn run(command: &mut Command) -> Result<Output, FetchError> {
    command.output().map_err(|source| not_started(command, source))
}

fn not_started(command: &Command, source: std::io::Error) -> FetchError {
    match source.kind() {
        std::io::ErrorKind::NotFound => {
            FetchError::NoProgram { program: command.get_program().to_string_lossy().into_owned() }
        }
        _ => FetchError::Start { command: describe(command), source },
    }
}

/// The program and its arguments, as one would type them.
fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_named() {
        let error = output(&mut Command::new("hotcore-has-no-such-program")).unwrap_err();
        assert!(error.to_string().contains("hotcore-has-no-such-program"), "{error}");
    }

    #[test]
    fn a_failed_program_is_quoted() {
        let mut command = Command::new("sh");
        let error = output(command.args(["-c", "echo the reason >&2; exit 3"])).unwrap_err();
        assert!(error.to_string().contains("the reason"), "{error}");
    }

    #[test]
    fn the_end_of_the_last_command_is_the_end_of_a_pipeline() {
        let mut first = Command::new("head");
        first.args(["-n", "1"]);
        pipeline([Command::new("yes"), first]).unwrap();
        let error = pipeline([Command::new("yes"), Command::new("false")]).unwrap_err();
        assert!(error.to_string().contains("`false`"), "{error}");
    }
}
