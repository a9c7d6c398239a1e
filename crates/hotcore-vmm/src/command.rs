//! What clients can ask, whichever door they come through.
//!
//! REST, QMP and the command line are translations into [`Command`] and out of [`Reply`] and
//! [`CommandError`], so that the same request has the same effect, error and events everywhere.

use hotcore_vcpu::{OperationId, Patience, RequestError, ResizeError};

use crate::{LifeState, MachineConfig};

/// Something to do.
#[derive(Debug, Clone)]
pub enum Command {
    /// Make a machine.
    Create(Box<MachineConfig>),
    /// Start its guest.
    Boot,
    /// Stop its vCPUs for a while.
    Pause,
    /// Let them go on.
    Resume,
    /// Start the guest again from the beginning, without asking it.
    Reboot,
    /// Press the power button: the guest decides what follows.
    PowerButton,
    /// End the machine, without asking the guest. It can be booted anew.
    Shutdown,
    /// End the machine, if it runs, and forget it.
    Delete,
    /// End the VMM, and the machine with it.
    Leave,
    /// Have so many CPUs enabled.
    Resize {
        /// How many.
        desired: u32,
        /// How long the guest has.
        patience: Patience,
    },
    /// Add a CPU.
    Plug {
        /// Which.
        cpu: u16,
        /// How long the guest has.
        patience: Patience,
    },
    /// Remove a CPU.
    Unplug {
        /// Which.
        cpu: u16,
        /// How long the guest has.
        patience: Patience,
    },
    /// Take a request back that the guest has not noticed yet.
    Cancel(OperationId),
}

impl Command {
    /// Whether it may take long: making a machine, waiting for threads. The others answer at once and can
    /// be given on a thread that others wait for.
    pub fn is_slow(&self) -> bool {
        matches!(self, Self::Create(_) | Self::Boot | Self::Pause | Self::Shutdown | Self::Delete)
    }

    /// Its name, for people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Boot => "boot",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Reboot => "reboot",
            Self::PowerButton => "power-button",
            Self::Shutdown => "shutdown",
            Self::Delete => "delete",
            Self::Leave => "leave",
            Self::Resize { .. } => "resize",
            Self::Plug { .. } => "plug",
            Self::Unplug { .. } => "unplug",
            Self::Cancel(_) => "cancel",
        }
    }
}

/// What a command did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// It is done, or asked of the guest.
    Done,
    /// It began these operations; none where the machine is as asked already.
    Began(Vec<OperationId>),
}

/// Why a command was not carried out. Nothing has changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Nothing was created yet.
    #[error("there is no machine; vm.create makes one")]
    NoMachine,
    /// The machine is not in a state for it.
    #[error("{command}: the machine is {state}; {hint}")]
    WrongState {
        /// Which command.
        command: &'static str,
        /// What the machine is.
        state: LifeState,
        /// What to do instead.
        hint: &'static str,
    },
    /// One CPU cannot be added or removed, or an operation not cancelled.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The machine cannot have so many CPUs.
    #[error(transparent)]
    Resize(#[from] ResizeError),
    /// The machine cannot be as asked.
    #[error("{0}")]
    Config(String),
    /// The host or the engine cannot do it.
    #[error("{0}")]
    Failed(String),
}
