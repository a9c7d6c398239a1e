//! The interpreter that is shipped.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};

use super::data::Data;
use super::error::{AmlError, Cause};
use super::evaluation::Evaluation;
use super::limits::Budget;
use super::namespace::{Id, Kind, Namespace, ROOT, Tree, Values, predefined};
use super::path::push_segment;
use super::table::{self, HEADER};
use super::{DeviceKind, Evaluator, NameSeg, Node, Surroundings, Value};

/// What does not change after loading.
#[derive(Debug)]
pub(super) struct Image {
    pub(super) tables: Vec<Vec<u8>>,
    pub(super) objects: Tree,
    /// 4 if the DSDT's revision is below 2.
    pub(super) integer_bytes: usize,
    /// Why tables were not loaded.
    dropped: Vec<AmlError>,
}

impl Image {
    /// What a table declares.
    fn load(
        &mut self,
        number: usize,
        values: &mut Values,
        budget: &mut Budget,
        surroundings: &mut dyn Surroundings,
    ) -> Result<Tree, AmlError> {
        let revision = table::check(&self.tables[number]).map_err(|cause| AmlError {
            cause,
            table: number,
            offset: 0,
            path: String::new(),
        })?;
        if number == 0 && revision < 2 {
            self.integer_bytes = 4;
        }
        Evaluation::new(self, values, surroundings).load(number, HEADER, budget)
    }
}

/// An AML interpreter.
///
/// Clones share tables and namespace and have their own values; two clones hash alike when all their
/// methods would do the same.
///
/// # Example
///
/// ```
/// # use hotcore_ospm::{Bus, Fault, Width, aml::{AmlError, Evaluator, Interpreter, NameSeg, Node, Surroundings, Value}};
/// # struct Nothing;
/// # impl Bus for Nothing {
/// #     fn read(&mut self, address: u64, _: Width) -> Result<u64, Fault> { Err(Fault { address }) }
/// #     fn write(&mut self, address: u64, _: Width, _: u64) -> Result<(), Fault> { Err(Fault { address }) }
/// # }
/// # impl Surroundings for Nothing {
/// #     fn notify(&mut self, _: Node, _: u64) {}
/// #     fn wait(&mut self, _: core::time::Duration) {}
/// # }
/// # fn main() -> Result<(), AmlError> {
/// // Method (TWIC, 1) { Return (Arg0 + Arg0) }
/// let code = [&[0x14, 11], b"TWIC".as_slice(), &[1, 0xa4, 0x72, 0x68, 0x68, 0]].concat();
/// let mut dsdt = [b"DSDT".as_slice(), &48u32.to_le_bytes(), &[2], &[0; 27], &code].concat();
/// dsdt[9] = dsdt.iter().fold(0u8, |sum, byte| sum.wrapping_sub(*byte));
///
/// let mut aml = Interpreter::new(&[&dsdt], &mut Nothing)?;
/// let root = aml.find("\\").expect("there always is one");
/// let twice = aml.evaluate(root, NameSeg(*b"TWIC"), &[Value::Integer(21)], &mut Nothing)?;
/// assert_eq!(twice, Some(Value::Integer(42)));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Interpreter {
    image: Arc<Image>,
    values: Values,
}

/// Clones are equal when all their methods would do the same.
impl PartialEq for Interpreter {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.image, &other.image) && self.values == other.values
    }
}

impl Eq for Interpreter {}

impl Hash for Interpreter {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.values.hash(state);
    }
}

impl Interpreter {
    /// Loads the DSDT and the SSDTs, whole tables in the order given. Code outside of methods is
    /// executed, so that it may access registers.
    ///
    /// Error: the DSDT. Another table that is bad is as if it were not there, but for what it has written
    /// to registers ([`Interpreter::dropped`]): ACPICA takes back its objects, too.
    pub fn new(tables: &[&[u8]], surroundings: &mut dyn Surroundings) -> Result<Self, AmlError> {
        let tables = tables.iter().map(|table| table.to_vec()).collect();
        let mut image =
            Image { tables, objects: predefined(), integer_bytes: 8, dropped: Vec::new() };
        let mut values = Values::default();
        let mut budget = Budget::default();
        for number in 0..image.tables.len() {
            let before = values.clone();
            match image.load(number, &mut values, &mut budget, surroundings) {
                Ok(declared) => image.objects.append(declared),
                Err(error) if number == 0 => return Err(error),
                Err(error) => {
                    values = before;
                    image.dropped.push(error);
                }
            }
        }
        Ok(Self { image: Arc::new(image), values })
    }

    /// What was wrong with each table that was not loaded.
    pub fn dropped(&self) -> &[AmlError] {
        &self.image.dropped
    }

    /// The object of this absolute path, such as `\_SB.CPUS`.
    pub fn find(&self, path: &str) -> Option<Node> {
        let mut at = ROOT;
        for segment in path.strip_prefix('\\')?.split('.').filter(|segment| !segment.is_empty()) {
            at = self.namespace().child(at, NameSeg::new(segment)?)?;
        }
        Some(Node(at))
    }

    fn namespace(&self) -> Namespace<'_> {
        static NOTHING: Tree = Tree::empty();
        Namespace { tables: &self.image.objects, methods: &NOTHING }
    }

    fn children(
        &self,
        parent: Id,
        devices: &mut Vec<(Node, DeviceKind)>,
        kinds: fn(&Kind) -> Option<DeviceKind>,
    ) {
        let first = devices.len();
        devices.extend(self.image.objects.children(parent).filter_map(|id| {
            let kind = &self.image.objects.get(id)?.kind;
            kinds(kind).map(|kind| (Node(id), kind))
        }));
        devices[first..].sort_unstable_by_key(|(node, _)| *node);
    }
}

fn device_kind(kind: &Kind) -> Option<DeviceKind> {
    match kind {
        Kind::Device => Some(DeviceKind::Device),
        _ => processor_kind(kind),
    }
}

fn processor_kind(kind: &Kind) -> Option<DeviceKind> {
    match kind {
        Kind::Processor(id) => Some(DeviceKind::Processor { id: *id }),
        _ => None,
    }
}

impl Evaluator for Interpreter {
    type Error = AmlError;

    fn devices(&self, parent: Option<Node>) -> Vec<(Node, DeviceKind)> {
        let mut devices = Vec::new();
        if let Some(Node(parent)) = parent {
            self.children(parent, &mut devices, device_kind);
            return devices;
        }
        for (scope, kinds) in [("\\_SB", device_kind as fn(&Kind) -> _), ("\\_PR", processor_kind)]
        {
            if let Some(Node(scope)) = self.find(scope) {
                self.children(scope, &mut devices, kinds);
            }
        }
        devices
    }

    fn path(&self, object: Node) -> String {
        self.namespace().path(object.0)
    }

    fn has(&self, device: Node, name: NameSeg) -> bool {
        self.namespace().child(device.0, name).is_some()
    }

    fn evaluate(
        &mut self,
        device: Node,
        name: NameSeg,
        arguments: &[Value],
        surroundings: &mut dyn Surroundings,
    ) -> Result<Option<Value>, AmlError> {
        let Some(object) = self.namespace().child(device.0, name) else {
            let path = self.path(device);
            let mut spelling = String::new();
            push_segment(&mut spelling, name);
            return Err(AmlError { cause: Cause::NotFound(spelling), table: 0, offset: 0, path });
        };
        let arguments: Vec<Data> = arguments.iter().map(from_value).collect();
        let mut evaluation = Evaluation::new(&self.image, &mut self.values, surroundings);
        let result = evaluation.evaluate(object, &arguments)?;
        Ok(result.map(into_value))
    }
}

fn from_value(value: &Value) -> Data {
    match value {
        Value::Uninitialized => Data::Uninitialized,
        Value::Integer(value) => Data::Integer(*value),
        Value::String(text) => {
            Data::String(text.chars().map(|letter| u8::try_from(letter).unwrap_or(b'?')).collect())
        }
        Value::Buffer(bytes) => Data::Buffer(bytes.clone()),
        Value::Package(elements) => Data::Package(elements.iter().map(from_value).collect()),
        Value::Object(node) => Data::Object(node.0),
    }
}

fn into_value(data: Data) -> Value {
    match data {
        // What names an object that was never declared holds nothing.
        Data::Uninitialized | Data::Pending(..) => Value::Uninitialized,
        Data::Integer(value) => Value::Integer(value),
        Data::String(text) => Value::String(text.into_iter().map(char::from).collect()),
        Data::Buffer(bytes) => Value::Buffer(bytes),
        Data::Package(elements) => Value::Package(elements.into_iter().map(into_value).collect()),
        Data::Object(id) => Value::Object(Node(id)),
    }
}
