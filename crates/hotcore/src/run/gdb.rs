//! `--gdb`: the server that lets gdb debug the guest.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};

use hotcore_gdb::{Listener, Server};
use hotcore_socket::{File, Socket, SocketError};
use hotcore_vmm::Debugger;

use crate::options::gdb::Place;
use crate::report;

/// Why gdb cannot be served.
#[derive(Debug, thiserror::Error)]
pub(super) enum GdbError {
    #[error("--gdb {}: {source}", path.display())]
    Socket { path: PathBuf, source: SocketError },
    #[error("--gdb {address}: nobody can be let in there")]
    Port { address: SocketAddr, source: io::Error },
    #[error("--gdb: the server cannot be started")]
    Start(#[source] io::Error),
}

/// Serves gdb until it is dropped.
pub(super) struct Gdb {
    server: Server,
    _file: Option<File>,
}

impl Gdb {
    /// Serves gdb at `place`, and says so: the guest waits for it.
    pub(super) fn start(place: &Place, debugger: Debugger) -> Result<Self, GdbError> {
        let (listener, file, name) = match place {
            Place::Socket(path) => in_the_file_system(path)?,
            Place::Port(address) => at_a_port(*address)?,
        };
        let server = Server::start(listener, debugger).map_err(GdbError::Start)?;
        report::note(&format!("the guest waits for gdb: target remote {name}"));
        Ok(Self { server, _file: file })
    }

    /// The machine has ended, and this process is about to with `status`.
    pub(super) fn end(self, status: u8) {
        self.server.end(status);
    }
}

type Opened = (Listener, Option<File>, String);

fn in_the_file_system(path: &Path) -> Result<Opened, GdbError> {
    let failed = |source| GdbError::Socket { path: path.to_owned(), source };
    let (listener, file) = Socket::listen(path).map_err(failed)?.into_parts();
    listener.set_nonblocking(false).map_err(GdbError::Start)?;
    Ok((Listener::Unix(listener), Some(file), path.display().to_string()))
}

fn at_a_port(address: SocketAddr) -> Result<Opened, GdbError> {
    let failed = |source| GdbError::Port { address, source };
    let listener = TcpListener::bind(address).map_err(failed)?;
    let name = listener.local_addr().map_err(failed)?.to_string();
    Ok((Listener::Tcp(listener), None, name))
}
