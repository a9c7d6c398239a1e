//! The server: one thread, many clients, one VMM.

mod client;
mod seats;

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hotcore_socket::{Doorway, End, Service, ServiceError};
use hotcore_vmm::{Interest, Vmm};
use tokio::net::UnixStream;
use tokio::sync::Notify;
use tokio::task::{JoinSet, spawn_local};
use tokio::time::{sleep, timeout};

use self::client::Client;
use self::seats::{Seat, Seats};
use crate::door::Door;

/// How long the last lines may take to be on their way when the machine has ended.
const FAREWELL: Duration = Duration::from_secs(1);
/// Before anybody is sent away for a newcomer.
const TURN: Duration = Duration::from_millis(1);

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
#[error("--qmp unix:{}: {source}", path.display())]
pub struct ServerError {
    /// Where it was asked to be.
    pub path: PathBuf,
    /// Why not.
    pub source: ServiceError,
}

/// Serves a VMM by QMP until it is dropped. Then clients are told of the end, the socket is closed and
/// its file removed.
///
/// ```no_run
/// # fn run(vmm: &hotcore_vmm::Vmm) -> Result<(), Box<dyn std::error::Error>> {
/// let server = hotcore_qmp::Server::start(std::path::Path::new("/run/vm.qmp"), vmm)?;
/// vmm.serve();
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
        let service = Service::start("qmp", path, |doorway| serve(doorway, vmm));
        let refused = |source| ServerError { path: path.to_owned(), source };
        Ok(Self { _service: service.map_err(refused)? })
    }
}

async fn serve(doorway: Doorway, vmm: Vmm) {
    let mut end = doorway.end();
    let news = Arc::new(Notify::new());
    let wake = {
        let news = Arc::clone(&news);
        Arc::new(move || news.notify_one())
    };
    let _watch = vmm.events().watch(Interest::All, wake);
    let door = Rc::new(RefCell::new(Door::new(vmm)));
    let teller = spawn_local(tell(Rc::clone(&door), news));
    let seats = Rc::new(Seats::default());
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            stream = doorway.accept() => {
                if seats.is_full() {
                    // Those who have gone are noticed, and those who have just asked are heard.
                    sleep(TURN).await;
                }
                let Some(seat) = seats.take() else {
                    tracing::warn!("a QMP client was turned away: there are too many");
                    continue;
                };
                clients.spawn_local(converse(stream, Rc::clone(&door), seat, end.clone()));
                while clients.try_join_next().is_some() {}
            }
            () = end.has_come() => break,
        }
    }
    teller.abort();
    drop(doorway);
    // Each is done within `FAREWELL`.
    while clients.join_next().await.is_some() {}
}

/// Has clients told of events as they come.
async fn tell(door: Rc<RefCell<Door>>, news: Arc<Notify>) {
    loop {
        door.borrow_mut().catch_up();
        news.notified().await;
    }
}

/// Serves one client until it, or the VMM, has had enough.
async fn converse(stream: UnixStream, door: Rc<RefCell<Door>>, seat: Seat, mut end: End) {
    let mut client = Client::new(stream, door, &seat);
    let result = tokio::select! {
        result = client.serve() => result,
        () = seat.has_to_leave() => Ok(()),
        () = end.has_come() => timeout(FAREWELL, client.leave()).await.unwrap_or(Ok(())),
    };
    if let Err(error) = result {
        tracing::debug!("a QMP client was not served to the end: {error}");
    }
}
