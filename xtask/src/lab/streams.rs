//! The job's streams between this process and the lab: bytes pass unchanged, as they come.
//!
//! Each output ends with a token that only this run knows, the job's exit status and a newline.
//! That tells the end from a machine that died, and proves that nothing is still under way.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

/// A control character that ends no prompt, so that nothing a person waits for is held back.
const TOKEN_START: u8 = 0x1E;

/// A token nobody can guess.
pub(super) fn token() -> String {
    let random = || RandomState::new().build_hasher().finish();
    format!("{}{:016x}{:016x}", char::from(TOKEN_START), random(), random())
}

/// Copies `input` into the lab, then closes that direction only: of a socket that is closed both
/// ways the emulator discards what it has not read yet. So the caller keeps the socket open.
pub(super) fn feed(input: impl Read, lab: &UnixStream) {
    // The lab may end before all of the input is read; how it ended is told elsewhere.
    let _ = copy(input, lab);
    let _ = lab.shutdown(Shutdown::Write);
}

/// Copies until the end, passing everything on as it comes (`io::copy` may wait for more).
pub(super) fn copy(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    let mut buffer = vec![0; 65536];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => {
                output.write_all(&buffer[..length])?;
                output.flush()?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Copies what the lab sends up to the token, and gives the exit status; `None` where the stream
/// ended without one.
pub(super) fn drain(
    mut lab: impl Read,
    mut output: impl Write,
    token: &str,
) -> io::Result<Option<u8>> {
    let mut pending = Vec::new();
    let mut buffer = vec![0; 65536];
    let mut output_is_open = true;
    loop {
        let length = lab.read(&mut buffer)?;
        pending.extend_from_slice(&buffer[..length]);
        let part = if length == 0 {
            Part { ready: pending.len(), status: None }
        } else {
            part(&pending, token.as_bytes())
        };
        // A reader that has had enough (`| head`) does not end the job.
        output_is_open = output_is_open
            && output.write_all(&pending[..part.ready]).and_then(|()| output.flush()).is_ok();
        pending.drain(..part.ready);
        if length == 0 || part.status.is_some() {
            return Ok(part.status);
        }
    }
}

/// What a piece of a stream holds.
#[derive(Debug, PartialEq, Eq)]
struct Part {
    /// How many bytes from its start certainly belong to the job's output.
    ready: usize,
    /// The exit status, once it is complete.
    status: Option<u8>,
}

fn part(pending: &[u8], token: &[u8]) -> Part {
    let mut ready = 0;
    while let Some(offset) = pending[ready..].iter().position(|&byte| byte == TOKEN_START) {
        ready += offset;
        let rest = &pending[ready..];
        if token.starts_with(rest) {
            return Part { ready, status: None };
        }
        if let Some(end) = rest.strip_prefix(token) {
            return Part { ready, status: status(end) };
        }
        ready += 1;
    }
    Part { ready: pending.len(), status: None }
}

fn status(end: &[u8]) -> Option<u8> {
    let line = end.strip_suffix(b"\n")?;
    std::str::from_utf8(line).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives one byte per read.
    struct Trickle<'a>(&'a [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some((first, rest)) = self.0.split_first() else { return Ok(0) };
            self.0 = rest;
            buffer[0] = *first;
            Ok(1)
        }
    }

    fn drained(stream: &[u8], token: &str) -> (Vec<u8>, Option<u8>) {
        let mut whole = Vec::new();
        let status = drain(stream, &mut whole, token).unwrap();
        let mut trickled = Vec::new();
        assert_eq!(drain(Trickle(stream), &mut trickled, token).unwrap(), status);
        assert_eq!(trickled, whole, "the same however it comes");
        (whole, status)
    }

    #[test]
    fn bytes_pass_unchanged_up_to_the_token() {
        let token = token();
        let mut bytes: Vec<u8> = (0..=255).collect();
        bytes.extend(&token.as_bytes()[..20]);
        let stream = [&bytes[..], token.as_bytes(), b"17\n"].concat();
        assert_eq!(drained(&stream, &token), (bytes, Some(17)));
    }

    #[test]
    fn a_stream_without_an_end_gives_all_it_had() {
        let token = token();
        let stream = [b"out", &token.as_bytes()[..5]].concat();
        assert_eq!(drained(&stream, &token), (stream.clone(), None));
    }

    #[test]
    fn what_cannot_be_the_token_is_not_held_back() {
        let token = token();
        assert_eq!(part(b"$ ", token.as_bytes()), Part { ready: 2, status: None });
        assert_eq!(part(b"a\x1eb", token.as_bytes()), Part { ready: 3, status: None });
        assert_eq!(part(b"a\x1e", token.as_bytes()), Part { ready: 1, status: None });
    }
}
