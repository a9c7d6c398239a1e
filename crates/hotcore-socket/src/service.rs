//! A service: one thread, one event loop, many clients, until it is dropped.

use std::future::Future;
use std::io;
use std::os::unix::net::UnixListener as StdListener;
use std::path::Path;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::LocalSet;
use tokio::time::sleep;

use crate::{File, Socket, SocketError};

/// How long to wait where the process has no file descriptor for a client.
const BREATH: Duration = Duration::from_millis(100);

/// Why there is no service.
#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    /// The socket cannot be where it was asked to be.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// The operating system refuses a thread or an event loop.
    #[error("its thread cannot be started: {0}")]
    Thread(#[source] io::Error),
}

/// A thread that serves a socket's clients. Dropping it tells the thread that the end has come, and waits for
/// it.
///
/// ```
/// use hotcore_socket::Service;
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("greeter");
///
/// let service = Service::start("greeter", &path, |doorway| async move {
///     let mut end = doorway.end();
///     tokio::select! {
///         _client = doorway.accept() => {}
///         () = end.has_come() => {}
///     }
/// })?;
/// drop(service);
/// assert!(!path.exists());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Service {
    name: &'static str,
    end: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

/// Where clients come in. The socket is closed and its file removed with it.
#[derive(Debug)]
pub struct Doorway {
    name: &'static str,
    listener: UnixListener,
    end: End,
    _file: File,
}

/// Whether the service has to end.
#[derive(Debug, Clone)]
pub struct End(watch::Receiver<bool>);

impl Service {
    /// Listens at `path` and lets `serve` look after clients, on a thread called `name` whose tasks may be local
    /// to it.
    pub fn start<F>(
        name: &'static str,
        path: &Path,
        serve: impl FnOnce(Doorway) -> F + Send + 'static,
    ) -> Result<Self, ServiceError>
    where
        F: Future<Output = ()>,
    {
        let (listener, file) = Socket::listen(path)?.into_parts();
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(ServiceError::Thread)?;
        let listener = watched(&runtime, listener).map_err(ServiceError::Thread)?;
        let (end, ended) = watch::channel(false);
        let doorway = Doorway { name, listener, end: End(ended), _file: file };
        let run = move || LocalSet::new().block_on(&runtime, async { serve(doorway).await });
        let thread = thread::Builder::new().name(name.into()).spawn(run);
        Ok(Self { name, end, thread: Some(thread.map_err(ServiceError::Thread)?) })
    }
}

fn watched(runtime: &Runtime, listener: StdListener) -> io::Result<UnixListener> {
    let _runtime = runtime.enter();
    UnixListener::from_std(listener)
}

impl Drop for Service {
    fn drop(&mut self) {
        self.end.send_replace(true);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of {} failed", self.name);
        }
    }
}

impl Doorway {
    /// The next client.
    pub async fn accept(&self) -> UnixStream {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => return stream,
                Err(error) => {
                    tracing::warn!("a client of {} cannot be let in: {error}", self.name);
                    sleep(BREATH).await;
                }
            }
        }
    }

    /// For whoever has to know of the end.
    pub fn end(&self) -> End {
        self.end.clone()
    }
}

impl End {
    /// Comes back when the service has to end.
    pub async fn has_come(&mut self) {
        // An error means that whoever could say so is gone.
        let _ = self.0.wait_for(|ended| *ended).await;
    }

    /// Whether the service has to end.
    pub fn is_here(&self) -> bool {
        *self.0.borrow()
    }
}
