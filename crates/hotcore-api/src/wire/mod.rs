//! What goes over the wire, as JSON. Times are whole microseconds, in fields that end in `_us`.

mod counters;
mod create;
mod event;
mod info;
mod operation;
mod ost;
mod request;

use std::time::Duration;

pub use counters::Counters;
pub use create::{
    ConsoleConfig, ConsoleMode, CpuStartConfig, CpusConfig, FirmwareConfig, HotcoreConfig,
    HotplugMethod, MemoryConfig, Others, PayloadConfig, RemovableConfig, RngConfig, TopologyConfig,
    VmConfig,
};
pub use event::{Event, Happened, Progress};
pub use info::{Config, Cpu, Cpus, Hotcore, Info, Memory, Payload, Ping, Power, Since, State};
pub use operation::{Kind, Operation, Operations, OstRecord, Outcome, Stage, Timings};
pub use ost::Ost;
pub use request::{Begun, Cancel, OneCpu, Resize};

pub(crate) fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}
