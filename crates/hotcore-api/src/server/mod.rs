//! The server: one thread, many clients, one machine.

mod absent;
mod answer;
mod api;
mod cpus;
mod create;
mod events;
mod judge;
mod metrics;
mod request;
mod routes;
mod seats;

use std::convert::Infallible;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::rc::Rc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hotcore_socket::{File, Socket, SocketError};
use hotcore_vmm::Vmm;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{sleep, timeout};

use self::api::Api;
pub use self::judge::refusal;
use self::seats::{Seat, Seats};

/// How long an answer may take to be on its way when the machine has ended.
const FAREWELL: Duration = Duration::from_secs(1);
/// The same for a client that has no request, or only part of one.
const FLUSH: Duration = Duration::from_millis(50);
/// How long to wait where the process has no file descriptor for a client.
const BREATH: Duration = Duration::from_millis(100);
/// The longest head of a request.
const HEAD_LIMIT: usize = 16 << 10;

/// What is served, described for clients' tools.
const OPENAPI: &str = include_str!("../../openapi.yaml");

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The socket cannot be where it was asked to be.
    #[error("--api-socket {}: {source}", path.display())]
    Socket {
        /// As asked.
        path: PathBuf,
        /// Why not.
        source: SocketError,
    },
    /// The operating system refuses a thread or an event loop.
    #[error("the API's thread cannot be started: {0}")]
    Thread(#[source] io::Error),
}

/// Serves the API of a VMM until it is dropped. Then requests under way are answered, the socket is closed
/// and its file removed.
///
/// ```no_run
/// # fn run(vmm: &hotcore_vmm::Vmm) -> Result<(), Box<dyn std::error::Error>> {
/// let path = std::path::Path::new("/run/vm.sock");
/// let server = hotcore_api::Server::start(path, vmm)?;
/// vmm.serve();
/// // Clients that wait learn of the end before this process is gone.
/// drop(server);
/// # Ok(())
/// # }
/// ```
pub struct Server {
    end: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens at `path` and serves `vmm`.
    pub fn start(path: &Path, vmm: &Vmm) -> Result<Self, ServerError> {
        let refused = |source| ServerError::Socket { path: path.to_owned(), source };
        let socket = Socket::listen(path).map_err(refused)?;
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(ServerError::Thread)?;
        let (end, ended) = watch::channel(false);
        let vmm = vmm.clone();
        let serve = move || run(&runtime, socket, vmm, ended);
        let thread = thread::Builder::new().name("api".into()).spawn(serve);
        Ok(Self { end, thread: Some(thread.map_err(ServerError::Thread)?) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end.send_replace(true);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the API's thread failed");
        }
    }
}

fn run(runtime: &Runtime, socket: Socket, vmm: Vmm, ended: watch::Receiver<bool>) {
    let (listener, file) = socket.into_parts();
    let _runtime = runtime.enter();
    match UnixListener::from_std(listener) {
        Ok(listener) => {
            let server = serve(listener, file, vmm, ended);
            LocalSet::new().block_on(runtime, server);
        }
        Err(error) => tracing::error!("the API's socket cannot be watched: {error}"),
    }
}

async fn serve(listener: UnixListener, file: File, vmm: Vmm, mut ended: watch::Receiver<bool>) {
    let api = Rc::new(Api::new(vmm, ended.clone()));
    let seats = Rc::new(Seats::default());
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            (stream, seat) = admit(&listener, &seats) => {
                clients.spawn_local(converse(stream, Rc::clone(&api), seat, ended.clone()));
                while clients.try_join_next().is_some() {}
            }
            () = the_end(&mut ended) => break,
        }
    }
    drop(file);
    drop(listener);
    // Each is done within `FAREWELL`.
    while clients.join_next().await.is_some() {}
}

async fn the_end(ended: &mut watch::Receiver<bool>) {
    // An error means that whoever could say so is gone.
    let _ = ended.wait_for(|ended| *ended).await;
}

/// The next client, and its place.
async fn admit(listener: &UnixListener, seats: &Rc<Seats>) -> (UnixStream, Seat) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, seats.take().await),
            Err(error) => {
                tracing::warn!("a client cannot be let in: {error}");
                sleep(BREATH).await;
            }
        }
    }
}

/// Answers one client's requests, one after the other.
async fn converse(stream: UnixStream, api: Rc<Api>, seat: Seat, mut ended: watch::Receiver<bool>) {
    let service = service_fn(|request| {
        let serving = seat.serve();
        let api = Rc::clone(&api);
        async move { Ok::<_, Infallible>(api.answer(request).await.into_response(serving)) }
    });
    let mut server = http1::Builder::new();
    server.max_buf_size(HEAD_LIMIT);
    // The dialect's own client looks for `Content-Length` in exactly these letters.
    server.title_case_headers(true);
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // In this order: a request that has arrived is heard before its client has to leave.
        biased;
        result = connection.as_mut() => {
            if let Err(error) = result {
                tracing::debug!("a client was not served to the end: {error}");
            }
        }
        () = seat.has_to_leave() => {}
        () = the_end(&mut ended) => {
            connection.as_mut().graceful_shutdown();
            let patience = if seat.is_serving() { FAREWELL } else { FLUSH };
            let _ = timeout(patience, connection).await;
        }
    }
}
