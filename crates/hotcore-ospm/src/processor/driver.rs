//! Processor objects and the CPUs that they stand for: adding, checking (guest contract §2.2, §2.3).

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::events::EventDevice;
use super::firmware::{Firmware, Status, name};
use crate::aml::{Evaluator, Node, Value};
use crate::tables::{Gicc, Stao};
use crate::{Cpu, CpuRecord, Fault, Mpidr, Os, Registry, Report, Transition};

/// A processor object of the namespace.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Processor {
    pub(super) node: Node,
    /// The device that it is in.
    pub(super) parent: Option<Node>,
    /// `_UID`, or ProcID; `None`: it gave none.
    pub(super) uid: Option<u64>,
    /// A `Device`; a `Processor` belongs to no GICC.
    pub(super) device: bool,
    /// Another object has the same UID.
    pub(super) duplicate: bool,
    /// The CPU that it has registered.
    pub(super) cpu: Option<Cpu>,
}

/// The ACPI processor driver.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Driver {
    pub(super) registry: Registry,
    pub(super) stao: Option<Stao>,
    pub(super) processors: Vec<Processor>,
    /// What processor objects are in, at any depth, and what that is in.
    pub(super) containers: BTreeMap<Node, Option<Node>>,
    pub(super) event_devices: Vec<EventDevice>,
    /// All of these have been found.
    pub(super) walked: bool,
    pub(super) ejects: bool,
    pub(super) present_bit_reported: bool,
}

impl Driver {
    pub(super) fn find(&self, node: Node) -> Option<usize> {
        self.processors.iter().position(|processor| processor.node == node)
    }

    /// Registers the CPU of a processor object that is enabled and has none, and complains of one that is in
    /// use without being enabled. Below a device that is not there is nothing, whatever it says of itself.
    pub(super) fn check<E: Evaluator, O: Os + ?Sized>(
        &mut self,
        index: usize,
        firmware: &mut Firmware<'_, E, O>,
    ) -> Result<(), Fault> {
        let Some(processor) = self.processors.get(index) else { return Ok(()) };
        let (node, parent, registered) = (processor.node, processor.parent, processor.cpu);
        let status = firmware.status(node)?;
        match registered {
            None if !self.there(parent, firmware)? => Ok(()),
            None if status.enabled() => self.add(index, firmware),
            None => self.complain_if_online(index, status, firmware),
            Some(_) if status.enabled() => Ok(()),
            Some(cpu) => {
                firmware.os.report(Report::InUseNotEnabled { cpu, status: status.0 });
                Ok(())
            }
        }
    }

    /// Whether a container is there, and all that it is in.
    fn there<E: Evaluator, O: Os + ?Sized>(
        &self,
        mut container: Option<Node>,
        firmware: &mut Firmware<'_, E, O>,
    ) -> Result<bool, Fault> {
        while let Some(node) = container {
            if !firmware.status(node)?.enumerable() {
                return Ok(false);
            }
            container = self.containers.get(&node).copied().flatten();
        }
        Ok(true)
    }

    /// Linux's `acpi_processor_add`. What fails is reported, and otherwise forgotten: nobody asks.
    fn add<E: Evaluator, O: Os + ?Sized>(
        &mut self,
        index: usize,
        firmware: &mut Firmware<'_, E, O>,
    ) -> Result<(), Fault> {
        let Some(processor) = self.processors.get(index).cloned() else { return Ok(()) };
        let path = firmware.aml.path(processor.node);
        let Some(uid) = processor.uid else { return Ok(()) };
        if processor.duplicate {
            firmware.os.report(Report::DuplicateUid { path, uid });
            return Ok(());
        }
        let Some(cpu) = self.cpu_of(&processor, uid, firmware)? else {
            firmware.os.report(Report::Unmapped { path });
            return Ok(());
        };
        if self.registry.get(cpu).is_some_and(CpuRecord::enabled) {
            firmware.os.report(Report::WrongUid { path, uid });
            return Ok(());
        }
        if !self.registry.set_enabled(cpu, true) {
            return Ok(());
        }
        if let Some(processor) = self.processors.get_mut(index) {
            processor.cpu = Some(cpu);
        }
        firmware.os.report(Report::HotAdded(cpu));
        firmware.os.transition(cpu, Transition::Add);
        Ok(())
    }

    /// The CPU with the MPIDR of `_MAT`, or else of the MADT.
    fn cpu_of<E: Evaluator, O: Os + ?Sized>(
        &self,
        processor: &Processor,
        uid: u64,
        firmware: &mut Firmware<'_, E, O>,
    ) -> Result<Option<Cpu>, Fault> {
        if !processor.device {
            return Ok(None);
        }
        if firmware.aml.has(processor.node, name::MAT)
            && let Some(Value::Buffer(entry)) = firmware.evaluate(processor.node, name::MAT, &[])?
        {
            let gicc = Gicc::parse(&entry).filter(Gicc::usable);
            let own = gicc.filter(|gicc| u64::from(gicc.uid) == uid);
            if let Some(mpidr) = own.and_then(|gicc| Mpidr::new(gicc.mpidr)) {
                return Ok(self.registry.by_mpidr(mpidr));
            }
        }
        Ok(self.registry.by_uid(uid))
    }

    fn complain_if_online<E: Evaluator, O: Os + ?Sized>(
        &self,
        index: usize,
        status: Status,
        firmware: &mut Firmware<'_, E, O>,
    ) -> Result<(), Fault> {
        let Some(processor) = self.processors.get(index) else { return Ok(()) };
        let Some(uid) = processor.uid.filter(|_| !processor.duplicate) else { return Ok(()) };
        let Some(cpu) = self.cpu_of(processor, uid, firmware)? else { return Ok(()) };
        if self.registry.get(cpu).is_some_and(CpuRecord::online) {
            firmware.os.report(Report::InUseNotEnabled { cpu, status: status.0 });
        }
        Ok(())
    }
}
