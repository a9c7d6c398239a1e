//! Runs a program of `hotcore-e2e` next to a guest, wherever the lab is, and passes on what it
//! tells: JSON, one object per line.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::thread;

use serde::de::DeserializeOwned;

use crate::lab::{Engine, Job, Lab, LabError, Streams, folder};

/// Builds `program`, runs it with the arguments and the files in the lab of an engine, and calls
/// `each` for each object as it comes. Lines that are none go to stderr.
pub(crate) fn run<T: DeserializeOwned + Send>(
    engine: Engine,
    program: &str,
    args: &[&str],
    files: &[(String, PathBuf)],
    mut each: impl FnMut(T) + Send,
) -> Result<i32, LabError> {
    let command = format!("bin/{program}");
    let mut files = files.to_vec();
    for built in engine.build(&["hotcore-e2e"], &[program])? {
        files.push((command.clone(), built));
    }
    let lab = Lab { engine, folder: Some(folder::prepare(engine)?), ..Lab::default() };
    let args = args.iter().map(Into::into).collect();
    let job = Job { command: command.into(), args, files, ..Job::default() };
    let (lines, told) = mpsc::channel();
    let streams = Streams::Pipes {
        stdin: Box::new(io::empty()),
        stdout: Box::new(Lines { partial: Vec::new(), whole: lines }),
        stderr: Box::new(io::stderr()),
    };
    thread::scope(|scope| {
        scope.spawn(move || {
            for line in told {
                match serde_json::from_slice(&line) {
                    Ok(object) => each(object),
                    Err(_) => eprintln!("{}", String::from_utf8_lossy(&line)),
                }
            }
        });
        lab.run(&job, streams)
    })
}

/// Writes what came of it to a file, and makes the folder for it.
pub(crate) fn save(path: &Path, text: &str) -> Result<(), String> {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    let written = folder.and_then(|()| fs::write(path, text));
    written.map_err(|why| format!("{} cannot be written: {why}", path.display()))
}

/// Cuts what is written into lines.
struct Lines {
    partial: Vec<u8>,
    whole: Sender<Vec<u8>>,
}

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.partial.extend_from_slice(bytes);
        while let Some(end) = self.partial.iter().position(|&byte| byte == b'\n') {
            let rest = self.partial.split_off(end + 1);
            let line = std::mem::replace(&mut self.partial, rest);
            self.whole.send(line).map_err(|_| io::ErrorKind::BrokenPipe)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_whole() {
        let (whole, told) = mpsc::channel();
        let mut lines = Lines { partial: Vec::new(), whole };
        lines.write_all(b"on").unwrap();
        assert!(told.try_recv().is_err());
        lines.write_all(b"e\ntwo\nthr").unwrap();
        drop(lines);
        assert_eq!(told.iter().collect::<Vec<_>>(), [b"one\n", b"two\n"]);
    }
}
