//! The VMM as the sessions of all clients share it: commands go in, events come out.

use std::sync::Arc;

use hotcore_vmm::{Command, CommandError, Reply, View, Vmm};
use serde_json::{Value, json};
use tokio::sync::broadcast;

use crate::devices::{Devices, Machine};
use crate::error::Failure;
use crate::session::Call;

/// How many events a client may be behind before it loses the oldest.
const QUEUED: usize = 1024;

/// What a command comes to.
pub(crate) type Outcome = Result<Value, Failure>;

/// How a command is answered.
pub(crate) enum Answer {
    Now(Outcome),
    /// By something that takes long and must not hold up others.
    Later(Later),
}

/// A command that takes long, and how its answer is made.
pub(crate) struct Later {
    pub(crate) command: Command,
    pub(crate) answer: fn(Outcome) -> Outcome,
}

impl Later {
    /// Carries it out, on a thread that may wait.
    pub(crate) fn run(self, vmm: &Vmm) -> Outcome {
        (self.answer)(done(vmm.command(self.command)))
    }
}

/// The answer to a command that has nothing to tell.
pub(crate) fn done(result: Result<Reply, CommandError>) -> Outcome {
    result.map(|_| json!({})).map_err(Failure::from)
}

/// See the [module](self).
pub(crate) struct Door {
    pub(crate) vmm: Vmm,
    pub(crate) devices: Devices,
    events: broadcast::Sender<Arc<str>>,
}

impl Door {
    pub(crate) fn new(vmm: Vmm) -> Self {
        Self { vmm, devices: Devices::default(), events: broadcast::Sender::new(QUEUED) }
    }

    /// Every event from now on.
    pub(crate) fn follow(&mut self) -> broadcast::Receiver<Arc<str>> {
        self.catch_up();
        self.events.subscribe()
    }

    /// Carries a call out, or says what has to be waited for.
    pub(crate) fn call(&mut self, call: &Call) -> Answer {
        self.catch_up();
        let answer = call.run(self);
        self.catch_up();
        answer
    }

    /// Tells the clients what has happened.
    pub(crate) fn catch_up(&mut self) {
        for told in self.devices.catch_up(&self.vmm) {
            // An error means that nobody listens.
            let _ = self.events.send(told.line().into());
        }
    }

    pub(crate) fn view(&self) -> Result<View, Failure> {
        Ok(self.vmm.view().ok_or(CommandError::NoMachine)?)
    }

    pub(crate) fn machine(&self) -> Result<&Machine, Failure> {
        Ok(self.devices.machine().ok_or(CommandError::NoMachine)?)
    }

    /// Gives a command that answers at once.
    pub(crate) fn give(&self, command: Command) -> Outcome {
        done(self.vmm.command(command))
    }
}
