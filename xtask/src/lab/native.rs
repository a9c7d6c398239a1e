//! Runs a job on this machine itself, where that is an arm64 host with KVM.

use std::ffi::OsString;
use std::os::unix::fs::symlink;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{Job, LabError, Streams, streams};

/// How often a job with a time limit is looked at.
const PACE: Duration = Duration::from_millis(20);

/// Runs the job and gives its exit status.
pub(super) fn run(folder: Option<&Path>, job: &Job, streams: Streams) -> Result<i32, LabError> {
    let lab = tempfile::tempdir().map_err(LabError::system("make the lab's folder"))?;
    lay_out(lab.path(), folder, &job.files)?;
    let mut command = Command::new(program(lab.path(), &job.command));
    command
        .args(&job.args)
        .current_dir(lab.path())
        .env("HOTCORE_LAB", lab.path())
        .envs(job.env.iter().map(|(name, value)| (name, value)));
    let start = LabError::system("start the command");
    let status = match streams {
        Streams::Terminal => wait(command.spawn().map_err(start)?, job.timeout)?,
        Streams::Pipes { stdin, mut stdout, mut stderr } => {
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().map_err(start)?;
            let (input, output, error) =
                (child.stdin.take(), child.stdout.take(), child.stderr.take());
            thread::spawn(move || input.map(|input| streams::copy(stdin, input)));
            let output = thread::spawn(move || output.map(|from| streams::copy(from, &mut stdout)));
            let error = thread::spawn(move || error.map(|from| streams::copy(from, &mut stderr)));
            let status = wait(child, job.timeout)?;
            // A reader of ours that has gone does not change how the job ended.
            let _ = (output.join(), error.join());
            status
        }
    };
    Ok(status.code().or(status.signal().map(|signal| 128 + signal)).unwrap_or(-1))
}

fn program(lab: &Path, command: &OsString) -> PathBuf {
    let command = Path::new(command);
    if command.components().count() > 1 { lab.join(command) } else { command.to_owned() }
}

/// Makes the lab's folder of links to the files of another, and to the job's own.
fn lay_out(lab: &Path, from: Option<&Path>, files: &[(String, PathBuf)]) -> Result<(), LabError> {
    if let Some(from) = from {
        for entry in from.read_dir().map_err(stage(from))? {
            let entry = entry.map_err(stage(from))?;
            let link = lab.join(entry.file_name());
            if entry.path().is_dir() {
                std::fs::create_dir_all(&link).map_err(stage(&link))?;
                lay_out(&link, Some(&entry.path()), &[])?;
            } else {
                symlink(entry.path(), &link).map_err(stage(&link))?;
            }
        }
    }
    for (path, file) in files {
        let link = lab.join(path);
        if let Some(parent) = link.parent() {
            std::fs::create_dir_all(parent).map_err(stage(parent))?;
        }
        symlink(file, &link).map_err(stage(&link))?;
    }
    Ok(())
}

fn stage(path: &Path) -> impl FnOnce(std::io::Error) -> LabError {
    let path = path.to_owned();
    move |source| LabError::Stage { path, source }
}

fn wait(mut child: Child, timeout: Option<Duration>) -> Result<ExitStatus, LabError> {
    let system = || LabError::system("wait for the command");
    let Some(limit) = timeout else { return child.wait().map_err(system()) };
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(system())? {
            return Ok(status);
        }
        if started.elapsed() >= limit {
            child.kill().and_then(|()| child.wait()).map_err(system())?;
            return Err(LabError::TimedOut { limit, console: "(none)".into() });
        }
        thread::sleep(PACE);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn job(command: &str, args: &[&str]) -> Job {
        let args = args.iter().map(OsString::from).collect();
        Job { command: command.into(), args, ..Job::default() }
    }

    #[test]
    fn a_job_finds_its_files_and_its_streams() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("bin")).unwrap();
        std::fs::write(folder.path().join("bin/one"), "1").unwrap();
        let mut job = job("sh", &["-c", "cat - bin/one extra/two; echo three >&2; exit 7"]);
        job.files = vec![("extra/two".into(), folder.path().join("bin/one"))];
        let (stdout, stderr) = (Shared::default(), Shared::default());
        let pipes = Streams::Pipes {
            stdin: Box::new(&b"zero "[..]),
            stdout: Box::new(stdout.clone()),
            stderr: Box::new(stderr.clone()),
        };
        assert_eq!(run(Some(folder.path()), &job, pipes).unwrap(), 7);
        assert_eq!(*stdout.0.lock().unwrap(), b"zero 11");
        assert_eq!(*stderr.0.lock().unwrap(), b"three\n");
    }

    #[test]
    fn a_job_that_takes_too_long_is_ended() {
        let mut job = job("sleep", &["1000"]);
        job.timeout = Some(Duration::from_millis(1));
        assert!(matches!(run(None, &job, Streams::Terminal), Err(LabError::TimedOut { .. })));
    }
}
