//! Runs a program of `hotcore-e2e` next to a guest, wherever the lab is, and passes on what it
//! tells: JSON, one object per line.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::thread;

use serde::de::DeserializeOwned;

use crate::here;
use crate::lab::{Engine, Job, Lab, LabError, Streams, folder};

/// A program of `hotcore-e2e`, and what it is given.
#[derive(Debug, Default)]
pub(crate) struct Program<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// The engine in whose lab it runs.
    pub(crate) engine: Engine,
    /// What the VMM is built in, where that is for this machine.
    pub(crate) profile: &'a str,
    /// Its arguments.
    pub(crate) args: &'a [&'a str],
    /// Variables added to its environment.
    pub(crate) env: Vec<(String, OsString)>,
    /// Files added to the lab's.
    pub(crate) files: Vec<(String, PathBuf)>,
}

impl Program<'_> {
    /// Builds the program, runs it in the lab, and calls `each` for each object as it comes. Lines
    /// that are none go to stderr. Gives its exit status.
    pub(crate) fn run<T: DeserializeOwned + Send>(
        self,
        mut each: impl FnMut(T) + Send,
    ) -> Result<i32, LabError> {
        let Self { name, engine, profile, args, env, mut files } = self;
        let command = format!("bin/{name}");
        for built in engine.build(here::LAB, &["hotcore-e2e"], &[name])? {
            files.push((command.clone(), built));
        }
        let folder = folder::prepare(engine, profile)?;
        let lab = Lab { engine, folder: Some(folder), ..Lab::default() };
        let args = args.iter().map(Into::into).collect();
        let job = Job { command: command.into(), args, env, files, ..Job::default() };
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
