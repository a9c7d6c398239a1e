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
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use hotcore_socket::{Doorway, End, Service, ServiceError};
use hotcore_vmm::Vmm;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

use self::api::Api;
pub use self::judge::refusal;
use self::seats::{Seat, Seats};

/// How long an answer may take to be on its way when the machine has ended.
const FAREWELL: Duration = Duration::from_secs(1);
/// The same for a client that has no request, or only part of one.
const FLUSH: Duration = Duration::from_millis(50);
/// The longest head of a request.
const HEAD_LIMIT: usize = 16 << 10;

/// What is served, described for clients' tools.
const OPENAPI: &str = include_str!("../../openapi.yaml");

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
#[error("--api-socket {}: {source}", path.display())]
pub struct ServerError {
    /// Where it was asked to be.
    pub path: PathBuf,
    /// Why not.
    pub source: ServiceError,
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
    _service: Service,
}

impl Server {
    /// Listens at `path` and serves `vmm`.
    pub fn start(path: &Path, vmm: &Vmm) -> Result<Self, ServerError> {
        let vmm = vmm.clone();
        let service = Service::start("api", path, |doorway| serve(doorway, vmm));
        let refused = |source| ServerError { path: path.to_owned(), source };
        Ok(Self { _service: service.map_err(refused)? })
    }
}

async fn serve(doorway: Doorway, vmm: Vmm) {
    let mut end = doorway.end();
    let api = Rc::new(Api::new(vmm, end.clone()));
    let seats = Rc::new(Seats::default());
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            (stream, seat) = admit(&doorway, &seats) => {
                clients.spawn_local(converse(stream, Rc::clone(&api), seat, end.clone()));
                while clients.try_join_next().is_some() {}
            }
            () = end.has_come() => break,
        }
    }
    drop(doorway);
    // Each is done within `FAREWELL`.
    while clients.join_next().await.is_some() {}
}

/// The next client, and its place.
async fn admit(doorway: &Doorway, seats: &Rc<Seats>) -> (UnixStream, Seat) {
    let stream = doorway.accept().await;
    (stream, seats.take().await)
}

/// Answers one client's requests, one after the other.
async fn converse(stream: UnixStream, api: Rc<Api>, seat: Seat, mut end: End) {
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
        () = end.has_come() => {
            connection.as_mut().graceful_shutdown();
            let patience = if seat.is_serving() { FAREWELL } else { FLUSH };
            let _ = timeout(patience, connection).await;
        }
    }
}
