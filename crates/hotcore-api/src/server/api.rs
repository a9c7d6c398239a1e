//! What each request does. Nothing here blocks: commands that take long have a thread of their own.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use hotcore_socket::End;
use hotcore_vcpu::{OperationId, OperationKind};
use hotcore_vmm::{Command, Control, Interest, Reply, View, Vmm, Watch};
use hyper::body::Incoming;
use hyper::{Request, StatusCode};
use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::answer::Answer;
use super::cpus::operation_id;
use super::request;
use super::routes::Route;
use super::{create, metrics};
use crate::wire::{Cancel, Counters, Info, Ping};

/// One VMM, as clients see it.
pub(super) struct Api {
    pub(super) vmm: Vmm,
    /// Changes with every operation's end, and with every event while somebody is curious.
    pub(super) changes: watch::Receiver<()>,
    /// Whether this server ends.
    pub(super) end: End,
    /// How many clients follow the events.
    pub(super) streams: Rc<Cell<usize>>,
    teller: watch::Sender<()>,
    /// For all who are curious.
    curious: RefCell<Weak<Watch>>,
    _ends: Watch,
}

impl Api {
    pub(super) fn new(vmm: Vmm, end: End) -> Self {
        let (teller, changes) = watch::channel(());
        let ends = watch_events(&vmm, Interest::Ends, &teller);
        Self {
            vmm,
            changes,
            end,
            streams: Rc::default(),
            teller,
            curious: RefCell::default(),
            _ends: ends,
        }
    }

    /// Does what a request asks.
    pub(super) async fn answer(self: &Rc<Self>, request: Request<Incoming>) -> Answer {
        tracing::debug!("{} {}", request.method(), request.uri());
        self.handle(request).await.unwrap_or_else(|answer| answer)
    }

    async fn handle(self: &Rc<Self>, request: Request<Incoming>) -> Result<Answer, Answer> {
        let (head, body) = request.into_parts();
        // Also where nobody wants it: with part of a request unread, the connection could not be kept.
        let body = request::read(body).await?;
        let (route, id) = Route::of(&head.method, head.uri.path())?;
        let query = head.uri.query();
        if !route.takes_a_query() {
            request::query(query, [])?;
        }
        match route {
            Route::Ping => Ok(Answer::json(StatusCode::OK, &ping())),
            Route::Info => Ok(Answer::json(StatusCode::OK, &Info::new(&self.view()?))),
            Route::Counters => {
                let control = self.control()?;
                let counters = aside(move || Counters::new(&control.activity())).await?;
                Ok(Answer::json(StatusCode::OK, &counters))
            }
            Route::Operation => self.operation(query).await,
            Route::Operations => Ok(self.operations()?),
            Route::OneOperation => self.one_operation(id),
            Route::CancelOne => self.command(Command::Cancel(operation_id(id)?)).await,
            Route::Events => self.follow(query, &head.headers),
            Route::Metrics => {
                let vmm = self.vmm.clone();
                let text = aside(move || metrics::text(&vmm)).await?;
                Ok(Answer::text(metrics::FORMAT, text))
            }
            Route::OpenApi => Ok(Answer::text("application/yaml", super::OPENAPI)),
            Route::Create => {
                let config = create::machine(request::parse(&body)?)?;
                self.command(Command::Create(Box::new(config))).await
            }
            Route::Resize => self.resize(&request::parse(&body)?),
            Route::AddCpu => self.one(OperationKind::Plug, &request::parse(&body)?).await,
            Route::RemoveCpu => self.one(OperationKind::Unplug, &request::parse(&body)?).await,
            Route::CancelOperation => {
                let Cancel { id } = request::parse(&body)?;
                self.command(Command::Cancel(OperationId::from_raw(id))).await
            }
            Route::Boot => self.command(Command::Boot).await,
            Route::Pause => self.command(Command::Pause).await,
            Route::Resume => self.command(Command::Resume).await,
            Route::PowerButton => self.command(Command::PowerButton).await,
            Route::Reboot => self.command(Command::Reboot).await,
            Route::Shutdown => self.command(Command::Shutdown).await,
            Route::Delete => self.command(Command::Delete).await,
            // The answer is on its way before the process ends: see `Server`.
            Route::Leave => self.command(Command::Leave).await,
        }
    }

    /// Gives a command whose answer has nothing to say.
    async fn command(&self, command: Command) -> Result<Answer, Answer> {
        if !command.is_slow() {
            return self.quick(command).map(|_| Answer::done());
        }
        let vmm = self.vmm.clone();
        aside(move || vmm.command(command)).await??;
        Ok(Answer::done())
    }

    /// Gives a command that answers at once.
    pub(super) fn quick(&self, command: Command) -> Result<Reply, Answer> {
        Ok(self.vmm.command(command)?)
    }

    /// The machine.
    pub(super) fn view(&self) -> Result<View, Answer> {
        self.vmm.view().ok_or_else(|| hotcore_vmm::CommandError::NoMachine.into())
    }

    pub(super) fn control(&self) -> Result<Control, Answer> {
        Ok(self.view()?.control)
    }

    /// Has `changes` change with every event, as long as this is kept.
    pub(super) fn be_curious(&self) -> Rc<Watch> {
        let mut curious = self.curious.borrow_mut();
        curious.upgrade().unwrap_or_else(|| {
            let watch = Rc::new(watch_events(&self.vmm, Interest::All, &self.teller));
            *curious = Rc::downgrade(&watch);
            watch
        })
    }
}

/// Does what takes long on a thread of its own.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Answer> {
    spawn_blocking(work).await.map_err(|error| {
        let text = format!("the request was not carried out: {error}");
        Answer::error(StatusCode::INTERNAL_SERVER_ERROR, text)
    })
}

fn watch_events(vmm: &Vmm, interest: Interest, teller: &watch::Sender<()>) -> Watch {
    let teller = teller.clone();
    vmm.events().watch(
        interest,
        Arc::new(move || {
            teller.send_replace(());
        }),
    )
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
