//! Programs of others that judge our work in tests: found, or their absence told; run within a time, and
//! themselves never left behind. What they start in turn is theirs to end.

#![allow(clippy::panic, clippy::missing_panics_doc, reason = "a panic is a test's report")]

use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};
use std::{env, fmt, io, thread};

/// How often a program is asked whether it has ended.
const PACE: Duration = Duration::from_millis(5);
/// How long its output may take to end after it; what it has started may hold that open for ever.
const REST: Duration = Duration::from_secs(20);

/// The program that the environment variable `variable` names, else the one in `PATH` that is called `name`.
/// Without either the test is to be skipped: that is told, and `remedy`, which says how to get the program.
/// With `HOTCORE_REQUIRE_TOOLS=1` it panics instead.
pub fn find(variable: &str, name: &str, remedy: &str) -> Option<PathBuf> {
    let found = env::var_os(variable).map(PathBuf::from).or_else(|| {
        let path = env::var_os("PATH")?;
        env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
    });
    found.or_else(|| miss(&format!("{name} is not in PATH and {variable} is not set; {remedy}")))
}

/// As [`find`], where a name in `PATH` does not tell whether the program can judge: `what` says which one can.
pub fn named(variable: &str, what: &str, remedy: &str) -> Option<PathBuf> {
    let named = env::var_os(variable).map(PathBuf::from);
    named.or_else(|| miss(&format!("{variable} does not name {what}; {remedy}")))
}

fn miss(why: &str) -> Option<PathBuf> {
    let required = env::var_os("HOTCORE_REQUIRE_TOOLS").is_some_and(|one| one == "1");
    assert!(!required, "required: {why}");
    // Written past libtest, which keeps what a passing test prints with a macro to itself.
    let _ = writeln!(io::stderr(), "skipped: {why}");
    None
}

/// How a program ended and what it said. Its text is all of that.
#[derive(Debug)]
pub struct Verdict {
    status: ExitStatus,
    /// What it wrote to its standard output.
    pub output: String,
    /// What it wrote to its standard error.
    pub errors: String,
}

impl Verdict {
    /// Whether it ended by itself with status 0.
    pub fn content(&self) -> bool {
        self.status.success()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.output, self.errors)?;
        if self.content() { Ok(()) } else { write!(f, "({})", self.status) }
    }
}

/// Runs a program that has no input to its end. Panics if it does not start, kills it if it has not ended after
/// `patience`, and panics then and if something that it has started holds its output open.
pub fn run(command: &mut Command, patience: Duration) -> Verdict {
    run_between(piped(command.stdin(Stdio::null())), patience)
}

/// As [`run`], between the streams that `command` has been given: the verdict tells what comes through pipes.
pub fn run_between(command: &mut Command, patience: Duration) -> Verdict {
    attend(command, patience, REST)
}

fn piped(command: &mut Command) -> &mut Command {
    command.stdout(Stdio::piped()).stderr(Stdio::piped())
}

fn attend(command: &mut Command, patience: Duration, rest: Duration) -> Verdict {
    let program = command.get_program().to_string_lossy().into_owned();
    let child = command.spawn().unwrap_or_else(|error| panic!("{program}: {error}"));
    let mut running = Running(child);
    let output = listen(running.0.stdout.take());
    let errors = listen(running.0.stderr.take());
    let status = running.wait(patience);
    drop(running);
    match (status, output.recv_timeout(rest), errors.recv_timeout(rest)) {
        (Some(status), Ok(output), Ok(errors)) => Verdict { status, output, errors },
        (status, output, errors) => {
            let said = [output, errors].map(Result::unwrap_or_default).concat();
            let what = match status {
                Some(status) => {
                    format!("has ended ({status}), and what it started holds its output")
                }
                None => format!("does not end in {patience:?}"),
            };
            panic!("{program} {what}; it said: {said}")
        }
    }
}

/// A program that ends with this value at the latest; what it has started may not. It stays in our process
/// group: an interrupt from the terminal, or `timeout` around the tests, ends that as a whole.
struct Running(Child);

impl Running {
    fn wait(&mut self, patience: Duration) -> Option<ExitStatus> {
        let until = Instant::now() + patience;
        loop {
            let ended = self.0.try_wait().unwrap_or_else(|error| panic!("wait: {error}"));
            if ended.is_some() || Instant::now() >= until {
                return ended;
            }
            thread::sleep(PACE);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Neither does anything to a program that has been waited for.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Reads a pipe to its end meanwhile: a program that fills one which nobody reads does not get on.
fn listen(pipe: Option<impl io::Read + Send + 'static>) -> Receiver<String> {
    let (tell, heard) = mpsc::channel();
    thread::spawn(move || {
        let mut said = Vec::new();
        if let Some(mut pipe) = pipe {
            // What came before an error is what there is to tell.
            let _ = pipe.read_to_end(&mut said);
        }
        tell.send(String::from_utf8_lossy(&said).into_owned())
    });
    heard
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a panic is a test's report")]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(60);

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let (input, mut ours) = io::pipe().unwrap();
        let mut command = Command::new("sleep");
        command.arg("1000").stdin(input);
        let waited = move || run_between(&mut command, Duration::from_millis(50));
        let panic = catch_unwind(AssertUnwindSafe(waited)).unwrap_err();
        let said = panic.downcast_ref::<String>().unwrap();
        assert!(said.starts_with("sleep does not end in 50ms"), "{said}");
        // Nobody reads any more, once the programs of other tests, if they were just starting, have started.
        let deaf = (0..1000).any(|_| {
            thread::sleep(PACE);
            ours.write(b"?").is_err()
        });
        assert!(deaf, "sleep still has its input");
    }

    #[test]
    fn a_program_whose_output_another_holds_has_ended() {
        // The other one ends with `ours`.
        let (input, ours) = io::pipe().unwrap();
        let mut command = Command::new("sh");
        piped(&mut command).args(["-c", "exec 3<&0; echo why >&2; cat <&3 2>&- &"]).stdin(input);
        let waited = move || attend(&mut command, PATIENCE, Duration::from_secs(1));
        let panic = catch_unwind(AssertUnwindSafe(waited)).unwrap_err();
        drop(ours);
        let said = panic.downcast_ref::<String>().unwrap();
        let begin =
            "sh has ended (exit status: 0), and what it started holds its output; it said: why";
        assert!(said.starts_with(begin), "{said}");
    }

    #[test]
    fn a_program_may_say_more_on_both_streams_than_pipes_hold() {
        let mut command = Command::new("sh");
        let zeros = "head -c 300000 /dev/zero";
        command.args(["-c", &format!("{zeros} >&2; {zeros}; {zeros} >&2; exit 3")]);
        let verdict = run(&mut command, PATIENCE);
        assert_eq!((verdict.output.len(), verdict.errors.len()), (300_000, 600_000));
        assert!(!verdict.content() && verdict.to_string().ends_with("(exit status: 3)"));
    }

    /// Runs itself once more, where it finds that a program is missing.
    #[test]
    fn a_missing_program_is_told_or_required() {
        const HERE: &str = "HOTCORE_JUDGES_MISSING";
        if env::var_os(HERE).is_some() {
            assert_eq!(named(HERE, "a judge", ""), Some("here".into()));
            assert_eq!(find("HOTCORE_NO_JUDGE", "no-judge", "make one"), None);
            return;
        }
        let again = |required: &str| {
            let mut command = Command::new(env::current_exe().unwrap());
            command.args([
                "--exact",
                "--nocapture",
                "tests::a_missing_program_is_told_or_required",
            ]);
            run(command.env(HERE, "here").env("HOTCORE_REQUIRE_TOOLS", required), PATIENCE)
        };
        let why = "no-judge is not in PATH and HOTCORE_NO_JUDGE is not set; make one";
        let told = again("0");
        assert!(told.content() && told.errors.contains(&format!("skipped: {why}")), "{told}");
        let failed = again("1");
        assert!(
            !failed.content() && failed.errors.contains(&format!("required: {why}")),
            "{failed}"
        );
    }
}
