//! The OS half, as the machine's description has it.

use hotcore_ospm::aml::Interpreter;
use hotcore_ospm::{Cpu, EjectError, Fault, OfflineError, OnlineError, Ospm, Registry};

use crate::mutant::Mutant;
use crate::replay::Replay;
use crate::tables::GED_INTERRUPT;

/// Notification: the device is to be ejected.
const EJECT_REQUEST: u64 = 3;

/// What there is of the OS half.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Half {
    /// All of it: ACPI tells of CPUs that come and go.
    Acpi(Box<Acpi>),
    /// The CPUs of a device tree, which has nothing more to tell.
    Tree(Registry),
}

/// The OS half of a machine with ACPI.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Acpi {
    pub(crate) ospm: Ospm,
    pub(crate) aml: Interpreter,
}

impl Half {
    /// The CPUs.
    pub(crate) fn registry(&self) -> &Registry {
        match self {
            Self::Acpi(acpi) => acpi.ospm.registry(),
            Self::Tree(registry) => registry,
        }
    }

    /// Whether the firmware tells of CPUs that come and go.
    pub(crate) fn has_hotplug(&self) -> bool {
        matches!(self, Self::Acpi(_))
    }

    /// Whether a notification is waiting.
    pub(crate) fn is_notified(&self) -> bool {
        match self {
            Self::Acpi(acpi) => acpi.ospm.clone().next_notification().is_some(),
            Self::Tree(_) => false,
        }
    }

    /// Finds the processor objects. A device tree's CPUs are known already.
    pub(crate) fn enumerate(&mut self, os: &mut Replay<'_>) -> Result<(), Fault> {
        match self {
            Self::Acpi(acpi) => acpi.ospm.enumerate(&mut acpi.aml, os),
            Self::Tree(_) => Ok(()),
        }
    }

    /// Handles the GED's interrupt.
    pub(crate) fn handle_interrupt(&mut self, os: &mut Replay<'_>) -> Result<(), Fault> {
        let Self::Acpi(acpi) = self else { return Ok(()) };
        acpi.ospm.handle_interrupt(GED_INTERRUPT, &mut acpi.aml, os)
    }

    /// Handles the oldest notification.
    pub(crate) fn handle(
        &mut self,
        mutant: Option<Mutant>,
        os: &mut Replay<'_>,
    ) -> Result<(), Fault> {
        let Self::Acpi(acpi) = self else { return Ok(()) };
        let Some(notification) = acpi.ospm.next_notification() else { return Ok(()) };
        if mutant == Some(Mutant::OsForgetsEjects) && notification.value == EJECT_REQUEST {
            return Ok(());
        }
        acpi.ospm.handle(notification, &mut acpi.aml, os).map(drop)
    }

    /// Brings a CPU up. Whether it is: only a fault ends the task.
    pub(crate) fn online(&mut self, cpu: Cpu, os: &mut Replay<'_>) -> Result<bool, Fault> {
        let result = match self {
            Self::Acpi(acpi) => acpi.ospm.online(cpu, os),
            Self::Tree(registry) => registry.bring_up(os, cpu),
        };
        match result {
            Err(OnlineError::Fault(fault)) => Err(fault),
            result => Ok(result.is_ok()),
        }
    }

    /// Takes a CPU offline. Whether it is.
    pub(crate) fn offline(&mut self, cpu: Cpu, os: &mut Replay<'_>) -> Result<bool, Fault> {
        let result = match self {
            Self::Acpi(acpi) => acpi.ospm.offline(cpu, os),
            Self::Tree(registry) => registry.take_down(os, cpu),
        };
        match result {
            Err(OfflineError::Fault(fault)) => Err(fault),
            result => Ok(result.is_ok()),
        }
    }

    /// Ejects a CPU, where that can be.
    pub(crate) fn eject(&mut self, cpu: Cpu, os: &mut Replay<'_>) -> Result<(), Fault> {
        let Self::Acpi(acpi) = self else { return Ok(()) };
        match acpi.ospm.eject(cpu, &mut acpi.aml, os) {
            Err(EjectError::Fault(fault)) => Err(fault),
            _ => Ok(()),
        }
    }
}
