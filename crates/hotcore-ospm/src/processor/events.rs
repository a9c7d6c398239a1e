//! The Generic Event Device, ACPI0013 (ACPI 6.5 §5.6.9; guest contract §1.10).

use alloc::vec::Vec;

use super::driver::Driver;
use super::firmware::{Firmware, name};
use crate::aml::{Evaluator, NameSeg, Node, Value};
use crate::{Fault, Os, Report};

/// As many interrupts of one device as are believed.
const MOST_INTERRUPTS: usize = 1024;

/// An interrupt of an event device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EventInterrupt {
    /// Global System Interrupt Vector: the INTID of the GIC.
    pub gsiv: u32,
    /// Edge-triggered; else by level.
    pub edge: bool,
}

/// An event device.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct EventDevice {
    node: Node,
    pub(super) interrupts: Vec<EventInterrupt>,
}

impl EventDevice {
    pub(super) fn find<E: Evaluator, O: Os + ?Sized>(
        node: Node,
        firmware: &mut Firmware<'_, E, O>,
    ) -> Result<Self, Fault> {
        let interrupts = match firmware.evaluate(node, name::CRS, &[])? {
            Some(Value::Buffer(resources)) => interrupts(&resources),
            _ => Vec::new(),
        };
        Ok(Self { node, interrupts })
    }
}

impl Driver {
    /// Evaluates the event methods behind an interrupt.
    pub(super) fn interrupt<E: Evaluator, O: Os + ?Sized>(
        &self,
        gsiv: u32,
        firmware: &mut Firmware<'_, E, O>,
    ) -> Result<(), Fault> {
        for device in &self.event_devices {
            let own = device.interrupts.iter().find(|interrupt| interrupt.gsiv == gsiv);
            if let Some(&interrupt) = own {
                event(device.node, interrupt, firmware)?;
            }
        }
        Ok(())
    }
}

/// `_Exx` or `_Lxx` for an interrupt below 256 that has one, otherwise `_EVT` with the interrupt.
fn event<E: Evaluator, O: Os + ?Sized>(
    device: Node,
    interrupt: EventInterrupt,
    firmware: &mut Firmware<'_, E, O>,
) -> Result<(), Fault> {
    if let Some(name) = own_method(interrupt)
        && firmware.aml.has(device, name)
    {
        firmware.evaluate(device, name, &[])?;
        return Ok(());
    }
    if !firmware.aml.has(device, name::EVT) {
        let path = firmware.aml.path(device);
        firmware.os.report(Report::NoEventMethod { path });
        return Ok(());
    }
    firmware.order(device, name::EVT, interrupt.gsiv.into())?;
    Ok(())
}

fn own_method(interrupt: EventInterrupt) -> Option<NameSeg> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let low = u8::try_from(interrupt.gsiv).ok()?;
    let kind = if interrupt.edge { b'E' } else { b'L' };
    let digit = |nibble: u8| DIGITS.get(usize::from(nibble)).copied();
    Some(NameSeg([b'_', kind, digit(low >> 4)?, digit(low & 0xf)?]))
}

/// The Extended Interrupt Descriptors (ACPI 6.5 §6.4.3.6) of a resource template.
fn interrupts(resources: &[u8]) -> Vec<EventInterrupt> {
    const EXTENDED_INTERRUPT: u8 = 0x89;
    const END_TAG: u8 = 0x79;
    let mut found = Vec::new();
    let mut rest = resources;
    while let Some((&tag, after)) = rest.split_first() {
        let (header, length) = match after {
            _ if tag == END_TAG => break,
            &[low, high, ..] if tag & 0x80 != 0 => {
                (2, usize::from(u16::from_le_bytes([low, high])))
            }
            _ => (0, usize::from(tag & 7)),
        };
        let Some(body) = after.get(header..header + length) else { break };
        if tag == EXTENDED_INTERRUPT
            && let [flags, count, list @ ..] = body
        {
            let (list, _) = list.as_chunks();
            let listed = list.iter().take(usize::from(*count)).map(|&gsiv| EventInterrupt {
                gsiv: u32::from_le_bytes(gsiv),
                edge: flags & 1 << 1 != 0,
            });
            found.extend(listed);
        }
        rest = after.get(header + length..).unwrap_or(&[]);
    }
    found.truncate(MOST_INTERRUPTS);
    found
}
