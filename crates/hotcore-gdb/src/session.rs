//! One client, from its first byte to its last.
//!
//! Everything that can happen comes in by one channel. What the client sends is read ahead by one
//! chunk at most, so that a client which sends without end waits, and not this process's memory.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender};

use gdbstub::common::Signal;
use gdbstub::conn::Connection;
use gdbstub::stub::state_machine::{GdbStubStateMachine, GdbStubStateMachineInner, state};
use gdbstub::stub::{DisconnectReason, GdbStub, MultiThreadStopReason};
use hotcore_engine::debug::Halt;
use hotcore_vmm::{Debugger, Happening};

use crate::connection::Answers;
use crate::target::{Guest, thread};

/// The longest packet: gdb writes every register in one of 1.6 KiB.
const PACKET_MAX: usize = 4 << 10;
/// Bytes that are read at once.
const CHUNK: usize = 4 << 10;

/// What can happen to a session.
pub(crate) enum Event {
    /// The client has sent something. The reader goes on when it is told that this was used.
    Received(Vec<u8>),
    /// The client is gone.
    Gone,
    /// Something happened to a vCPU.
    Happened(Happening),
    /// The machine has ended with this exit status.
    Ended(u8),
}

/// Why a session ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    #[error("the client is gone")]
    Gone,
    #[error("the machine has ended")]
    Ended,
    #[error("what gdb sent: {0}")]
    Protocol(String),
}

type Stub<'a, W> = GdbStubStateMachine<'a, Guest, Answers<W>>;
type Next<'a, W> = Result<Stub<'a, W>, SessionError>;

/// Serves one client: pauses the machine, and lets it go at the end.
pub(crate) fn serve<W: Write>(
    stream: W,
    debugger: &Debugger,
    (sender, events): (Sender<Event>, Receiver<Event>),
    used: Sender<()>,
) {
    let watcher = move |happening| {
        // The session may be over already.
        let _ = sender.send(Event::Happened(happening));
    };
    debugger.watch(Some(Arc::new(watcher)));
    let mut guest = Guest::new(debugger.clone());
    // A client may be faster than the machine is made.
    debugger.wait_for_vcpu();
    guest.pause();
    let input = Input { events, used, received: Vec::new().into_iter() };
    match converse(stream, &mut guest, input) {
        Ok(DisconnectReason::Kill) => debugger.stop(),
        Ok(reason) => tracing::debug!("gdb has left: {reason:?}"),
        Err(error) => tracing::debug!("gdb's session is over: {error}"),
    }
    guest.release();
}

/// Reads what the client sends until it is gone or nobody wants it.
pub(crate) fn read(mut stream: impl Read, events: &Sender<Event>, used: &Receiver<()>) {
    let mut chunk = [0; CHUNK];
    loop {
        match stream.read(&mut chunk) {
            Ok(0) => break,
            Ok(size) => {
                let received = Event::Received(chunk[..size].to_vec());
                if events.send(received).is_err() || used.recv().is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => break,
        }
    }
    // The session may be over already.
    let _ = events.send(Event::Gone);
}

fn converse<W: Write>(
    stream: W,
    guest: &mut Guest,
    mut input: Input,
) -> Result<DisconnectReason, SessionError> {
    // A buffer of the library's own would grow for as long as a packet does.
    let mut packet = [0; PACKET_MAX];
    let stub = GdbStub::builder(Answers::new(stream)).with_packet_buffer(&mut packet).build();
    let stub = stub.map_err(|error| SessionError::Protocol(error.to_string()))?;
    let mut stub = stub.run_state_machine(guest).map_err(protocol)?;
    loop {
        stub = match stub {
            Stub::Idle(stub) => idle(stub, guest, &mut input)?,
            Stub::Running(stub) => running(stub, guest, &mut input)?,
            Stub::CtrlCInterrupt(stub) => {
                let running = guest.is_running();
                guest.pause();
                let stop = running.then(|| stopped(guest, Signal::SIGINT));
                stub.interrupt_handled(guest, stop).map_err(protocol)?
            }
            Stub::Disconnected(stub) => return Ok(stub.get_reason()),
        };
    }
}

/// The guest is stopped; what happened before that is no news.
fn idle<'a, W: Write>(
    mut stub: GdbStubStateMachineInner<'a, state::Idle<Guest>, Guest, Answers<W>>,
    guest: &mut Guest,
    input: &mut Input,
) -> Next<'a, W> {
    loop {
        match input.next(stub.borrow_conn())? {
            Incoming::Byte(byte) => return stub.incoming_data(guest, byte).map_err(protocol),
            Incoming::Happened(_) => {}
            Incoming::Ended(_) => return Err(SessionError::Ended),
        }
    }
}

fn running<'a, W: Write>(
    mut stub: GdbStubStateMachineInner<'a, state::Running, Guest, Answers<W>>,
    guest: &mut Guest,
    input: &mut Input,
) -> Next<'a, W> {
    let stop = match input.next(stub.borrow_conn())? {
        Incoming::Byte(byte) => return stub.incoming_data(guest, byte).map_err(protocol),
        Incoming::Ended(status) => MultiThreadStopReason::Exited(status),
        Incoming::Happened(Happening::Halted(cpu, halt)) => {
            guest.pause();
            let (tid, signal) = (thread(cpu), Signal::SIGTRAP);
            match halt {
                Halt::Breakpoint => MultiThreadStopReason::SwBreak(tid),
                Halt::Step => MultiThreadStopReason::SignalWithThread { tid, signal },
            }
        }
        Incoming::Happened(Happening::Off(_)) => {
            if guest.waits_for_somebody() {
                return Ok(stub.into());
            }
            // The only vCPU that gdb let go has powered off.
            guest.pause();
            stopped(guest, Signal::SIGTRAP)
        }
    };
    stub.report_stop(guest, stop).map_err(protocol)
}

/// All vCPUs have stopped, none for a reason of its own.
fn stopped(guest: &Guest, signal: Signal) -> MultiThreadStopReason<u64> {
    match guest.debugger.vcpus().first() {
        Some(&cpu) => MultiThreadStopReason::SignalWithThread { tid: thread(cpu), signal },
        None => MultiThreadStopReason::Signal(signal),
    }
}

fn protocol(error: impl std::fmt::Display) -> SessionError {
    SessionError::Protocol(error.to_string())
}

/// What comes in.
struct Input {
    events: Receiver<Event>,
    used: Sender<()>,
    received: std::vec::IntoIter<u8>,
}

enum Incoming {
    Byte(u8),
    Happened(Happening),
    Ended(u8),
}

impl Input {
    /// Waits for what comes next. The client hears before that what it has been told so far.
    fn next(
        &mut self,
        answers: &mut impl Connection<Error = io::Error>,
    ) -> Result<Incoming, SessionError> {
        loop {
            if let Some(byte) = self.received.next() {
                return Ok(Incoming::Byte(byte));
            }
            answers.flush().map_err(|_| SessionError::Gone)?;
            match self.events.recv().map_err(|_| SessionError::Gone)? {
                Event::Received(bytes) => {
                    self.received = bytes.into_iter();
                    // The reader may have ended since.
                    let _ = self.used.send(());
                }
                Event::Gone => return Err(SessionError::Gone),
                Event::Happened(happening) => return Ok(Incoming::Happened(happening)),
                Event::Ended(status) => return Ok(Incoming::Ended(status)),
            }
        }
    }
}
