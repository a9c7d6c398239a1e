//! Programs that judge.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A program: what an environment variable names, else the one in PATH.
pub(crate) fn find(variable: &str, name: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable).map(PathBuf::from);
    let found = named.or_else(|| {
        let path = std::env::var_os("PATH")?;
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
    });
    if found.is_none() {
        let required = std::env::var_os("HOTCORE_REQUIRE_TOOLS").is_some_and(|one| one == "1");
        assert!(!required, "{name} is required: install it or set {variable}");
        eprintln!("skipped: {name} is not in PATH and {variable} is not set");
    }
    found
}

/// Runs a program to its end, or to ours; what it printed, and whether it was content.
pub(crate) fn run(command: &mut Command, patience: Duration) -> (bool, String) {
    let program = command.get_program().to_string_lossy().into_owned();
    let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = started.spawn().unwrap_or_else(|error| panic!("{program}: {error}"));
    let id = rustix::process::Pid::from_child(&child);
    let (done, ended) = mpsc::channel();
    std::thread::spawn(move || done.send(child.wait_with_output()));
    let Ok(output) = ended.recv_timeout(patience) else {
        let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
        panic!("{program} does not end");
    };
    let output = output.unwrap();
    let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}
