//! The ACPI processor driver: what the firmware says of CPUs, and what the OS does about it.

mod driver;
mod eject;
mod enumerate;
mod events;
mod firmware;
mod queue;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use crate::aml::{Evaluator, Surroundings};
use crate::tables::Stao;
use crate::{Cpu, Fault, OfflineError, OnlineError, Os, Registry, Report};
use driver::Driver;
pub use events::EventInterrupt;
use firmware::{Firmware, Methods, name};
pub use queue::Notification;
use queue::Queue;

/// Source events of `_OST` (ACPI 6.5 table 6-28), which notifications are as well.
mod event {
    pub(super) const BUS_CHECK: u64 = 0;
    pub(super) const DEVICE_CHECK: u64 = 1;
    pub(super) const EJECT_REQUEST: u64 = 3;
    pub(super) const OSPM_EJECT: u64 = 0x103;
}

/// Status codes of `_OST` (ACPI 6.5 tables 6-29 to 6-31).
mod status {
    pub(super) const SUCCESS: u64 = 0;
    pub(super) const FAILURE: u64 = 1;
    pub(super) const NOT_SUPPORTED: u64 = 0x80;
    pub(super) const BUSY: u64 = 0x82;
    pub(super) const EJECT_IN_PROGRESS: u64 = 0x84;
}

/// As many interrupts as are kept for later.
const MOST_EARLY: usize = 64;

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Handled {
    /// It was the driver's, and the firmware knows this status by `_OST`. Success of a check does not mean
    /// that a CPU was added, as in Linux.
    Done {
        /// Status code of `_OST`.
        status: u64,
    },
    /// It belongs to another driver, such as a power button's.
    NotOurs,
}

/// Why the OS cannot eject a CPU of its own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum EjectError {
    /// The CPU is not enabled, or no device with `_EJ0` stands for it.
    #[error("the CPU cannot be ejected")]
    NotEjectable,
    /// The eject failed; the firmware knows this status by `_OST`.
    #[error("the eject failed with status {0:#x}")]
    Failed(u64),
    /// The platform ended the operation.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// The OS's power over its CPUs where ACPI describes them.
///
/// A value without I/O: it can be cloned, compared and hashed. What it acts on is lent to each operation:
/// the AML evaluator, which holds the namespace, and the [`Os`]. A [`Fault`] ends an operation where it is;
/// what was done until then remains done.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Ospm {
    driver: Driver,
    queue: Queue,
    early: BTreeSet<u32>,
    enumerated: bool,
}

impl Ospm {
    /// For the CPUs of the tables. `stao`: what to leave alone.
    pub fn new(registry: Registry, stao: Option<Stao>) -> Self {
        Self {
            queue: Queue::new(registry.possible()),
            driver: Driver {
                registry,
                stao,
                processors: Vec::new(),
                containers: BTreeMap::new(),
                event_devices: Vec::new(),
                walked: false,
                ejects: true,
                present_bit_reported: false,
            },
            early: BTreeSet::new(),
            enumerated: false,
        }
    }

    /// What AML acts on while an evaluator loads it: what it notifies then is handled after
    /// [`Ospm::enumerate`].
    pub fn surroundings<'a, O: Os + ?Sized>(
        &'a mut self,
        os: &'a mut O,
    ) -> impl Surroundings + use<'a, O> {
        Methods::new(os, &mut self.queue)
    }

    /// The CPUs.
    pub fn registry(&self) -> &Registry {
        &self.driver.registry
    }

    /// Finds the processor objects and event devices below `\_SB`, registers the CPUs that are enabled, and
    /// takes the interrupts that came too early. Again later: a check of all CPUs.
    ///
    /// What concerns all devices is the OS's: `_INI` has been evaluated before, and `\_SB._OSC`, if the OS
    /// has something to tell by it. Hotplug needs neither.
    pub fn enumerate<E: Evaluator, O: Os + ?Sized>(
        &mut self,
        aml: &mut E,
        os: &mut O,
    ) -> Result<(), Fault> {
        self.driver.enumerate(&mut Firmware { aml, os, queue: &mut self.queue })?;
        self.enumerated = true;
        self.take_early(aml, os)
    }

    /// Takes the interrupts that came too early; one that a fault ends, the next time.
    fn take_early<E: Evaluator, O: Os + ?Sized>(
        &mut self,
        aml: &mut E,
        os: &mut O,
    ) -> Result<(), Fault> {
        while let Some(&gsiv) = self.early.first() {
            self.driver.interrupt(gsiv, &mut Firmware { aml, os, queue: &mut self.queue })?;
            self.early.remove(&gsiv);
        }
        Ok(())
    }

    /// The interrupts of the event devices, for the OS to enable.
    pub fn interrupts(&self) -> impl Iterator<Item = EventInterrupt> {
        self.driver.event_devices.iter().flat_map(|device| device.interrupts.iter().copied())
    }

    /// Takes an interrupt of an event device: evaluates its method, whose notifications wait for
    /// [`Ospm::next_notification`]. Not in interrupt context: methods sleep.
    pub fn handle_interrupt<E: Evaluator, O: Os + ?Sized>(
        &mut self,
        gsiv: u32,
        aml: &mut E,
        os: &mut O,
    ) -> Result<(), Fault> {
        if !self.enumerated {
            if self.early.len() < MOST_EARLY {
                self.early.insert(gsiv);
            }
            return Ok(());
        }
        self.driver.interrupt(gsiv, &mut Firmware { aml, os, queue: &mut self.queue })?;
        self.take_early(aml, os)
    }

    /// The oldest notification that has not been handled; none before everything has been enumerated.
    pub fn next_notification(&mut self) -> Option<Notification> {
        if self.enumerated { self.queue.pop() } else { None }
    }

    /// Handles a notification of a processor object, or of something that contains one.
    pub fn handle<E: Evaluator, O: Os + ?Sized>(
        &mut self,
        notification: Notification,
        aml: &mut E,
        os: &mut O,
    ) -> Result<Handled, Fault> {
        let Notification { device, value } = notification;
        let processor = self.driver.find(device);
        let mut firmware = Firmware { aml, os, queue: &mut self.queue };
        let firmware = &mut firmware;
        let status = match (value, processor) {
            (event::BUS_CHECK | event::DEVICE_CHECK, Some(index)) => {
                self.driver.check(index, firmware)?;
                status::SUCCESS
            }
            (event::EJECT_REQUEST, Some(index)) => {
                let status = self.driver.eject(index, value, firmware)?;
                return Ok(Handled::Done { status });
            }
            (_, None) if !self.driver.containers.contains_key(&device) => {
                return Ok(Handled::NotOurs);
            }
            (event::BUS_CHECK | event::DEVICE_CHECK, None) => {
                self.driver.check_all(firmware)?;
                status::SUCCESS
            }
            (event::EJECT_REQUEST, None) => {
                firmware.os.report(Report::EjectDisabled);
                status::NOT_SUPPORTED
            }
            _ => return Ok(Handled::NotOurs),
        };
        firmware.ost(device, value, status)?;
        Ok(Handled::Done { status })
    }

    /// Ejects a CPU because the OS wants to: as on request, but the firmware is told of event 0x103 at last.
    pub fn eject<E: Evaluator, O: Os + ?Sized>(
        &mut self,
        cpu: Cpu,
        aml: &mut E,
        os: &mut O,
    ) -> Result<(), EjectError> {
        let position = |processor: &driver::Processor| processor.cpu == Some(cpu);
        let index = self.driver.processors.iter().position(position);
        let index = index.ok_or(EjectError::NotEjectable)?;
        let node = self.driver.processors.get(index).map(|processor| processor.node);
        if !node.is_some_and(|node| aml.has(node, name::EJ0)) {
            return Err(EjectError::NotEjectable);
        }
        let mut firmware = Firmware { aml, os, queue: &mut self.queue };
        match self.driver.eject(index, event::OSPM_EJECT, &mut firmware)? {
            status::SUCCESS => Ok(()),
            status => Err(EjectError::Failed(status)),
        }
    }

    /// Whether ejects are carried out (the default) or answered with "not supported" (0x80).
    pub fn permit_ejects(&mut self, permitted: bool) {
        self.driver.ejects = permitted;
    }

    /// Brings a CPU up; see [`Registry::bring_up`].
    pub fn online<O: Os + ?Sized>(&mut self, cpu: Cpu, os: &mut O) -> Result<(), OnlineError> {
        self.driver.registry.bring_up(os, cpu)
    }

    /// Takes a CPU down; see [`Registry::take_down`]. It remains enabled.
    pub fn offline<O: Os + ?Sized>(&mut self, cpu: Cpu, os: &mut O) -> Result<(), OfflineError> {
        self.driver.registry.take_down(os, cpu)
    }

    /// Stops the other CPUs where they are, after a crash; see [`Registry::crash`].
    pub fn crash<O: Os + ?Sized>(&mut self, os: &mut O, here: Cpu) -> Result<(), Fault> {
        self.driver.registry.crash(os, here)
    }
}
