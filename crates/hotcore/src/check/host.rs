//! The host's side of a machine: who adds and removes CPUs.

use std::fmt::Display;
use std::path::Path;
use std::time::{Duration, Instant};

use hotcore_api::wire::{Cpu, OneCpu, Outcome, Resize, Stage};
use hotcore_api::{Client, ClientError};

use super::qmp::Qmp;

/// The time that a guest has: the checks decide for how long they wait, not the machine.
const TIMEOUT_MS: u64 = 600_000;
/// How soon after it was added a CPU need not be up: the checks add CPUs that nobody brings up.
const ONLINE_TIMEOUT_MS: u64 = 1;

/// Why the host's side did not do it.
#[derive(Debug, thiserror::Error)]
pub(super) enum HostError {
    #[error("no: {0}")]
    Refused(String),
    #[error("the VMM does not answer in time")]
    Silent,
    #[error("{0}")]
    Other(String),
}

impl HostError {
    pub(super) fn other(error: impl Display) -> Self {
        Self::Other(error.to_string())
    }
}

impl From<ClientError> for HostError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Refused { reason, .. } => Self::Refused(reason),
            error => Self::other(error),
        }
    }
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The guest says that it has it.
    Added,
    /// The guest gave it back.
    Ejected,
    /// The guest said no.
    Refused,
    /// Overtaken, cancelled or completed otherwise.
    Otherwise,
    /// It has not, yet.
    Pending,
}

/// The host's side.
pub(super) enum Host {
    /// Cloud Hypervisor's dialect, of Hotcore.
    Rest(Box<Client>),
    /// QEMU's.
    Qmp(Box<Qmp>),
    /// Nobody: no CPU comes or goes.
    Nobody,
}

impl Host {
    pub(super) fn rest(path: &Path) -> Result<Self, HostError> {
        Ok(Self::Rest(Box::new(Client::connect(path)?)))
    }

    pub(super) fn qmp(path: &Path) -> Result<Self, HostError> {
        Ok(Self::Qmp(Box::new(Qmp::connect(path)?)))
    }

    /// Whether CPUs can be added and removed.
    pub(super) fn exists(&self) -> bool {
        !matches!(self, Self::Nobody)
    }

    /// Asks for a CPU.
    pub(super) fn plug(&mut self, cpu: u32) -> Result<(), HostError> {
        match self {
            Self::Rest(client) => Ok(client.add(one(cpu)?).map(drop)?),
            Self::Qmp(qmp) => qmp.plug(cpu),
            Self::Nobody => Err(HostError::Refused("nobody adds CPUs".to_owned())),
        }
    }

    /// Asks for a CPU back.
    pub(super) fn unplug(&mut self, cpu: u32) -> Result<(), HostError> {
        match self {
            Self::Rest(client) => Ok(client.remove(one(cpu)?).map(drop)?),
            Self::Qmp(qmp) => qmp.unplug(cpu),
            Self::Nobody => Err(HostError::Refused("nobody removes CPUs".to_owned())),
        }
    }

    /// Asks for all of `max` CPUs.
    pub(super) fn plug_all(&mut self, max: u32) -> Result<(), HostError> {
        let Self::Rest(client) = self else {
            return (1..max).try_for_each(|cpu| self.plug(cpu));
        };
        let asked = Resize {
            desired_vcpus: Some(max),
            timeout_ms: Some(TIMEOUT_MS),
            online_timeout_ms: Some(ONLINE_TIMEOUT_MS),
            ..Resize::default()
        };
        Ok(client.resize(asked).map(drop)?)
    }

    /// Waits for the end of the latest request for a CPU.
    pub(super) fn end(&mut self, cpu: u32, patience: Duration) -> Result<Ended, HostError> {
        match self {
            Self::Rest(client) => rest_end(client, cpu, patience),
            Self::Qmp(qmp) => qmp.end(cpu, patience),
            Self::Nobody => Ok(Ended::Pending),
        }
    }

    /// What the VMM says of a CPU; `None` if it cannot be asked.
    pub(super) fn cpu(&mut self, cpu: u32) -> Result<Option<Cpu>, HostError> {
        let Self::Rest(client) = self else { return Ok(None) };
        let info = client.info()?;
        Ok(info.hotcore.cpus.into_iter().find(|known| u32::from(known.index) == cpu))
    }

    /// Every `_OST` of the latest request for a CPU; `None` if the VMM does not tell.
    pub(super) fn osts(&mut self, cpu: u32) -> Result<Option<Vec<(u32, u32)>>, HostError> {
        let Self::Rest(client) = self else { return Ok(None) };
        let operations = client.operations()?;
        let of_cpu = operations.into_iter().rev().find(|known| u32::from(known.cpu) == cpu);
        let history = of_cpu.map(|operation| operation.ost_history).unwrap_or_default();
        Ok(Some(history.into_iter().map(|record| (record.ost.source, record.ost.status)).collect()))
    }
}

fn one(cpu: u32) -> Result<OneCpu, HostError> {
    Ok(OneCpu {
        cpu: u16::try_from(cpu).map_err(HostError::other)?,
        timeout_ms: Some(TIMEOUT_MS),
        online_timeout_ms: Some(ONLINE_TIMEOUT_MS),
        wait: false,
    })
}

fn rest_end(client: &mut Client, cpu: u32, patience: Duration) -> Result<Ended, HostError> {
    let until = Instant::now() + patience;
    let latest = client.operations()?.into_iter().rev().find(|known| u32::from(known.cpu) == cpu);
    let Some(mut operation) = latest else { return Ok(Ended::Pending) };
    while operation.stage != Stage::Ended {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(Ended::Pending);
        }
        operation =
            client.operation(operation.id, operation.stage, left.min(Duration::from_secs(5)))?;
    }
    Ok(match operation.outcome {
        Some(Outcome::Online | Outcome::AcceptedNotOnlined) => Ended::Added,
        Some(Outcome::Ejected) => Ended::Ejected,
        Some(Outcome::Refused) => Ended::Refused,
        _ => Ended::Otherwise,
    })
}
