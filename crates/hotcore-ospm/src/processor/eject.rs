//! Ejects, in Linux's order of accesses (guest contract §2.4).

use super::driver::Driver;
use super::firmware::{Firmware, name};
use super::{event, status};
use crate::aml::{Evaluator, Node};
use crate::{Cpu, CpuRecord, EnableMethod, Fault, OfflineError, Os, Report, State, Transition};

impl Driver {
    /// Ejects a processor object for `source`, [`event::EJECT_REQUEST`] or [`event::OSPM_EJECT`], and tells
    /// the firmware what has become of it.
    pub(super) fn eject<E: Evaluator, O: Os + ?Sized>(
        &mut self,
        index: usize,
        source: u64,
        firmware: &mut Firmware<'_, E, O>,
    ) -> Result<u64, Fault> {
        let Some(processor) = self.processors.get(index) else { return Ok(status::FAILURE) };
        let (node, cpu) = (processor.node, processor.cpu);
        let status = if cpu.is_some() && !self.ejects {
            firmware.os.report(Report::EjectDisabled);
            status::NOT_SUPPORTED
        } else {
            // Linux names the firmware's event here even if the OS began.
            firmware.ost(node, event::EJECT_REQUEST, status::EJECT_IN_PROGRESS)?;
            self.remove(index, node, cpu, firmware)?
        };
        firmware.ost(node, source, status)?;
        Ok(status)
    }

    /// Linux's `acpi_scan_hot_remove`.
    fn remove<E: Evaluator, O: Os + ?Sized>(
        &mut self,
        index: usize,
        node: Node,
        cpu: Option<Cpu>,
        firmware: &mut Firmware<'_, E, O>,
    ) -> Result<u64, Fault> {
        if let Some(cpu) = cpu
            && !self.offline(cpu, firmware.os)?
        {
            firmware.os.report(Report::OfflineFailed(cpu));
            return Ok(status::BUSY);
        }
        if firmware.aml.has(node, name::LCK) {
            firmware.order(node, name::LCK, 0)?;
        }
        if !firmware.aml.has(node, name::EJ0) {
            let path = firmware.aml.path(node);
            firmware.os.report(Report::NoEject { path });
            return Ok(status::FAILURE);
        }
        if !firmware.order(node, name::EJ0, 1)? {
            return Ok(status::FAILURE);
        }
        match firmware.try_status(node)? {
            Some(after) if after.enabled_bit() => {
                firmware.os.report(Report::EjectIncomplete { status: after.0 });
            }
            Some(_) => self.unregister(index, node, firmware)?,
            None => {}
        }
        Ok(status::SUCCESS)
    }

    /// Whether the CPU is offline now. A CPU that left by a mailbox and is stuck still executes what is the
    /// OS's: the firmware must not take it. One that PSCI has not got, the firmware itself refuses.
    fn offline<O: Os + ?Sized>(&mut self, cpu: Cpu, os: &mut O) -> Result<bool, Fault> {
        let stuck_in_mailbox = |record: &CpuRecord| {
            record.state() == State::Stuck
                && matches!(record.method, Some(EnableMethod::Mailbox(_)))
        };
        if self.registry.get(cpu).is_some_and(stuck_in_mailbox) {
            return Ok(false);
        }
        match self.registry.take_down(os, cpu) {
            Ok(()) | Err(OfflineError::NotOnline) => Ok(true),
            Err(OfflineError::Fault(fault)) => Err(fault),
            Err(_) => Ok(false),
        }
    }

    /// Linux's `arch_unregister_cpu`: the CPU has to be present still.
    fn unregister<E: Evaluator, O: Os + ?Sized>(
        &mut self,
        index: usize,
        node: Node,
        firmware: &mut Firmware<'_, E, O>,
    ) -> Result<(), Fault> {
        let Some(processor) = self.processors.get_mut(index) else { return Ok(()) };
        let Some(cpu) = processor.cpu else { return Ok(()) };
        let Some(after) = firmware.try_status(node)? else { return Ok(()) };
        if !after.present() {
            if !core::mem::replace(&mut self.present_bit_reported, true) {
                firmware.os.report(Report::PresentBit);
            }
            return Ok(());
        }
        processor.cpu = None;
        if self.registry.set_enabled(cpu, false) {
            firmware.os.transition(cpu, Transition::Remove);
        }
        Ok(())
    }
}
