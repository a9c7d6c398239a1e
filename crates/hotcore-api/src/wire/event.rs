//! What happened, as `vm.events` tells it.

use std::time::{SystemTime, UNIX_EPOCH};

use hotcore_vcpu as vcpu;
use hotcore_vmm::{EventKind, ResetBy, Stop};
use serde::{Deserialize, Serialize};

use super::{Kind, Ost, Outcome, Stage, Timings, micros};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its place among all events of this VMM; the first is 1.
    pub number: u64,
    /// When, since 1970 by the host's clock.
    pub at_us: u64,
    /// What.
    #[serde(flatten)]
    pub what: Happened,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Happened {
    /// A machine was made.
    Created,
    /// Its guest was started.
    Booted,
    /// Its vCPUs were stopped for a while.
    Paused,
    /// They go on.
    Resumed,
    /// Its power button was pressed.
    PowerButton,
    /// Its guest starts again from the beginning.
    Reset {
        /// Whether the guest did that itself.
        by_guest: bool,
    },
    /// It ended.
    Ended {
        /// How, in a word: `powered-off`, `by-host`, `reset`, `crashed`, `failed`.
        how: String,
        /// What went wrong, where something did.
        reason: Option<String>,
    },
    /// It is no more.
    Deleted,
    /// An operation has reached another stage.
    Operation(Progress),
    /// The guest evaluated `_OST`.
    Ost {
        /// Of which CPU.
        cpu: u16,
        /// What it said.
        ost: Ost,
    },
    /// The guest ejected a CPU.
    Ejected {
        /// Which.
        cpu: u16,
        /// Whether it was asked to.
        asked: bool,
    },
    /// The guest tried to eject a CPU that cannot be ejected now.
    EjectIgnored {
        /// Which.
        cpu: u16,
    },
    /// A CPU began or ceased to execute.
    Power {
        /// Which.
        cpu: u16,
        /// Whether it executes now.
        on: bool,
    },
}

/// How far an operation has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Its name, for the life of the machine.
    pub id: u64,
    /// Which CPU.
    pub cpu: u16,
    /// What was asked.
    pub kind: Kind,
    /// How far it has come.
    pub stage: Stage,
    /// How it ended; `null` until then.
    pub outcome: Option<Outcome>,
    /// Where the guest refused: its own words.
    pub ost: Option<Ost>,
    /// When it passed its stages.
    pub timings: Timings,
}

impl Happened {
    /// Its name, as the JSON has it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Booted => "booted",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::PowerButton => "power-button",
            Self::Reset { .. } => "reset",
            Self::Ended { .. } => "ended",
            Self::Deleted => "deleted",
            Self::Operation(_) => "operation",
            Self::Ost { .. } => "ost",
            Self::Ejected { .. } => "ejected",
            Self::EjectIgnored { .. } => "eject-ignored",
            Self::Power { .. } => "power",
        }
    }
}

impl From<&hotcore_vmm::Event> for Event {
    fn from(event: &hotcore_vmm::Event) -> Self {
        Self { number: event.number, at_us: since_1970(event.at), what: (&event.kind).into() }
    }
}

impl From<&EventKind> for Happened {
    fn from(kind: &EventKind) -> Self {
        match kind {
            EventKind::Created => Self::Created,
            EventKind::Booted => Self::Booted,
            EventKind::Paused => Self::Paused,
            EventKind::Resumed => Self::Resumed,
            EventKind::PowerButton => Self::PowerButton,
            EventKind::Reset(by) => Self::Reset { by_guest: *by == ResetBy::Guest },
            EventKind::Ended(stop) => ended(stop),
            EventKind::Deleted => Self::Deleted,
            EventKind::Operation(operation) => Self::Operation(operation.into()),
            EventKind::Ost { cpu, source, status } => {
                Self::Ost { cpu: cpu.get(), ost: Ost::new(*source, *status) }
            }
            EventKind::Ejected { cpu, asked } => Self::Ejected { cpu: cpu.get(), asked: *asked },
            EventKind::EjectIgnored { cpu } => Self::EjectIgnored { cpu: cpu.get() },
            EventKind::Power { cpu, on } => Self::Power { cpu: cpu.get(), on: *on },
        }
    }
}

fn ended(stop: &Stop) -> Happened {
    let (how, reason) = match stop {
        Stop::PoweredOff => ("powered-off", None),
        Stop::ByHost => ("by-host", None),
        Stop::Reset => ("reset", None),
        Stop::Crashed { reason } => ("crashed", Some(reason.clone())),
        Stop::Failed { reason } => ("failed", Some(reason.clone())),
    };
    Happened::Ended { how: how.to_owned(), reason }
}

impl From<&vcpu::Operation> for Progress {
    fn from(operation: &vcpu::Operation) -> Self {
        let ost = match operation.outcome {
            Some(vcpu::Outcome::Refused { source, status }) => Some(Ost::new(source, status)),
            _ => None,
        };
        Self {
            id: operation.id.get(),
            cpu: operation.cpu.get(),
            kind: operation.kind.into(),
            stage: operation.stage.into(),
            outcome: operation.outcome.map(Outcome::from),
            ost,
            timings: operation.timings.into(),
        }
    }
}

/// A clock that was set before 1970 reads as that.
fn since_1970(at: SystemTime) -> u64 {
    at.duration_since(UNIX_EPOCH).map_or(0, micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_object_with_its_name() {
        let what = Happened::Power { cpu: 3, on: true };
        let event = Event { number: 7, at_us: 9, what };
        let json = r#"{"number":7,"at_us":9,"event":"power","cpu":3,"on":true}"#;
        assert_eq!(serde_json::to_string(&event).unwrap(), json);
        assert_eq!(serde_json::from_str::<Event>(json).unwrap(), event);
    }

    #[test]
    fn names_are_those_of_the_json() {
        let ended = Happened::Ended { how: String::new(), reason: None };
        for what in [
            Happened::Created,
            Happened::PowerButton,
            Happened::Reset { by_guest: true },
            ended,
            Happened::EjectIgnored { cpu: 0 },
            Happened::Ejected { cpu: 0, asked: true },
        ] {
            assert_eq!(serde_json::to_value(&what).unwrap()["event"], what.name());
        }
    }
}
