//! A command to run on an arm64 host with KVM.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;
use std::time::Duration;

/// What to run in the lab.
///
/// The job starts in the lab's folder (`/lab` in the nested host; `HOTCORE_LAB` says which).
/// A command with a slash that is not absolute is one of the lab's files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Job {
    /// The program.
    pub(crate) command: OsString,
    /// Its arguments.
    pub(crate) args: Vec<OsString>,
    /// Variables added to its environment.
    pub(crate) env: Vec<(String, OsString)>,
    /// Files added to the lab's: the path below the lab's folder, and the file on this machine.
    pub(crate) files: Vec<(String, PathBuf)>,
    /// How long it may take, the lab's own start included.
    pub(crate) timeout: Option<Duration>,
}

impl Job {
    /// The job as a shell script of the nested host.
    pub(super) fn script(&self) -> Vec<u8> {
        let mut script = b"export HOTCORE_LAB=/lab HOTCORE_HOST=emulated\n".to_vec();
        for (name, value) in &self.env {
            script.extend(b"export ");
            script.extend(name.as_bytes());
            script.push(b'=');
            script.extend(quoted(value));
            script.push(b'\n');
        }
        script.extend(b"exec");
        for word in std::iter::once(&self.command).chain(&self.args) {
            script.push(b' ');
            script.extend(quoted(word));
        }
        script.push(b'\n');
        script
    }
}

/// A word that the shell takes as it is.
fn quoted(word: &OsStr) -> Vec<u8> {
    let mut quoted = vec![b'\''];
    for &byte in word.as_bytes() {
        match byte {
            b'\'' => quoted.extend(br"'\''"),
            byte => quoted.push(byte),
        }
    }
    quoted.push(b'\'');
    quoted
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;
    use std::process::Command;

    use super::*;

    #[test]
    fn a_shell_passes_every_byte_on() {
        let strange = OsString::from_vec(b"a'b \"$HOME\\\n\xff*".to_vec());
        let job = Job {
            command: "printf".into(),
            args: vec!["%s|%s".into(), strange.clone(), "".into()],
            env: vec![("HOTCORE_TEST".into(), strange.clone())],
            ..Job::default()
        };
        let script = OsString::from_vec(job.script());
        let output = Command::new("sh").arg("-c").arg(script).output().unwrap();
        assert_eq!(output.stdout, [strange.as_bytes(), b"|"].concat());
    }
}
