//! What each request does to the machine. No call of [`Control`] blocks, so neither does this.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use hotcore_vcpu::{OperationId, OperationKind, Patience};
use hotcore_vmm::{Control, News};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, StatusCode};
use tokio::sync::watch;
use tokio::time::timeout;

use super::answer::Answer;
use super::request;
use super::routes::Route;
use crate::wire::{Begun, Cancel, Info, OneCpu, Operation, Ping, Resize, Stage};

/// The longest that anybody can wait for anything.
const WAIT_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// One machine, as clients see it.
pub(super) struct Api {
    control: Control,
    /// Changes with every operation.
    changes: watch::Receiver<()>,
    /// Whether the machine has ended.
    ended: watch::Receiver<bool>,
    /// How many clients wait for more than an operation's end.
    curious: Arc<AtomicUsize>,
}

impl Api {
    pub(super) fn new(control: Control, ended: watch::Receiver<bool>) -> Self {
        let (teller, changes) = watch::channel(());
        let curious = Arc::new(AtomicUsize::new(0));
        let early = Arc::clone(&curious);
        control.watch(Arc::new(move |news| {
            if news == News::End || early.load(Ordering::SeqCst) > 0 {
                teller.send_replace(());
            }
        }));
        Self { control, changes, ended, curious }
    }

    /// Does what a request asks.
    pub(super) async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        tracing::debug!("{} {}", request.method(), request.uri());
        self.handle(request).await.unwrap_or_else(|answer| answer).into()
    }

    async fn handle(&self, request: Request<Incoming>) -> Result<Answer, Answer> {
        let (head, body) = request.into_parts();
        let route = Route::of(&head.method, head.uri.path())?;
        let body = request::read(body).await?;
        if route != Route::Operation {
            request::query(head.uri.query(), [])?;
        }
        match route {
            Route::Ping => Ok(Answer::json(StatusCode::OK, &ping())),
            Route::Info => {
                let info = Info::new(&self.control.info(), *self.ended.borrow());
                Ok(Answer::json(StatusCode::OK, &info))
            }
            Route::Operation => self.operation(head.uri.query()).await,
            Route::Resize => self.resize(&request::parse(&body)?),
            Route::AddCpu => self.one(OperationKind::Plug, &request::parse(&body)?).await,
            Route::RemoveCpu => self.one(OperationKind::Unplug, &request::parse(&body)?).await,
            Route::CancelOperation => {
                let Cancel { id } = request::parse(&body)?;
                self.control.cancel(OperationId::from_raw(id))?;
                Ok(Answer::done())
            }
            Route::PowerButton => {
                self.control.press_power_button();
                Ok(Answer::done())
            }
            Route::Reboot => {
                self.control.reset();
                Ok(Answer::done())
            }
            // The answer is on its way before the process ends: see `Server`.
            Route::Shutdown => {
                self.control.stop();
                Ok(Answer::done())
            }
        }
    }

    fn resize(&self, asked: &Resize) -> Result<Answer, Answer> {
        let size = self.control.info().facts.memory_size;
        if asked.desired_ram.is_some_and(|ram| ram != size) {
            let text = format!("desired_ram: memory cannot be resized; this machine has {size}");
            return Err(Answer::bad_request(text));
        }
        if asked.desired_balloon.is_some_and(|balloon| balloon != 0) {
            let text = "desired_balloon: this machine has no balloon, so only 0 is possible";
            return Err(Answer::bad_request(text));
        }
        let patience = patience(asked.timeout_ms, asked.online_timeout_ms)?;
        let operations = match asked.desired_vcpus {
            Some(desired) => self.control.resize(desired, patience)?,
            None => Vec::new(),
        };
        if !asked.report {
            return Ok(Answer::done());
        }
        let operations = operations.into_iter().map(OperationId::get).collect();
        Ok(Answer::json(StatusCode::OK, &Begun { operations }))
    }

    async fn one(&self, kind: OperationKind, asked: &OneCpu) -> Result<Answer, Answer> {
        let patience = patience(asked.timeout_ms, asked.online_timeout_ms)?;
        let id = match kind {
            OperationKind::Plug => self.control.plug(asked.cpu, patience)?,
            OperationKind::Unplug => self.control.unplug(asked.cpu, patience)?,
        };
        if !asked.wait {
            return Ok(Answer::json(StatusCode::ACCEPTED, &self.find(id)?));
        }
        // Every operation ends, at the latest when its patience does.
        let operation = self.wait(id, Stage::Accepted).await?;
        Ok(Answer::ended(&operation))
    }

    async fn operation(&self, query: Option<&str>) -> Result<Answer, Answer> {
        let [id, wait, seen] = request::query(query, ["id", "wait_ms", "seen"])?;
        let id = id.and_then(|id| id.parse().ok()).map(OperationId::from_raw);
        let id =
            id.ok_or_else(|| Answer::bad_request("id: the number of an operation is expected"))?;
        let operation = self.find(id)?;
        let Some(wait) = wait else {
            return Ok(Answer::json(StatusCode::OK, &operation));
        };
        let wait = wait.parse().ok().map(Duration::from_millis).filter(|wait| *wait <= WAIT_MAX);
        let wait =
            wait.ok_or_else(|| Answer::bad_request("wait_ms: up to 24 hours are possible"))?;
        let seen = match seen {
            Some(name) => stage(name)?,
            None => operation.stage,
        };
        let operation = match timeout(wait, self.wait(id, seen)).await {
            Ok(operation) => operation?,
            Err(_) => self.find(id)?,
        };
        Ok(Answer::json(StatusCode::OK, &operation))
    }

    /// Waits until an operation is past a stage, or has ended.
    async fn wait(&self, id: OperationId, seen: Stage) -> Result<Operation, Answer> {
        let (mut changes, mut ended) = (self.changes.clone(), self.ended.clone());
        let _curious = (seen < Stage::Accepted).then(|| Curious::new(&self.curious));
        loop {
            // Marked as seen before looking, so that no change is missed.
            changes.mark_unchanged();
            let operation = self.find(id)?;
            if operation.stage > seen || operation.stage == Stage::Ended {
                return Ok(operation);
            }
            if *ended.borrow_and_update() {
                let text = format!("the machine has ended, and operation {id} with it");
                return Err(Answer::error(StatusCode::SERVICE_UNAVAILABLE, text));
            }
            tokio::select! {
                Ok(()) = changes.changed() => {}
                Ok(()) = ended.changed() => {}
                else => return Err(Answer::error(StatusCode::SERVICE_UNAVAILABLE, "ending")),
            }
        }
    }

    fn find(&self, id: OperationId) -> Result<Operation, Answer> {
        let record = self.control.operation(id);
        record.as_ref().map(Operation::from).ok_or_else(|| {
            let text = format!("there is no operation {id}, or it ended long ago");
            Answer::error(StatusCode::NOT_FOUND, text)
        })
    }
}

/// A client that waits for more than an operation's end, as long as it does.
struct Curious(Arc<AtomicUsize>);

impl Curious {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(count))
    }
}

impl Drop for Curious {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn ping() -> Ping {
    let version = concat!("v", env!("CARGO_PKG_VERSION")).to_owned();
    Ping {
        build_version: version.clone(),
        version,
        pid: std::process::id(),
        features: vec!["cpu-hotplug".to_owned()],
    }
}

fn patience(answer_ms: Option<u64>, online_ms: Option<u64>) -> Result<Patience, Answer> {
    let default = Patience::default();
    Ok(Patience {
        answer: wait("timeout_ms", answer_ms, default.answer)?,
        online: wait("online_timeout_ms", online_ms, default.online)?,
    })
}

fn wait(field: &str, millis: Option<u64>, default: Duration) -> Result<Duration, Answer> {
    let Some(millis) = millis else { return Ok(default) };
    let wait = Duration::from_millis(millis);
    if wait.is_zero() || wait > WAIT_MAX {
        let text = format!("{field}: between 1 and {} are possible", WAIT_MAX.as_millis());
        return Err(Answer::bad_request(text));
    }
    Ok(wait)
}

fn stage(name: &str) -> Result<Stage, Answer> {
    serde_json::from_value(name.into())
        .map_err(|error| Answer::bad_request(format!("seen: {error}")))
}
