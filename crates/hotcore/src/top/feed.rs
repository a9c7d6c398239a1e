//! The thread that talks to the VMM, so that keys are heard however long an answer takes.

use std::io;
use std::path::Path;
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel,
};
use std::thread;
use std::time::{Duration, Instant};

use hotcore_api::wire::OneCpu;
use hotcore_api::{Client, ClientError};

use crate::look::Look;

/// More requests than a person types while an answer is waited for.
const WAITING: usize = 16;

/// Long enough for rates to mean something.
const SOON: Duration = Duration::from_millis(200);

/// Something to ask of the VMM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// To add this CPU.
    Add(u16),
    /// To remove it.
    Remove(u16),
}

/// Something that the VMM said.
#[derive(Debug)]
pub(super) enum News {
    /// How everything is.
    Looked(Box<Look>),
    /// Whether a request was taken: the operation that it began, or why not.
    Asked(Ask, Result<u64, String>),
}

/// The thread's ends of the line. Dropping it ends the thread, once it has its answer.
pub(super) struct Feed {
    asks: SyncSender<Ask>,
    news: Receiver<Result<News, ClientError>>,
}

/// No more news will come.
#[derive(Debug, thiserror::Error)]
pub(super) enum FeedError {
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("there can be no thread to talk to the VMM")]
    Thread(#[source] io::Error),
    #[error("the thread that talks to the VMM has ended")]
    Ended,
}

impl Ask {
    /// After "asked to".
    pub(super) fn in_words(self) -> String {
        match self {
            Self::Add(cpu) => format!("add CPU {cpu}"),
            Self::Remove(cpu) => format!("remove CPU {cpu}"),
        }
    }
}

impl Feed {
    /// Begins to look, every `interval`.
    pub(super) fn start(socket: &Path, interval: Duration) -> Result<Self, FeedError> {
        let client = Client::connect(socket)?;
        let (asks, asked) = sync_channel(WAITING);
        let (send, news) = sync_channel(WAITING);
        let talk = move || {
            if let Err(error) = talk(client, interval, &asked, &send) {
                // Whoever does not listen any more does not want to know.
                let _ = send.send(Err(error));
            }
        };
        thread::Builder::new().name("feed".into()).spawn(talk).map_err(FeedError::Thread)?;
        Ok(Self { asks, news })
    }

    /// Passes a request on; whether there was room for it.
    pub(super) fn ask(&self, ask: Ask) -> bool {
        !matches!(self.asks.try_send(ask), Err(TrySendError::Full(_)))
    }

    /// The next news, if there are any.
    pub(super) fn news(&self) -> Result<Option<News>, FeedError> {
        match self.news.try_recv() {
            Ok(news) => Ok(Some(news?)),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => Err(FeedError::Ended),
        }
    }
}

fn talk(
    mut client: Client,
    interval: Duration,
    asked: &Receiver<Ask>,
    news: &SyncSender<Result<News, ClientError>>,
) -> Result<(), ClientError> {
    let began = Instant::now();
    let mut due = began;
    loop {
        let said = match asked.recv_timeout(due.saturating_duration_since(Instant::now())) {
            Ok(ask) => {
                // What has changed is shown soon.
                due = due.min(Instant::now() + SOON);
                News::Asked(ask, carry_out(&mut client, ask)?)
            }
            Err(RecvTimeoutError::Timeout) => {
                due = Instant::now() + interval;
                News::Looked(Box::new(Look::take(&mut client, began)?))
            }
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        };
        if news.send(Ok(said)).is_err() {
            return Ok(());
        }
    }
}

/// Asks; a reason where the VMM says no.
fn carry_out(client: &mut Client, ask: Ask) -> Result<Result<u64, String>, ClientError> {
    let one = |cpu| OneCpu { cpu, timeout_ms: None, online_timeout_ms: None, wait: false };
    let begun = match ask {
        Ask::Add(cpu) => client.add(one(cpu)),
        Ask::Remove(cpu) => client.remove(one(cpu)),
    };
    match begun {
        Ok(operation) => Ok(Ok(operation.id)),
        Err(ClientError::Refused { reason, .. }) => Ok(Err(reason)),
        Err(error) => Err(error),
    }
}
