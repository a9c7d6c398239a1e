//! Puts a machine together and owns its threads, its run loop and its reset.
//!
//! [`Vmm`] has a machine or none and takes every [`Command`]; [`Events`] tell what happens to it.
//! Below that, [`Machine::new`] makes a machine on an engine from a [`MachineConfig`]; [`Machine::run`]
//! runs it on the calling thread until its end; [`Control`] commands it meanwhile from anywhere.

mod boot;
mod command;
mod config;
mod events;
pub mod kernel;
pub mod layout;
mod machine;
mod tally;
mod vmm;
mod words;

pub use boot::BootError;
pub use command::{Command, CommandError, Reply};
pub use config::{
    ConfigError, CpuStart, CpusConfig, Fault, Firmware, MachineConfig, Removable, Serial,
};
pub use events::{Event, EventKind, Events, Followed, Interest, KEPT, Wake, Watch};
pub use machine::{
    Console, Control, DebugError, DebugWatcher, Debugger, Exits, Happening, Loaded, Machine,
    MachineError, MachineFacts, MachineInfo, OperationRecord, OstRecord, Passage, ResetBy, Stop,
    VcpuActivity,
};
pub use tally::{BUCKETS, Latencies, Outcomes, Tally};
pub use vmm::{ConsoleOutput, LifeState, View, Vmm};
pub use words::in_full;
