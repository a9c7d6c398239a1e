//! The client: asks one server, one request after the other, over one connection.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::net::UnixStream;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::BASE;
use crate::wire::{
    Begun, Cancel, Counters, Info, OneCpu, Operation, Operations, Ping, Resize, Stage,
};

/// How long a server may take for an answer that waits for nobody.
const PATIENCE: Duration = Duration::from_secs(10);
/// The same for one that waits for the threads of a machine.
const THREADS_PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer: far more than a machine with the most CPUs has to say.
const ANSWER_LIMIT: usize = 16 << 20;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody is there.
    #[error("no VMM answers at {}; was it started with --api-socket?", path.display())]
    Connect {
        /// The socket.
        path: PathBuf,
        /// The operating system's reason.
        source: io::Error,
    },
    /// The server ended the conversation, or does not speak HTTP.
    #[error("the VMM did not answer: {0}")]
    Http(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The server takes too long.
    #[error("the VMM did not answer within {} s", .0.as_secs())]
    Silent(Duration),
    /// The server says no.
    #[error("{reason}")]
    Refused {
        /// The status of HTTP.
        status: StatusCode,
        /// Its reason.
        reason: String,
    },
    /// The answer is not what this client expects.
    #[error("the VMM's answer cannot be understood; is it of another version? {0}")]
    Foreign(#[source] serde_json::Error),
    /// The operating system refuses an event loop.
    #[error("no event loop: {0}")]
    Runtime(#[source] io::Error),
}

fn http(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ClientError {
    ClientError::Http(error.into())
}

/// A connection to a server. Its calls block.
///
/// ```no_run
/// use std::path::Path;
/// use std::time::Duration;
/// use hotcore_api::Client;
/// use hotcore_api::wire::{OneCpu, Stage};
///
/// let mut client = Client::connect(Path::new("/run/vm.sock"))?;
/// let asked = OneCpu { cpu: 1, timeout_ms: None, online_timeout_ms: None, wait: false };
/// let mut operation = client.add(asked)?;
/// while operation.stage != Stage::Ended {
///     operation = client.operation(operation.id, operation.stage, Duration::from_secs(30))?;
///     println!("{operation:?}");
/// }
/// # Ok::<(), hotcore_api::ClientError>(())
/// ```
pub struct Client {
    runtime: Runtime,
    requests: SendRequest<Full<Bytes>>,
}

impl Client {
    /// Connects to the server at `path`.
    pub fn connect(path: &Path) -> Result<Self, ClientError> {
        let runtime = Builder::new_current_thread().enable_io().enable_time().build();
        let runtime = runtime.map_err(ClientError::Runtime)?;
        let requests = runtime.block_on(async {
            let refused = |source| ClientError::Connect { path: path.to_owned(), source };
            let stream = UnixStream::connect(path).await.map_err(refused)?;
            let (requests, connection) = handshake(TokioIo::new(stream)).await.map_err(http)?;
            tokio::spawn(connection);
            Ok(requests)
        })?;
        Ok(Self { runtime, requests })
    }

    /// Who is there?
    pub fn ping(&mut self) -> Result<Ping, ClientError> {
        self.get("vmm.ping")
    }

    /// What the machine is and how it is doing.
    pub fn info(&mut self) -> Result<Info, ClientError> {
        self.get("vm.info")
    }

    /// Has the machine resized; tells which operations that has begun.
    pub fn resize(&mut self, asked: Resize) -> Result<Begun, ClientError> {
        let asked = Resize { report: true, ..asked };
        self.read(Method::PUT, "vm.resize", Some(&asked), PATIENCE)
    }

    /// Begins to add a CPU.
    pub fn add(&mut self, asked: OneCpu) -> Result<Operation, ClientError> {
        self.begin("vm.add-cpu", asked)
    }

    /// Begins to remove a CPU.
    pub fn remove(&mut self, asked: OneCpu) -> Result<Operation, ClientError> {
        self.begin("vm.remove-cpu", asked)
    }

    /// An operation, at the latest after `wait`, and before that once it is past the stage `seen`.
    pub fn operation(
        &mut self,
        id: u64,
        seen: Stage,
        wait: Duration,
    ) -> Result<Operation, ClientError> {
        let seen = serde_json::to_value(seen).map_err(ClientError::Foreign)?;
        let seen = seen.as_str().unwrap_or_default();
        let path = format!("vm.operation?id={id}&wait_ms={}&seen={seen}", wait.as_millis());
        self.read(Method::GET, &path, None::<&()>, wait.saturating_add(PATIENCE))
    }

    /// Takes a request back that the guest has not noticed.
    pub fn cancel(&mut self, id: u64) -> Result<(), ClientError> {
        self.call(Method::PUT, "vm.cancel-operation", Some(&Cancel { id }), PATIENCE).map(drop)
    }

    /// What the vCPUs have done.
    pub fn counters(&mut self) -> Result<Counters, ClientError> {
        self.get("vm.counters")
    }

    /// Those under way and the latest that ended, oldest first.
    pub fn operations(&mut self) -> Result<Vec<Operation>, ClientError> {
        self.get("vm.operations").map(|answer: Operations| answer.operations)
    }

    /// Has a machine made: `config` is the body of `vm.create`.
    pub fn create(&mut self, config: &Value) -> Result<(), ClientError> {
        self.call(Method::PUT, "vm.create", Some(config), THREADS_PATIENCE).map(drop)
    }

    /// Starts the guest of a machine that was made, or has ended.
    pub fn boot(&mut self) -> Result<(), ClientError> {
        self.put_slowly("vm.boot")
    }

    /// Stops the vCPUs for a while.
    pub fn pause(&mut self) -> Result<(), ClientError> {
        self.put_slowly("vm.pause")
    }

    /// Lets them go on.
    pub fn resume(&mut self) -> Result<(), ClientError> {
        self.put("vm.resume")
    }

    /// Ends the machine, if it runs, and forgets it.
    pub fn delete(&mut self) -> Result<(), ClientError> {
        self.put_slowly("vm.delete")
    }

    /// Ends the machine. Its process stays, if it waits for clients to make one.
    pub fn end(&mut self) -> Result<(), ClientError> {
        self.put_slowly("vm.shutdown")
    }

    /// Starts the guest again from the beginning.
    pub fn reboot(&mut self) -> Result<(), ClientError> {
        self.put("vm.reboot")
    }

    /// Ends the machine and its process.
    pub fn shutdown(&mut self) -> Result<(), ClientError> {
        self.put("vmm.shutdown")
    }

    /// Presses the power button.
    pub fn power_button(&mut self) -> Result<(), ClientError> {
        self.put("vm.power-button")
    }

    fn begin(&mut self, path: &str, asked: OneCpu) -> Result<Operation, ClientError> {
        let asked = OneCpu { wait: false, ..asked };
        self.read(Method::PUT, path, Some(&asked), PATIENCE)
    }

    fn get<T: DeserializeOwned>(&mut self, path: &str) -> Result<T, ClientError> {
        self.read(Method::GET, path, None::<&()>, PATIENCE)
    }

    fn put(&mut self, path: &str) -> Result<(), ClientError> {
        self.call(Method::PUT, path, None::<&()>, PATIENCE).map(drop)
    }

    /// Something that waits for the machine's threads.
    fn put_slowly(&mut self, path: &str) -> Result<(), ClientError> {
        self.call(Method::PUT, path, None::<&()>, THREADS_PATIENCE).map(drop)
    }

    fn read<T: DeserializeOwned>(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
        patience: Duration,
    ) -> Result<T, ClientError> {
        let answer = self.call(method, path, body, patience)?;
        serde_json::from_slice(&answer).map_err(ClientError::Foreign)
    }

    fn call(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
        patience: Duration,
    ) -> Result<Bytes, ClientError> {
        let body = body.map(serde_json::to_vec).transpose().map_err(ClientError::Foreign)?;
        let request = Request::builder()
            .method(method)
            .uri(format!("{BASE}{path}"))
            .header(HOST, "localhost")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(body.unwrap_or_default()))
            .map_err(http)?;
        let requests = &mut self.requests;
        let conversation = async {
            requests.ready().await.map_err(http)?;
            let response = requests.send_request(request).await.map_err(http)?;
            let status = response.status();
            let body = Limited::new(response.into_body(), ANSWER_LIMIT).collect().await;
            Ok((status, body.map_err(http)?.to_bytes()))
        };
        let (status, answer) = self
            .runtime
            .block_on(async { timeout(patience, conversation).await })
            .map_err(|_| ClientError::Silent(patience))??;
        if status.is_success() {
            return Ok(answer);
        }
        Err(ClientError::Refused { status, reason: reason(status, &answer) })
    }
}

/// Errors are arrays of strings; anything else is shown as it is.
fn reason(status: StatusCode, answer: &[u8]) -> String {
    match serde_json::from_slice::<Vec<String>>(answer) {
        Ok(reasons) => reasons.join(": "),
        Err(_) => format!("{status}: {}", String::from_utf8_lossy(answer)),
    }
}
