//! One client's socket, and what goes over it.
//!
//! What has to be sent is bounded: a line of the client is read only when everything before has been
//! sent, and events wait in a queue that drops its oldest. Every step can be interrupted without losing
//! the place in what is half sent.

use std::cell::RefCell;
use std::future::pending;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::task::{JoinHandle, spawn_blocking};

use super::seats::Seat;
use crate::door::{Answer, Door, Outcome};
use crate::error::Failure;
use crate::events::Told;
use crate::session::{Call, Session, Turn};

/// What is read at once.
const PIECE: usize = 64 << 10;

/// A client.
pub(super) struct Client<'a> {
    reader: OwnedReadHalf,
    writer: OwnedWriteHalf,
    piece: Box<[u8]>,
    session: Session,
    /// What is to be sent, and how much of it has been.
    output: Vec<u8>,
    sent: usize,
    /// From its negotiation on.
    events: Option<Receiver<Arc<str>>>,
    /// The call that is being carried out on another thread.
    slow: Option<(Call, JoinHandle<Outcome>)>,
    has_finished: bool,
    door: Rc<RefCell<Door>>,
    seat: &'a Seat,
}

impl<'a> Client<'a> {
    pub(super) fn new(stream: UnixStream, door: Rc<RefCell<Door>>, seat: &'a Seat) -> Self {
        let (reader, writer) = stream.into_split();
        Self {
            reader,
            writer,
            piece: vec![0; PIECE].into(),
            session: Session::new(),
            output: Session::greeting().into_bytes(),
            sent: 0,
            events: None,
            slow: None,
            has_finished: false,
            door,
            seat,
        }
    }

    /// Answers the client and tells it of events until it has finished.
    pub(super) async fn serve(&mut self) -> io::Result<()> {
        loop {
            self.flush().await?;
            self.take_events();
            if !self.output.is_empty() || self.take_turn() {
                continue;
            }
            if self.has_finished && self.slow.is_none() {
                return Ok(());
            }
            self.wait().await?;
        }
    }

    /// The VMM ends: tells the client what there still is to tell.
    pub(super) async fn leave(&mut self) -> io::Result<()> {
        if self.slow.is_some() {
            let outcome = outcome(&mut self.slow).await;
            self.answer_slow(outcome);
        }
        self.door.borrow_mut().catch_up();
        loop {
            self.flush().await?;
            self.take_events();
            if self.output.is_empty() {
                return self.writer.shutdown().await;
            }
        }
    }

    async fn flush(&mut self) -> io::Result<()> {
        while self.sent < self.output.len() {
            let rest = &self.output[self.sent..];
            match self.writer.try_write(rest) {
                Ok(count) => self.sent += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.seat.set_useful(false);
                    self.sent += self.writer.write(rest).await?;
                }
                Err(error) => return Err(error),
            }
        }
        self.output = Vec::new();
        self.sent = 0;
        self.seat.set_useful(self.session.is_negotiated());
        // Others have their turn, too.
        tokio::task::consume_budget().await;
        Ok(())
    }

    /// Has the events sent that wait.
    fn take_events(&mut self) {
        let Some(events) = &mut self.events else { return };
        // As many as were there: others may come meanwhile.
        for _ in 0..events.len() {
            match events.try_recv() {
                Ok(line) => self.output.extend_from_slice(line.as_bytes()),
                Err(TryRecvError::Lagged(count)) => {
                    self.output.extend_from_slice(Told::lost(count).line().as_bytes());
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => return,
            }
        }
    }

    /// Does what the client's next line asks; tells whether there was one.
    fn take_turn(&mut self) -> bool {
        if self.slow.is_some() {
            return false;
        }
        let Some(turn) = self.session.next_turn() else { return false };
        match turn {
            Turn::Answer(line) => self.output.extend_from_slice(line.as_bytes()),
            Turn::Call(call) => self.call(call),
        }
        if self.events.is_none() && self.session.is_negotiated() {
            self.events = Some(self.door.borrow_mut().follow());
        }
        true
    }

    fn call(&mut self, call: Call) {
        tracing::debug!("QMP: {}", call.name());
        let mut door = self.door.borrow_mut();
        match door.call(&call) {
            Answer::Now(outcome) => self.output.extend_from_slice(call.answer(outcome).as_bytes()),
            Answer::Later(later) => {
                let vmm = door.vmm.clone();
                self.slow = Some((call, spawn_blocking(move || later.run(&vmm))));
            }
        }
    }

    fn answer_slow(&mut self, outcome: Outcome) {
        if let Some((call, _)) = self.slow.take() {
            self.output.extend_from_slice(call.answer(outcome).as_bytes());
        }
    }

    /// Waits until there is something to do.
    async fn wait(&mut self) -> io::Result<()> {
        let may_read = self.slow.is_none() && !self.has_finished;
        tokio::select! {
            event = event(&mut self.events) => self.output.extend_from_slice(event.as_bytes()),
            outcome = outcome(&mut self.slow) => self.answer_slow(outcome),
            count = self.reader.read(&mut self.piece), if may_read => match count? {
                0 => {
                    self.session.finish();
                    self.has_finished = true;
                }
                count => self.session.receive(&self.piece[..count]),
            },
        }
        Ok(())
    }
}

/// The next event, for a client that has negotiated.
async fn event(events: &mut Option<Receiver<Arc<str>>>) -> Arc<str> {
    let Some(events) = events else { return pending().await };
    match events.recv().await {
        Ok(line) => line,
        Err(RecvError::Lagged(count)) => Told::lost(count).line().into(),
        Err(RecvError::Closed) => pending().await,
    }
}

/// What the slow call comes to, if there is one.
async fn outcome(slow: &mut Option<(Call, JoinHandle<Outcome>)>) -> Outcome {
    let Some((_, task)) = slow else { return pending().await };
    match task.await {
        Ok(outcome) => outcome,
        Err(error) => Err(Failure::generic(format!("the command was not carried out: {error}"))),
    }
}
