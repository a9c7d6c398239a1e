//! Puts a machine together and owns its threads, its run loop and its reset.
//!
//! [`Machine::new`] makes a machine on an engine from a [`MachineConfig`]; [`Machine::run`] runs it
//! on the calling thread until its end; [`Control`] commands it meanwhile from anywhere.

mod boot;
mod config;
pub mod kernel;
pub mod layout;
mod machine;

pub use boot::BootError;
pub use config::{ConfigError, CpusConfig, Fault, Firmware, MachineConfig, Removable};
pub use machine::{
    Console, Control, DebugError, DebugWatcher, Debugger, Happening, Machine, MachineError,
    MachineFacts, MachineInfo, News, OperationRecord, Passage, Stop, Watcher,
};
