//! One request to add or remove a CPU, and what became of it.

use hotcore_vcpu as vcpu;
use hotcore_vmm::OperationRecord;
use serde::{Deserialize, Serialize};

use super::{Ost, micros};

/// A request to add or remove a CPU, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operation {
    /// Its name, for the life of the machine.
    pub id: u64,
    /// Which CPU.
    pub cpu: u16,
    /// What was asked.
    pub kind: Kind,
    /// How long the guest was given to answer; 0 from a server that does not tell.
    #[serde(default)]
    pub timeout_ms: u64,
    /// How long the guest was given to bring up the CPU after that.
    #[serde(default)]
    pub online_timeout_ms: u64,
    /// How far it has come.
    pub stage: Stage,
    /// How it ended; `null` until then.
    pub outcome: Option<Outcome>,
    /// Where the guest refused: its own words.
    pub ost: Option<Ost>,
    /// When it passed its stages.
    pub timings: Timings,
    /// What of that time the VMM itself spent; the rest is the guest's and the engine's.
    pub vmm_time_us: u64,
    /// Each `_OST` that the guest evaluated for the CPU since; none from a server that does not tell.
    #[serde(default)]
    pub ost_history: Vec<OstRecord>,
}

/// The answer of `vm.operations`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Operations {
    /// Those under way and the latest that ended, oldest first.
    pub operations: Vec<Operation>,
}

/// One evaluation of `_OST`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OstRecord {
    /// Since the machine was made.
    pub at_us: u64,
    /// What the guest said.
    #[serde(flatten)]
    pub ost: Ost,
}

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Add a CPU.
    Plug,
    /// Give a CPU back.
    Unplug,
}

/// How far an operation has come. Later stages are greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Waits for the guest to finish an earlier eject of the same CPU.
    Held,
    /// The guest has an event.
    Requested,
    /// The guest took the event.
    Delivered,
    /// The guest said that it added the CPU, or that it is ejecting it.
    Accepted,
    /// Over; see the outcome.
    Ended,
}

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Added, and it executes.
    Online,
    /// Removed.
    Ejected,
    /// Added, but the guest did not bring it up in time. It still may.
    AcceptedNotOnlined,
    /// The guest said no; see `ost`.
    Refused,
    /// The guest did not answer in time.
    TimedOut,
    /// Taken back, or overtaken by the opposite request.
    Cancelled,
    /// The machine was reset meanwhile; the guest that boots next finds it as asked.
    CompletedByReset,
}

/// When an operation passed its stages, since the machine was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timings {
    /// Asked.
    pub requested_us: u64,
    /// The guest's interrupt was raised for the first time.
    pub raised_us: Option<u64>,
    /// The guest took the event.
    pub delivered_us: Option<u64>,
    /// The guest said that it added the CPU, or that it is ejecting it.
    pub accepted_us: Option<u64>,
    /// The guest's PSCI CPU_ON, or CPU_OFF.
    pub power_us: Option<u64>,
    /// Over.
    pub ended_us: Option<u64>,
}

impl From<&OperationRecord> for Operation {
    fn from(record: &OperationRecord) -> Self {
        let operation = &record.operation;
        let ost = match operation.outcome {
            Some(vcpu::Outcome::Refused { source, status }) => Some(Ost::new(source, status)),
            _ => None,
        };
        let patience = operation.patience();
        Self {
            id: operation.id.get(),
            cpu: operation.cpu.get(),
            kind: operation.kind.into(),
            timeout_ms: micros(patience.answer) / 1000,
            online_timeout_ms: micros(patience.online) / 1000,
            stage: operation.stage.into(),
            outcome: operation.outcome.map(Outcome::from),
            ost,
            timings: operation.timings.into(),
            vmm_time_us: micros(record.vmm_time),
            ost_history: record.ost.iter().map(OstRecord::from).collect(),
        }
    }
}

impl From<&hotcore_vmm::OstRecord> for OstRecord {
    fn from(record: &hotcore_vmm::OstRecord) -> Self {
        Self { at_us: micros(record.at), ost: Ost::new(record.source, record.status) }
    }
}

impl From<vcpu::OperationKind> for Kind {
    fn from(kind: vcpu::OperationKind) -> Self {
        match kind {
            vcpu::OperationKind::Plug => Self::Plug,
            vcpu::OperationKind::Unplug => Self::Unplug,
        }
    }
}

impl From<vcpu::Stage> for Stage {
    fn from(stage: vcpu::Stage) -> Self {
        match stage {
            vcpu::Stage::Held => Self::Held,
            vcpu::Stage::Requested => Self::Requested,
            vcpu::Stage::Delivered => Self::Delivered,
            vcpu::Stage::Accepted => Self::Accepted,
            vcpu::Stage::Ended => Self::Ended,
        }
    }
}

impl From<vcpu::Outcome> for Outcome {
    fn from(outcome: vcpu::Outcome) -> Self {
        match outcome {
            vcpu::Outcome::Online => Self::Online,
            vcpu::Outcome::Ejected => Self::Ejected,
            vcpu::Outcome::AcceptedNotOnlined => Self::AcceptedNotOnlined,
            vcpu::Outcome::Refused { .. } => Self::Refused,
            vcpu::Outcome::TimedOut => Self::TimedOut,
            vcpu::Outcome::Cancelled => Self::Cancelled,
            vcpu::Outcome::CompletedByReset => Self::CompletedByReset,
        }
    }
}

impl From<vcpu::Timings> for Timings {
    fn from(timings: vcpu::Timings) -> Self {
        Self {
            requested_us: micros(timings.requested),
            raised_us: timings.raised.map(micros),
            delivered_us: timings.delivered.map(micros),
            accepted_us: timings.accepted.map(micros),
            power_us: timings.power.map(micros),
            ended_us: timings.ended.map(micros),
        }
    }
}
