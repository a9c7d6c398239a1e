//! The VMM: at most one machine, from its making to its end, and the one door of all commands.
//!
//! ```text
//!            create            boot              pause
//!   (none) ---------> Created ------> Running <--------> Paused
//!     ^                  |               | resume           |
//!     |      delete      |               v                  |
//!     +------------------+----------- Shutdown <------------+   guest powers off, shutdown, failure
//!                                        |   ^
//!                                        +---+ boot: made anew of the same configuration
//! ```
//!
//! The thread in [`Vmm::run`] or [`Vmm::serve`] runs the machine. Commands come from any thread; those that
//! [take long](Command::is_slow) block theirs and nobody else.

use std::fmt;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hotcore_engine::Engine;
use parking_lot::{Condvar, Mutex, MutexGuard};

use crate::command::{Command, CommandError, Reply};
use crate::events::{EventKind, Events};
use crate::machine::{Console, Control, Machine, MachineError, Stop};
use crate::{Debugger, MachineConfig, Serial, in_full};

/// How long a machine may take to end before a client is told that it does not.
const ENDING_PATIENCE: Duration = Duration::from_secs(15);

/// Opens the output of a machine's console, or says why it cannot.
pub type ConsoleOutput = dyn Fn() -> Result<Box<dyn Write + Send>, String> + Send + Sync;

/// What a machine is at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LifeState {
    /// Made, and not started.
    Created,
    /// Its guest runs.
    Running,
    /// Its vCPUs are stopped for a while.
    Paused,
    /// It has ended, and could be booted anew.
    Shutdown,
}

impl fmt::Display for LifeState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Created => "created and not booted",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Shutdown => "shut down",
        })
    }
}

/// Commands a VMM. Clones command the same one.
#[derive(Clone)]
pub struct Vmm {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Box<dyn Engine + Send + Sync>,
    console: Box<ConsoleOutput>,
    events: Arc<Events>,
    life: Mutex<Life>,
    changed: Condvar,
    /// Held by whoever stops vCPUs.
    pausing: Mutex<()>,
}

#[derive(Default)]
struct Life {
    made: Option<Made>,
    last_number: u64,
    /// Somebody is making a machine, without the lock.
    making: bool,
    leaving: bool,
}

struct Made {
    /// Which of all machines that were made: others may end and replace it while somebody waits for it.
    number: u64,
    config: MachineConfig,
    control: Control,
    console: Console,
    debugger: Option<Debugger>,
    state: LifeState,
    /// Until it is started.
    machine: Option<Machine>,
    /// It shall be started.
    wanted: bool,
    /// Why its guest could not be loaded.
    failure: Option<String>,
}

impl Made {
    /// Whether there is a guest to ask: it runs, or it is about to. What it is asked before its first
    /// instruction it finds when it has booted.
    fn is_alive(&self) -> bool {
        match self.state {
            LifeState::Created => self.wanted || self.machine.is_none(),
            LifeState::Running | LifeState::Paused => true,
            LifeState::Shutdown => false,
        }
    }

    /// Itself, if [it is](Self::is_alive).
    fn alive(&self, command: &'static str) -> Result<&Self, CommandError> {
        if self.is_alive() {
            return Ok(self);
        }
        Err(CommandError::WrongState { command, state: self.state, hint: "boot it first" })
    }
}

/// A machine as its clients see it.
#[derive(Clone)]
pub struct View {
    /// What it is at the moment.
    pub state: LifeState,
    /// What it was asked to be.
    pub config: MachineConfig,
    /// Looks at it, and commands it where no [`Command`] is needed.
    pub control: Control,
    /// The input of the guest's console.
    pub console: Console,
    /// Where it was made to be debugged.
    pub debugger: Option<Debugger>,
}

impl Vmm {
    /// A VMM without a machine, whose machines run on `engine` and print to what `console` opens.
    pub fn new(engine: Box<dyn Engine + Send + Sync>, console: Box<ConsoleOutput>) -> Self {
        let inner = Inner {
            engine,
            console,
            events: Arc::default(),
            life: Mutex::default(),
            changed: Condvar::new(),
            pausing: Mutex::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// What happens to its machine.
    pub fn events(&self) -> &Arc<Events> {
        &self.inner.events
    }

    /// Its machine.
    pub fn view(&self) -> Option<View> {
        let life = self.inner.life.lock();
        life.made.as_ref().map(|made| View {
            state: made.state,
            config: made.config.clone(),
            control: made.control.clone(),
            console: made.console.clone(),
            debugger: made.debugger.clone(),
        })
    }

    /// Whether it has been asked to end.
    pub fn is_leaving(&self) -> bool {
        self.inner.life.lock().leaving
    }

    /// Carries out a command.
    pub fn command(&self, command: Command) -> Result<Reply, CommandError> {
        let name = command.name();
        match command {
            Command::Create(config) => self.create(*config),
            Command::Boot => self.boot(),
            Command::Shutdown => self.shutdown(name),
            Command::Delete => self.delete(),
            Command::Leave => {
                self.leave();
                Ok(Reply::Done)
            }
            Command::Pause => self.pause(name),
            Command::Resume => self.resume(name),
            Command::Reboot => {
                self.alive(name)?.reset();
                Ok(Reply::Done)
            }
            Command::PowerButton => {
                let control = self.alive(name)?;
                control.press_power_button();
                self.inner.events.tell(EventKind::PowerButton);
                Ok(Reply::Done)
            }
            Command::Resize { desired, patience } => {
                Ok(Reply::Began(self.alive(name)?.resize(desired, patience)?))
            }
            Command::Plug { cpu, patience } => {
                Ok(Reply::Began(vec![self.alive(name)?.plug(cpu, patience)?]))
            }
            Command::Unplug { cpu, patience } => {
                Ok(Reply::Began(vec![self.alive(name)?.unplug(cpu, patience)?]))
            }
            Command::Cancel(operation) => {
                self.alive(name)?.cancel(operation)?;
                Ok(Reply::Done)
            }
        }
    }

    /// Boots the machine that was created and runs it on this thread until it ends; `None`: there is
    /// none, or the VMM was asked to end before.
    pub fn run(&self) -> Option<Result<Stop, MachineError>> {
        self.announce();
        self.inner.life.lock().made.as_ref()?;
        self.next_machine().map(|(number, machine)| self.run_to_its_end(number, machine))
    }

    /// The machine that was created is about to [run](Self::run): requests to its guest are taken from now on.
    pub fn announce(&self) {
        if let Some(made) = self.inner.life.lock().made.as_mut() {
            made.wanted = true;
        }
    }

    /// Runs machines that clients create and boot, one after the other, on this thread until the VMM
    /// is asked to end.
    pub fn serve(&self) {
        while let Some((number, machine)) = self.next_machine() {
            if let Err(error) = self.run_to_its_end(number, machine) {
                tracing::error!("{error}");
            }
        }
    }

    fn next_machine(&self) -> Option<(u64, Machine)> {
        let mut life = self.inner.life.lock();
        loop {
            if life.leaving {
                return None;
            }
            let wanted = life.made.as_mut().filter(|made| made.wanted);
            let next = wanted.and_then(|made| Some((made.number, made.machine.take()?)));
            if next.is_some() {
                return next;
            }
            self.inner.changed.wait(&mut life);
        }
    }

    fn run_to_its_end(&self, number: u64, machine: Machine) -> Result<Stop, MachineError> {
        let loaded = machine.load();
        if let Err(error) = &loaded {
            self.change(number, |made| made.failure = Some(in_full(error)));
        }
        let result = loaded.and_then(|loaded| {
            // Before its first instruction: nobody finds a guest that runs in a machine that does not.
            self.enter(number, LifeState::Running, EventKind::Booted);
            loaded.run()
        });
        let stop = match &result {
            Ok(stop) => stop.clone(),
            Err(error) => Stop::Failed { reason: error.to_string() },
        };
        self.enter(number, LifeState::Shutdown, EventKind::Ended(stop));
        result
    }

    /// The machine is something else now.
    fn enter(&self, number: u64, state: LifeState, kind: EventKind) {
        self.change(number, |made| made.state = state);
        self.inner.events.tell(kind);
        self.inner.changed.notify_all();
    }

    fn change(&self, number: u64, change: impl FnOnce(&mut Made)) {
        let mut life = self.inner.life.lock();
        if let Some(made) = life.made.as_mut().filter(|made| made.number == number) {
            change(made);
        }
    }

    fn create(&self, config: MachineConfig) -> Result<Reply, CommandError> {
        let mut life = self.inner.life.lock();
        if let Some(made) = &life.made {
            let hint = "delete it first: there is one at a time";
            return Err(CommandError::WrongState { command: "create", state: made.state, hint });
        }
        let made = self.make(&mut life, config)?;
        life.made = Some(made);
        drop(life);
        self.inner.events.tell(EventKind::Created);
        Ok(Reply::Done)
    }

    /// Makes a machine with the lock given back meanwhile.
    fn make(
        &self,
        life: &mut MutexGuard<'_, Life>,
        config: MachineConfig,
    ) -> Result<Made, CommandError> {
        if life.making || life.leaving {
            return Err(CommandError::Failed("a machine is being made already".into()));
        }
        life.making = true;
        life.last_number += 1;
        let number = life.last_number;
        let made = MutexGuard::unlocked(life, || self.new_machine(number, config));
        life.making = false;
        self.inner.changed.notify_all();
        made
    }

    fn new_machine(&self, number: u64, config: MachineConfig) -> Result<Made, CommandError> {
        let output = self.output(&config.serial)?;
        let engine = self.inner.engine.as_ref();
        let machine = Machine::with_events(engine, &config, output, &self.inner.events)?;
        Ok(Made {
            number,
            control: machine.control(),
            console: machine.console(),
            debugger: machine.debugger(),
            state: LifeState::Created,
            machine: Some(machine),
            wanted: false,
            failure: None,
            config,
        })
    }

    fn output(&self, serial: &Serial) -> Result<Box<dyn Write + Send>, CommandError> {
        match serial {
            Serial::Vmm => (self.inner.console)().map_err(CommandError::Failed),
            Serial::Nowhere => Ok(Box::new(io::sink())),
            Serial::File(path) => {
                let refused = |error| {
                    let path = path.display();
                    CommandError::Config(format!("the console's file {path}: {error}"))
                };
                Ok(Box::new(console_file(path).map_err(refused)?))
            }
        }
    }

    fn boot(&self) -> Result<Reply, CommandError> {
        let mut life = self.inner.life.lock();
        let made = life.made.as_ref().ok_or(CommandError::NoMachine)?;
        match made.state {
            LifeState::Created => {}
            LifeState::Shutdown => {
                let config = made.config.clone();
                let made = self.make(&mut life, config)?;
                life.made = Some(made);
            }
            state @ (LifeState::Running | LifeState::Paused) => {
                let hint = "it runs already";
                return Err(CommandError::WrongState { command: "boot", state, hint });
            }
        }
        let Some(made) = life.made.as_mut() else { return Err(CommandError::NoMachine) };
        made.wanted = true;
        let number = made.number;
        self.inner.changed.notify_all();
        let starts = |made: &Made| made.number == number && made.state == LifeState::Created;
        while life.made.as_ref().is_some_and(starts) {
            if life.leaving {
                return Err(CommandError::Failed("the VMM is ending".into()));
            }
            self.inner.changed.wait(&mut life);
        }
        let made = life.made.as_ref().filter(|made| made.number == number);
        match made.and_then(|made| made.failure.clone()) {
            Some(failure) => Err(CommandError::Failed(failure)),
            None => Ok(Reply::Done),
        }
    }

    fn shutdown(&self, command: &'static str) -> Result<Reply, CommandError> {
        let mut life = self.inner.life.lock();
        let made = life.made.as_ref().ok_or(CommandError::NoMachine)?;
        let number = made.alive(command)?.number;
        self.end(&mut life, number)?;
        Ok(Reply::Done)
    }

    fn delete(&self) -> Result<Reply, CommandError> {
        let mut life = self.inner.life.lock();
        // Somebody may have it booted anew as soon as it has ended.
        while let Some(number) = life.made.as_ref().filter(|it| it.is_alive()).map(|it| it.number) {
            self.end(&mut life, number)?;
        }
        let made = life.made.take();
        drop(life);
        self.inner.changed.notify_all();
        if made.is_some() {
            self.inner.events.tell(EventKind::Deleted);
        }
        Ok(Reply::Done)
    }

    /// Ends a machine and waits until it has ended.
    fn end(&self, life: &mut MutexGuard<'_, Life>, number: u64) -> Result<(), CommandError> {
        let is_it = |made: &Made| made.number == number && made.is_alive();
        if let Some(made) = life.made.as_ref().filter(|made| is_it(made)) {
            made.control.stop();
        }
        let alive = |life: &mut Life| life.made.as_ref().is_some_and(is_it);
        let waited = self.inner.changed.wait_while_for(life, alive, ENDING_PATIENCE);
        if waited.timed_out() {
            let text = "the machine does not end; is the output of its console blocked?";
            return Err(CommandError::Failed(text.into()));
        }
        Ok(())
    }

    /// Has the VMM end, and its machine.
    pub fn leave(&self) {
        let mut life = self.inner.life.lock();
        life.leaving = true;
        if let Some(made) = &life.made {
            made.control.stop();
        }
        self.inner.changed.notify_all();
    }

    fn pause(&self, command: &'static str) -> Result<Reply, CommandError> {
        // One at a time: each finds the gate as the state says.
        let _pausing = self.inner.pausing.lock();
        let control = self.in_state(command, LifeState::Running, "only a running one can be")?;
        if !control.pause() {
            control.resume();
            let text = "a vCPU does not stop; is the output of the guest's console blocked?";
            return Err(CommandError::Failed(text.into()));
        }
        self.turn(LifeState::Running, LifeState::Paused, EventKind::Paused);
        Ok(Reply::Done)
    }

    fn resume(&self, command: &'static str) -> Result<Reply, CommandError> {
        let control = self.in_state(command, LifeState::Paused, "only a paused one can be")?;
        control.resume();
        self.turn(LifeState::Paused, LifeState::Running, EventKind::Resumed);
        Ok(Reply::Done)
    }

    /// From one state to another, unless it has ended meanwhile.
    fn turn(&self, from: LifeState, to: LifeState, kind: EventKind) {
        let mut life = self.inner.life.lock();
        let Some(made) = life.made.as_mut().filter(|made| made.state == from) else { return };
        made.state = to;
        drop(life);
        self.inner.events.tell(kind);
    }

    fn in_state(
        &self,
        command: &'static str,
        wanted: LifeState,
        hint: &'static str,
    ) -> Result<Control, CommandError> {
        let life = self.inner.life.lock();
        let made = life.made.as_ref().ok_or(CommandError::NoMachine)?;
        if made.state != wanted {
            return Err(CommandError::WrongState { command, state: made.state, hint });
        }
        Ok(made.control.clone())
    }

    /// The machine, if its guest has been started and has not ended.
    fn alive(&self, command: &'static str) -> Result<Control, CommandError> {
        let life = self.inner.life.lock();
        let made = life.made.as_ref().ok_or(CommandError::NoMachine)?;
        Ok(made.alive(command)?.control.clone())
    }
}

/// Opens a regular file for writing. Anything else is an error and does not block, as a FIFO would.
fn console_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    let file = options.write(true).create(true).custom_flags(libc::O_NONBLOCK).open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    file.set_len(0)?;
    Ok(file)
}

impl From<MachineError> for CommandError {
    fn from(error: MachineError) -> Self {
        match error {
            MachineError::Config(_) | MachineError::Boot(_) => Self::Config(in_full(&error)),
            _ => Self::Failed(in_full(&error)),
        }
    }
}
