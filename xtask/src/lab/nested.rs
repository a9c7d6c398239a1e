//! Runs a job in a nested arm64 host: a Linux with KVM on QEMU's emulator.

use std::io::{Seek, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Instant;

use super::qemu::{Machine, Ports, Running};
use super::terminal::Terminal;
use super::{Host, Job, LabError, Streams, streams};
use crate::{fetch, image};

/// Runs the job and gives its exit status.
pub(super) fn run(
    host: &Host,
    folder: Option<&Path>,
    job: &Job,
    streams: Streams,
) -> Result<i32, LabError> {
    let (running, ports) = start(host, folder, job)?;
    let started = Instant::now();
    let Ports { terminal, mut input, output, error } = ports;
    let token = streams::token();
    let (mode, raw) = match &streams {
        Streams::Pipes { .. } => ("pipes".to_owned(), None),
        Streams::Terminal => {
            let raw = Terminal::raw()?;
            (format!("terminal {} {}", raw.rows, raw.columns), Some(raw))
        }
    };
    writeln!(input, "{token} {mode}").map_err(LabError::system("talk to the lab"))?;

    let (ends, end) = mpsc::channel();
    match streams {
        Streams::Pipes { stdin, stdout, stderr } => {
            let feed = input.try_clone().map_err(LabError::system("share the lab's input"))?;
            thread::spawn(move || streams::feed(stdin, &feed));
            drain(output, stdout, &token, &ends);
            drain(error, stderr, &token, &ends);
        }
        Streams::Terminal => {
            let typed = terminal.try_clone().map_err(LabError::system("share the terminal"))?;
            thread::spawn(move || streams::feed(std::io::stdin(), &typed));
            thread::spawn(move || streams::copy(terminal, std::io::stdout()));
            drain(output, std::io::sink(), &token, &ends);
            drain(error, std::io::sink(), &token, &ends);
        }
    }
    let mut status = 0;
    for _stream in ["output", "error"] {
        let next = match job.timeout {
            Some(limit) => end.recv_timeout(limit.saturating_sub(started.elapsed())),
            None => end.recv().map_err(RecvTimeoutError::from),
        };
        status = match (next, job.timeout) {
            (Ok(Some(status)), _) => status.into(),
            (Err(RecvTimeoutError::Timeout), Some(limit)) => {
                drop(raw);
                return Err(LabError::TimedOut { limit, console: running.end() });
            }
            _ => {
                drop(raw);
                return Err(LabError::Died { console: running.end() });
            }
        };
    }
    Ok(status)
}

fn start(host: &Host, folder: Option<&Path>, job: &Job) -> Result<(Running, Ports), LabError> {
    let qemu = fetch::qemu()?;
    let kernel = fetch::kernel(host.kernel)?;
    let busybox = fetch::busybox()?;
    let initramfs = tempfile::tempfile().map_err(LabError::system("make the lab's image"))?;
    let mut initramfs = image::lab(initramfs, &busybox, &job.script(), folder, &job.files)?;
    initramfs.rewind().map_err(LabError::system("rewind the lab's image"))?;
    Machine { qemu: &qemu, kernel: &kernel, cpu: &host.cpu, initramfs }.start()
}

fn drain(
    stream: UnixStream,
    output: impl Write + Send + 'static,
    token: &str,
    ends: &Sender<Option<u8>>,
) {
    let (token, ends) = (token.to_owned(), ends.clone());
    thread::spawn(move || {
        let status = streams::drain(stream, output, &token).unwrap_or(None);
        // The receiver is gone once the other stream has told that the lab died.
        let _ = ends.send(status);
    });
}
