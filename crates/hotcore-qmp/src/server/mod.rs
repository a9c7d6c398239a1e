//! The server: one thread, many clients, one VMM.

mod client;
mod seats;

use std::cell::RefCell;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use hotcore_socket::{File, Socket, SocketError};
use hotcore_vmm::{Interest, Vmm};
use tokio::net::{UnixListener, UnixStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Notify, watch};
use tokio::task::{JoinSet, LocalSet, spawn_local};
use tokio::time::{sleep, timeout};

use self::client::Client;
use self::seats::{Seat, Seats};
use crate::door::Door;

/// How long the last lines may take to be on their way when the machine has ended.
const FAREWELL: Duration = Duration::from_secs(1);
/// How long to wait where the process has no file descriptor for a client.
const BREATH: Duration = Duration::from_millis(100);
/// Before anybody is sent away for a newcomer.
const TURN: Duration = Duration::from_millis(1);

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The socket cannot be where it was asked to be.
    #[error("--qmp unix:{}: {source}", path.display())]
    Socket {
        /// As asked.
        path: PathBuf,
        /// Why not.
        source: SocketError,
    },
    /// The operating system refuses a thread or an event loop.
    #[error("QMP's thread cannot be started: {0}")]
    Thread(#[source] io::Error),
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
        let thread = thread::Builder::new().name("qmp".into()).spawn(serve);
        Ok(Self { end, thread: Some(thread.map_err(ServerError::Thread)?) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end.send_replace(true);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("QMP's thread failed");
        }
    }
}

fn run(runtime: &Runtime, socket: Socket, vmm: Vmm, ended: watch::Receiver<bool>) {
    let (listener, file) = socket.into_parts();
    let _runtime = runtime.enter();
    match UnixListener::from_std(listener) {
        Ok(listener) => LocalSet::new().block_on(runtime, serve(listener, file, vmm, ended)),
        Err(error) => tracing::error!("QMP's socket cannot be watched: {error}"),
    }
}

async fn serve(listener: UnixListener, file: File, vmm: Vmm, mut ended: watch::Receiver<bool>) {
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
            stream = accept(&listener) => {
                if seats.is_full() {
                    // Those who have gone are noticed, and those who have just asked are heard.
                    sleep(TURN).await;
                }
                let Some(seat) = seats.take() else {
                    tracing::warn!("a QMP client was turned away: there are too many");
                    continue;
                };
                clients.spawn_local(converse(stream, Rc::clone(&door), seat, ended.clone()));
                while clients.try_join_next().is_some() {}
            }
            () = the_end(&mut ended) => break,
        }
    }
    teller.abort();
    drop(file);
    drop(listener);
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

async fn the_end(ended: &mut watch::Receiver<bool>) {
    // An error means that whoever could say so is gone.
    let _ = ended.wait_for(|ended| *ended).await;
}

async fn accept(listener: &UnixListener) -> UnixStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            Err(error) => {
                tracing::warn!("a QMP client cannot be let in: {error}");
                sleep(BREATH).await;
            }
        }
    }
}

/// Serves one client until it, or the VMM, has had enough.
async fn converse(
    stream: UnixStream,
    door: Rc<RefCell<Door>>,
    seat: Seat,
    mut ended: watch::Receiver<bool>,
) {
    let mut client = Client::new(stream, door, &seat);
    let result = tokio::select! {
        result = client.serve() => result,
        () = seat.has_to_leave() => Ok(()),
        () = the_end(&mut ended) => timeout(FAREWELL, client.leave()).await.unwrap_or(Ok(())),
    };
    if let Err(error) = result {
        tracing::debug!("a QMP client was not served to the end: {error}");
    }
}
