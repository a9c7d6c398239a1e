//! A listening Unix socket's place in the file system, taken safely and given back; and a [`Service`]: a
//! thread that serves whoever comes there.
//!
//! Every server of Hotcore listens through this.

mod service;

use std::fs;
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, fchmod};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};

pub use service::{Doorway, End, Service, ServiceError};

/// Clients that may wait to be let in.
const BACKLOG: i32 = 64;

/// Why a socket cannot be where it was asked to be.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Somebody listens there.
    #[error("a running server answers there already; end it, or choose another path")]
    InUse,
    /// There is something that is no socket.
    #[error("there is something else already, which is not a socket; choose another path")]
    NotASocket,
    /// The operating system refuses.
    #[error("{operation}: {source}")]
    Io {
        /// What was tried.
        operation: &'static str,
        /// The answer.
        source: io::Error,
    },
}

fn failed<E: Into<io::Error>>(operation: &'static str) -> impl Fn(E) -> SocketError {
    move |source| SocketError::Io { operation, source: source.into() }
}

/// A listening socket. Its file is removed with it.
#[derive(Debug)]
pub struct Socket {
    listener: UnixListener,
    file: File,
}

/// The socket's file, as long as it is ours.
#[derive(Debug)]
pub struct File {
    path: PathBuf,
    device: u64,
    inode: u64,
}

impl Socket {
    /// Listens at `path`, for this user only. A socket that nobody listens to any more is replaced.
    pub fn listen(path: &Path) -> Result<Self, SocketError> {
        let listener = match bind(path) {
            Err(Errno::ADDRINUSE) => {
                remove_stale(path)?;
                bind(path)
            }
            other => other,
        };
        let listener = listener.map_err(failed("listen"))?;
        let file = fs::symlink_metadata(path).map_err(failed("stat"))?;
        let file = File { path: path.to_owned(), device: file.dev(), inode: file.ino() };
        Ok(Self { listener, file })
    }

    /// The socket, for an event loop, and its file, for whoever waits for that to end.
    pub fn into_parts(self) -> (UnixListener, File) {
        (self.listener, self.file)
    }
}

fn bind(path: &Path) -> Result<UnixListener, Errno> {
    let address = SocketAddrUnix::new(path)?;
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = rustix::net::socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    // Linux gives the file the mode that the socket has (unix(7)), so that there is no moment in
    // which others can connect.
    fchmod(&socket, Mode::RUSR | Mode::WUSR)?;
    rustix::net::bind(&socket, &address)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(socket.into())
}

fn remove_stale(path: &Path) -> Result<(), SocketError> {
    let kind = fs::symlink_metadata(path).map_err(failed("stat"))?.file_type();
    if !kind.is_socket() {
        return Err(SocketError::NotASocket);
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            tracing::info!("{} is a socket that nobody listens to: replacing it", path.display());
            fs::remove_file(path).map_err(failed("remove the stale socket"))
        }
        Ok(_) => Err(SocketError::InUse),
        // Its queue is full.
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(SocketError::InUse),
        Err(source) => Err(failed("connect to the socket that is there")(source)),
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let ours = fs::symlink_metadata(&self.path)
            .is_ok_and(|file| (file.dev(), file.ino()) == (self.device, self.inode));
        if ours && let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!("{} cannot be removed: {error}", self.path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_socket_is_for_its_user_only_and_goes_with_its_server() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("api");
        let socket = Socket::listen(&path).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(socket);
        assert!(!path.exists());
    }

    #[test]
    fn a_live_server_keeps_its_socket() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("api");
        let _first = Socket::listen(&path).unwrap();
        assert!(matches!(Socket::listen(&path), Err(SocketError::InUse)));
        assert!(UnixStream::connect(&path).is_ok());
    }

    #[test]
    fn a_stale_socket_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("api");
        // The standard library leaves the file behind.
        drop(UnixListener::bind(&path).unwrap());
        let _socket = Socket::listen(&path).unwrap();
        assert!(UnixStream::connect(&path).is_ok());
    }

    #[test]
    fn other_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("precious");
        fs::write(&path, "data").unwrap();
        assert!(matches!(Socket::listen(&path), Err(SocketError::NotASocket)));
        assert_eq!(fs::read(&path).unwrap(), b"data");
        assert!(matches!(Socket::listen(folder.path()), Err(SocketError::NotASocket)));
    }

    #[test]
    fn a_socket_that_somebody_put_in_our_place_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("api");
        let socket = Socket::listen(&path).unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, "data").unwrap();
        drop(socket);
        assert!(path.exists());
    }

    #[test]
    fn impossible_paths_are_errors() {
        for path in ["/nonexistent/folder/api", &"x".repeat(200)] {
            let error = Socket::listen(Path::new(path)).unwrap_err();
            assert!(matches!(error, SocketError::Io { operation: "listen", .. }), "{error}");
        }
    }
}
