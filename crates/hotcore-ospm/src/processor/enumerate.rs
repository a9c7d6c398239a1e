//! The first look at the namespace: which processor objects and event devices there are.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::driver::{Driver, Processor};
use super::events::EventDevice;
use super::firmware::{Firmware, name};
use crate::aml::{DeviceKind, Evaluator, Node};
use crate::{Fault, Os, Report};

const PROCESSOR: &str = "ACPI0007";
const GENERIC_EVENT_DEVICE: &str = "ACPI0013";

impl Driver {
    /// Finds everything and registers the CPUs that are enabled.
    pub(super) fn enumerate<E: Evaluator, O: Os + ?Sized>(
        &mut self,
        firmware: &mut Firmware<'_, E, O>,
    ) -> Result<(), Fault> {
        if !self.walked {
            self.processors.clear();
            self.event_devices.clear();
            self.walk(firmware)?;
            self.walked = true;
        }
        self.check_all(firmware)
    }

    /// A bus check of everything.
    pub(super) fn check_all<E: Evaluator, O: Os + ?Sized>(
        &mut self,
        firmware: &mut Firmware<'_, E, O>,
    ) -> Result<(), Fault> {
        (0..self.processors.len()).try_for_each(|index| self.check(index, firmware))
    }

    /// Walks the namespace in the order of declaration. A processor object below a device that is not there
    /// is remembered, because it may appear. An event device that is not there is none: its `_CRS` means
    /// nothing.
    fn walk<E: Evaluator, O: Os + ?Sized>(
        &mut self,
        firmware: &mut Firmware<'_, E, O>,
    ) -> Result<(), Fault> {
        let mut path: Vec<Level> = Vec::from([Level::new(None, true, firmware)]);
        let mut uids: BTreeMap<u64, u32> = BTreeMap::new();
        while let Some(level) = path.last_mut() {
            let Some((node, kind)) = level.devices.next() else {
                path.pop();
                continue;
            };
            if self.ignored(node, firmware) {
                continue;
            }
            let there = level.there && firmware.status(node)?.enumerable();
            let parent = level.node;
            if let Some(processor) = processor(node, parent, kind, firmware)? {
                if let Some(uid) = processor.uid.filter(|_| there) {
                    *uids.entry(uid).or_default() += 1;
                }
                let containers = path.iter().filter_map(|level| level.node);
                let around = path.iter().map(|level| level.node);
                self.containers.extend(containers.zip(around));
                self.processors.push(processor);
            } else if there && firmware.is(node, GENERIC_EVENT_DEVICE)? {
                self.event_devices.push(EventDevice::find(node, firmware)?);
            }
            path.push(Level::new(Some(node), there, firmware));
        }
        self.settle(&uids);
        self.compare(firmware.os);
        Ok(())
    }

    /// STAO's names, with everything below them.
    fn ignored<E: Evaluator, O: Os + ?Sized>(
        &self,
        node: Node,
        firmware: &Firmware<'_, E, O>,
    ) -> bool {
        self.stao.as_ref().is_some_and(|stao| stao.ignores(&firmware.aml.path(node)))
    }

    /// Drops STAO's processors and marks those whose UID is not their own.
    fn settle(&mut self, uids: &BTreeMap<u64, u32>) {
        let stao = self.stao.as_ref();
        self.processors.retain(|processor| {
            let ignores = |uid| stao.is_some_and(|stao| stao.ignores_processor(uid));
            !processor.uid.is_some_and(ignores)
        });
        for processor in &mut self.processors {
            let uid = processor.uid.and_then(|uid| uids.get(&uid));
            processor.duplicate = uid.is_some_and(|&count| count > 1);
        }
    }

    /// Tells of CPUs that the MADT has and the DSDT has not.
    fn compare<O: Os + ?Sized>(&self, os: &mut O) {
        let described: BTreeSet<u64> =
            self.processors.iter().filter_map(|processor| processor.uid).collect();
        for (cpu, record) in self.registry.iter() {
            if let Some(uid) = record.uid.filter(|&uid| !described.contains(&uid.into())) {
                os.report(Report::NotInDsdt { cpu, uid });
            }
        }
    }
}

/// Where the walk is, below one device.
struct Level {
    node: Option<Node>,
    there: bool,
    devices: alloc::vec::IntoIter<(Node, DeviceKind)>,
}

impl Level {
    fn new<E: Evaluator, O: ?Sized>(
        node: Option<Node>,
        there: bool,
        firmware: &Firmware<'_, E, O>,
    ) -> Self {
        Self { node, there, devices: firmware.aml.devices(node).into_iter() }
    }
}

fn processor<E: Evaluator, O: Os + ?Sized>(
    node: Node,
    parent: Option<Node>,
    kind: DeviceKind,
    firmware: &mut Firmware<'_, E, O>,
) -> Result<Option<Processor>, Fault> {
    let (uid, device) = match kind {
        DeviceKind::Processor { id } => (Some(u64::from(id)), false),
        DeviceKind::Device if firmware.is(node, PROCESSOR)? => {
            (firmware.integer(node, name::UID)?, true)
        }
        DeviceKind::Device => return Ok(None),
    };
    Ok(Some(Processor { node, parent, uid, device, duplicate: false, cpu: None }))
}
