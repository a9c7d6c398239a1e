//! The guest's console on this process's standard streams, in a file, or nowhere.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use hotcore_vmm::{Console, Control};
use rustix::io::Errno;

use super::keys::{Keys, Typed};
use super::terminal;
use crate::options::serial::Serial;

/// The most that is read from standard input at once.
const CHUNK: usize = 1024;
/// How many of those may wait for a guest that does not take them: 1 MiB.
const WAITING: usize = 1024;
const HELP: &str = "hotcore: Ctrl-A x: end   Ctrl-A h: help   Ctrl-A Ctrl-A: send Ctrl-A";

/// Why the guest's console cannot be where it was asked to be.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SerialError {
    #[error("--serial file={}: the file cannot be created", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("--serial tty: the terminal cannot be put into raw mode")]
    Terminal(#[source] Errno),
    #[error("--serial tty: standard input cannot be read")]
    Input(#[source] io::Error),
}

/// Where the guest's output goes. A file that is there already keeps its contents until [`begin`].
pub(crate) fn output(serial: &Serial) -> Result<Box<dyn Write + Send>, SerialError> {
    match serial {
        Serial::Tty => Ok(Box::new(io::stdout())),
        Serial::Null => Ok(Box::new(io::sink())),
        Serial::File(path) => {
            let file = File::options().write(true).create(true).truncate(false).open(path);
            Ok(Box::new(file.map_err(failed(path))?))
        }
    }
}

/// The machine can be made: what a file holds of an earlier guest is discarded.
pub(super) fn begin(serial: &Serial) -> Result<(), SerialError> {
    let Serial::File(path) = serial else { return Ok(()) };
    File::create(path).map(drop).map_err(failed(path))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> SerialError {
    move |source| SerialError::File { path: path.to_owned(), source }
}

/// Has the guest hear what comes in on standard input, where that is its console.
pub(super) fn connect_input(
    serial: &Serial,
    console: Console,
    control: Control,
) -> Result<(), SerialError> {
    if *serial != Serial::Tty {
        return Ok(());
    }
    if !terminal::is_interactive() {
        return spawn("stdin", move || pass_on(&console)).map_err(SerialError::Input);
    }
    terminal::make_raw().map_err(SerialError::Terminal)?;
    let (typed, waiting) = sync_channel(WAITING);
    spawn("stdin", move || listen(&typed, &control)).map_err(SerialError::Input)?;
    spawn("typing", move || type_in(&waiting, &console)).map_err(SerialError::Input)
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.into()).spawn(work).map(drop)
}

/// A pipe or a file is the guest's alone, and waits for it.
fn pass_on(console: &Console) {
    let mut chunk = [0; CHUNK];
    while let Some(input) = read(&mut chunk) {
        console.type_in(input);
    }
}

/// At a terminal Ctrl-A has to work whatever the guest does, so nobody waits here.
fn listen(typed: &SyncSender<Vec<u8>>, control: &Control) {
    let mut keys = Keys::default();
    let mut chunk = [0; CHUNK];
    while let Some(input) = read(&mut chunk) {
        let mut for_guest = Vec::with_capacity(input.len());
        for typed in input.iter().filter_map(|&byte| keys.press(byte)) {
            match typed {
                Typed::Guest(byte) => for_guest.push(byte),
                Typed::End => control.stop(),
                Typed::Help => eprintln!("\n{HELP}"),
            }
        }
        if let Err(TrySendError::Full(_)) = typed.try_send(for_guest) {
            tracing::warn!("the guest does not take its input; what was typed last is dropped");
        }
    }
}

fn type_in(waiting: &Receiver<Vec<u8>>, console: &Console) {
    for input in waiting {
        console.type_in(&input);
    }
}

/// What comes next on standard input; `None` at its end.
fn read(chunk: &mut [u8]) -> Option<&[u8]> {
    loop {
        match io::stdin().read(chunk) {
            Ok(0) => return None,
            Ok(count) => return Some(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                tracing::warn!("standard input cannot be read any more: {error}");
                return None;
            }
        }
    }
}
