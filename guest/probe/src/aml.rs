//! The AML evaluator that `hotcore-ospm` ships, with its calls told on the console.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use hotcore_ospm::aml::{
    AmlError, DeviceKind, Evaluator, Interpreter, NameSeg, Node, Surroundings, Value,
};
use hotcore_ospm::tables::{Sdt, Tables};
use hotcore_ospm::{Bus, Fault, Os, Width};

use crate::console::say;
use crate::host::Host;

const EJ0: NameSeg = NameSeg(*b"_EJ0");
const OST: NameSeg = NameSeg(*b"_OST");
const STA: NameSeg = NameSeg(*b"_STA");
const UID: NameSeg = NameSeg(*b"_UID");
const HID: NameSeg = NameSeg(*b"_HID");

/// How deep containers may be.
const DEPTH_LIMIT: u32 = 16;

/// The evaluator.
pub(crate) struct Told {
    inner: Interpreter,
    /// Whether calls are told.
    pub(crate) told: bool,
}

impl Told {
    /// Loads the definition blocks.
    pub(crate) fn load(tables: &Tables, host: &mut Host) -> Result<Self, AmlError> {
        let blocks: Vec<&[u8]> = tables.definition_blocks.iter().map(Sdt::bytes).collect();
        let inner = Interpreter::new(&blocks, &mut Quiet(host))?;
        for error in inner.dropped() {
            say!("report {error}");
        }
        Ok(Self { inner, told: false })
    }

    /// The path and `_STA` of the processor object with this `_UID`.
    pub(crate) fn status_of(&mut self, uid: u32, host: &mut Host) -> Option<(String, u64)> {
        let node = self.processor(None, uid, host, 0)?;
        let path = self.path(node);
        if !self.has(node, STA) {
            return Some((path, 0xf));
        }
        let status = self.evaluate(node, STA, &[], &mut Quiet(host)).ok()?;
        Some((path, integer(status.as_ref())?))
    }

    fn processor(
        &mut self,
        parent: Option<Node>,
        uid: u32,
        host: &mut Host,
        depth: u32,
    ) -> Option<Node> {
        if depth > DEPTH_LIMIT {
            return None;
        }
        for (node, _) in self.devices(parent) {
            let mut value = |name| self.evaluate(node, name, &[], &mut Quiet(host)).ok().flatten();
            let is_processor = value(HID) == Some(Value::String("ACPI0007".into()));
            if is_processor && value(UID) == Some(Value::Integer(uid.into())) {
                return Some(node);
            }
            if !is_processor && let Some(found) = self.processor(Some(node), uid, host, depth + 1) {
                return Some(found);
            }
        }
        None
    }
}

impl Evaluator for Told {
    type Error = AmlError;

    fn devices(&self, parent: Option<Node>) -> Vec<(Node, DeviceKind)> {
        self.inner.devices(parent)
    }

    fn path(&self, object: Node) -> String {
        self.inner.path(object)
    }

    fn has(&self, device: Node, name: NameSeg) -> bool {
        self.inner.has(device, name)
    }

    fn evaluate(
        &mut self,
        device: Node,
        name: NameSeg,
        arguments: &[Value],
        surroundings: &mut dyn Surroundings,
    ) -> Result<Option<Value>, AmlError> {
        let told = self.told && [EJ0, OST, STA].contains(&name);
        if told && name == OST {
            let [event, status] =
                [0, 1].map(|at: usize| integer(arguments.get(at)).unwrap_or(u64::MAX));
            say!("ost={} event={event:#x} status={status:#x}", self.path(device));
        } else if told && name == EJ0 {
            say!("ej0={}", self.path(device));
        }
        let result = self.inner.evaluate(device, name, arguments, surroundings);
        if told
            && name == STA
            && let Ok(Some(Value::Integer(status))) = &result
        {
            say!("sta={} value={status:#x}", self.path(device));
        }
        result
    }
}

fn integer(value: Option<&Value>) -> Option<u64> {
    match value {
        Some(Value::Integer(integer)) => Some(*integer),
        _ => None,
    }
}

/// Methods that are evaluated for a person: what they notify is nobody's.
struct Quiet<'a>(&'a mut Host);

impl Bus for Quiet<'_> {
    fn read(&mut self, address: u64, width: Width) -> Result<u64, Fault> {
        self.0.read(address, width)
    }

    fn write(&mut self, address: u64, width: Width, value: u64) -> Result<(), Fault> {
        self.0.write(address, width, value)
    }
}

impl Surroundings for Quiet<'_> {
    fn notify(&mut self, _device: Node, _value: u64) {}

    fn wait(&mut self, time: Duration) {
        // A fault ends the method at its next access.
        let _ = self.0.wait(time);
    }
}
