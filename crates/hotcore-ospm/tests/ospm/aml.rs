//! A scripted evaluator: devices with fixed methods and changeable `_STA`.

use std::collections::BTreeMap;

use hotcore_ospm::Width;
use hotcore_ospm::aml::{DeviceKind, Evaluator, NameSeg, Node, Surroundings, Value};

use crate::os::{Event, Log};

/// A device of the script.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    pub(crate) path: String,
    pub(crate) parent: Option<Node>,
    pub(crate) kind: DeviceKind,
    /// `_STA`; `None`: it has none.
    pub(crate) status: Option<u64>,
    /// What `_STA` becomes by `_EJ0`; `None`: it has no `_EJ0`.
    pub(crate) ejected: Option<u64>,
    /// Whether it has `_OST`.
    pub(crate) ost: bool,
    pub(crate) values: BTreeMap<NameSeg, Value>,
    /// What `_EVT` notifies.
    pub(crate) event: Vec<(Node, u64)>,
    /// Whether it reads a register first.
    pub(crate) event_reads: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Script {
    pub(crate) log: Log,
    pub(crate) devices: Vec<Device>,
}

#[derive(Debug)]
pub(crate) struct NoSuch;

impl std::fmt::Display for NoSuch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no such object")
    }
}

impl std::error::Error for NoSuch {}

pub(crate) fn string(text: &str) -> Value {
    Value::String(text.to_owned())
}

impl Script {
    pub(crate) fn new(log: &Log) -> Self {
        Self { log: log.clone(), devices: Vec::new() }
    }

    pub(crate) fn device(&mut self, path: &str, parent: Option<Node>, hid: &str) -> Node {
        self.devices.push(Device {
            path: path.to_owned(),
            parent,
            kind: DeviceKind::Device,
            status: None,
            ejected: None,
            ost: false,
            values: BTreeMap::from([(NameSeg(*b"_HID"), string(hid))]),
            event: Vec::new(),
            event_reads: false,
        });
        Node(self.devices.len() as u32 - 1)
    }

    /// A processor object as Hotcore's DSDT has it.
    pub(crate) fn processor(&mut self, parent: Option<Node>, uid: u64, status: u64) -> Node {
        let node = self.device(&format!("\\_SB.CPUS.C{uid:03X}"), parent, "ACPI0007");
        let device = self.get(node);
        device.values.insert(NameSeg(*b"_UID"), Value::Integer(uid));
        device.status = Some(status);
        device.ejected = Some(0xd);
        device.ost = true;
        node
    }

    pub(crate) fn get(&mut self, node: Node) -> &mut Device {
        &mut self.devices[node.0 as usize]
    }

    fn at(&self, node: Node) -> &Device {
        &self.devices[node.0 as usize]
    }
}

impl Evaluator for Script {
    type Error = NoSuch;

    fn devices(&self, parent: Option<Node>) -> Vec<(Node, DeviceKind)> {
        let all = (0u32..).map(Node).zip(&self.devices);
        let below = all.filter(|(_, device)| device.parent == parent);
        below.map(|(node, device)| (node, device.kind)).collect()
    }

    fn path(&self, object: Node) -> String {
        self.at(object).path.clone()
    }

    fn has(&self, device: Node, name: NameSeg) -> bool {
        let device = self.at(device);
        match &name.0 {
            b"_STA" => device.status.is_some(),
            b"_EJ0" => device.ejected.is_some(),
            b"_OST" => device.ost,
            b"_EVT" => !device.event.is_empty(),
            _ => device.values.contains_key(&name),
        }
    }

    fn evaluate(
        &mut self,
        device: Node,
        name: NameSeg,
        arguments: &[Value],
        surroundings: &mut dyn Surroundings,
    ) -> Result<Option<Value>, NoSuch> {
        if !self.has(device, name) {
            return Err(NoSuch);
        }
        let log = self.log.clone();
        let integers = arguments.iter().filter_map(|argument| match argument {
            Value::Integer(value) => Some(*value),
            _ => None,
        });
        let device = self.get(device);
        if !matches!(&name.0, b"_HID" | b"_CID" | b"_UID" | b"_CRS") {
            let call = Event::Method(format!("{}.{name}", device.path), integers.collect());
            log.borrow_mut().push(call);
        }
        Ok(match &name.0 {
            b"_STA" => device.status.map(Value::Integer),
            b"_EJ0" => {
                device.status = device.ejected;
                None
            }
            b"_EVT" => {
                if device.event_reads && surroundings.read(0, Width::Byte).is_err() {
                    return Err(NoSuch);
                }
                device.event.iter().for_each(|&(node, value)| surroundings.notify(node, value));
                None
            }
            _ => device.values.get(&name).cloned(),
        })
    }
}
