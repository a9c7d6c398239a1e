//! Lets clients in, one at a time, and ends with its machine.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use hotcore_vmm::Debugger;

use crate::connection::{Listener, Stream};
use crate::session::{self, Event};

/// How long a client may take to hear that the machine has ended.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often that is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Serves gdb until it is dropped.
///
/// ```no_run
/// use std::net::TcpListener;
///
/// use hotcore_gdb::{Listener, Server};
/// # fn example(debugger: hotcore_vmm::Debugger) -> std::io::Result<()> {
/// let server = Server::start(Listener::Tcp(TcpListener::bind("127.0.0.1:1234")?), debugger)?;
/// // The machine runs ... and has ended with status 0:
/// server.end(0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Server {
    door: Arc<Door>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Door {
    listener: Listener,
    client: Mutex<Option<Client>>,
    closed: AtomicBool,
}

/// The client that is in.
#[derive(Debug)]
struct Client {
    events: Sender<Event>,
    stream: Stream,
}

impl Server {
    /// Lets clients in from now on.
    pub fn start(listener: Listener, debugger: Debugger) -> io::Result<Self> {
        let (client, closed) = (Mutex::new(None), AtomicBool::new(false));
        let door = Arc::new(Door { listener, client, closed });
        let open = Arc::clone(&door);
        let watch = move || open.let_in(&debugger);
        let thread = thread::Builder::new().name("gdb".into()).spawn(watch)?;
        Ok(Self { door, thread: Some(thread) })
    }

    /// The machine has ended with `status`: a client that waits for the guest is told.
    pub fn end(self, status: u8) {
        if let Some(client) = &*self.door.client() {
            // It may have left at this moment.
            let _ = client.events.send(Event::Ended(status));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.door.closed.store(true, Ordering::Release);
        self.door.listener.close();
        let until = Instant::now() + PATIENCE;
        if let Some(client) = &*self.door.client() {
            // `end` may have said more already: the first counts.
            let _ = client.events.send(Event::Gone);
        }
        while self.door.client().is_some() && Instant::now() < until {
            thread::sleep(LOOK_EVERY);
        }
        if let Some(client) = &*self.door.client() {
            client.stream.shut_down();
        }
        let thread = self.thread.take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the gdb server has panicked");
        }
    }
}

impl Door {
    fn client(&self) -> MutexGuard<'_, Option<Client>> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn let_in(self: &Arc<Self>, debugger: &Debugger) {
        while !self.closed.load(Ordering::Acquire) {
            match self.listener.accept() {
                Ok(stream) => {
                    if let Err(error) = self.welcome(stream, debugger) {
                        tracing::warn!("gdb cannot be let in: {error}");
                    }
                }
                Err(error) if self.closed.load(Ordering::Acquire) => {
                    tracing::debug!("the gdb server ends: {error}");
                }
                Err(error) => {
                    tracing::warn!("gdb cannot be let in: {error}");
                    // Out of file descriptors, perhaps.
                    thread::sleep(PATIENCE);
                }
            }
        }
    }

    fn welcome(self: &Arc<Self>, stream: Stream, debugger: &Debugger) -> io::Result<()> {
        let mut client = self.client();
        if client.is_some() {
            return Err(io::Error::other("another client is connected"));
        }
        let (events, incoming) = channel();
        let (used, go_on) = channel();
        let (reader, ours) = (stream.try_clone()?, stream.try_clone()?);
        let heard = events.clone();
        thread::Builder::new()
            .name("gdb-input".into())
            .spawn(move || session::read(reader, &heard, &go_on))?;
        let (door, debugger, happened) = (Arc::clone(self), debugger.clone(), events.clone());
        let serve = move || {
            session::serve(stream, &debugger, (happened, incoming), used);
            if let Some(client) = door.client().take() {
                client.stream.shut_down();
            }
        };
        let spawned = thread::Builder::new().name("gdb-session".into()).spawn(serve);
        if let Err(error) = spawned {
            ours.shut_down();
            return Err(error);
        }
        *client = Some(Client { events, stream: ours });
        Ok(())
    }
}
