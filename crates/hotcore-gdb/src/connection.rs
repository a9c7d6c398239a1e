//! The socket: where a client comes in, and what is said to it.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::{UnixListener, UnixStream};

use gdbstub::conn::Connection;

/// The longest answer: two digits for each byte of the longest packet and some words around them. A
/// client that asks for more than it said it can take is not answered.
const ANSWER_MAX: usize = 64 << 10;

/// Where clients come in.
#[derive(Debug)]
pub enum Listener {
    /// A socket in the file system.
    Unix(UnixListener),
    /// A port. Whoever reaches it owns the guest: it should be of a loopback address.
    Tcp(TcpListener),
}

impl Listener {
    /// Lets somebody in.
    pub(crate) fn accept(&self) -> io::Result<Stream> {
        match self {
            Self::Unix(listener) => listener.accept().map(|(stream, _)| Stream::Unix(stream)),
            Self::Tcp(listener) => {
                let (stream, _) = listener.accept()?;
                stream.set_nodelay(true)?;
                Ok(Stream::Tcp(stream))
            }
        }
    }

    /// Has nobody wait in [`accept`](Self::accept) any more.
    pub(crate) fn close(&self) {
        let socket = match self {
            Self::Unix(listener) => listener.as_fd(),
            Self::Tcp(listener) => listener.as_fd(),
        };
        if let Err(error) = rustix::net::shutdown(socket, rustix::net::Shutdown::Both) {
            tracing::debug!("the gdb server's socket cannot be shut down: {error}");
        }
    }
}

/// A client's connection.
#[derive(Debug)]
pub(crate) enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Stream {
    pub(crate) fn try_clone(&self) -> io::Result<Self> {
        match self {
            Self::Unix(stream) => stream.try_clone().map(Self::Unix),
            Self::Tcp(stream) => stream.try_clone().map(Self::Tcp),
        }
    }

    /// Ends it for everybody who has a clone.
    pub(crate) fn shut_down(&self) {
        let result = match self {
            Self::Unix(stream) => stream.shutdown(Shutdown::Both),
            Self::Tcp(stream) => stream.shutdown(Shutdown::Both),
        };
        if let Err(error) = result {
            tracing::debug!("gdb's connection is gone already: {error}");
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.read(buffer),
            Self::Tcp(stream) => stream.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        match self {
            Self::Unix(stream) => stream.write(buffer),
            Self::Tcp(stream) => stream.write(buffer),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is said to the client, sent in one piece.
pub(crate) struct Answers<W> {
    stream: W,
    waiting: Vec<u8>,
}

impl<W: Write> Answers<W> {
    pub(crate) fn new(stream: W) -> Self {
        Self { stream, waiting: Vec::new() }
    }
}

impl<W: Write> Connection for Answers<W> {
    type Error = io::Error;

    fn write(&mut self, byte: u8) -> io::Result<()> {
        if self.waiting.len() >= ANSWER_MAX {
            return Err(io::Error::other("the client asks for too much at once"));
        }
        self.waiting.push(byte);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        self.stream.write_all(&self.waiting)?;
        self.waiting.clear();
        Ok(())
    }
}
