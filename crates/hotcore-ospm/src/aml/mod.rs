//! AML as the processor driver needs it: which devices there are, and what their methods answer.
//!
//! An OS with an interpreter of its own implements [`Evaluator`] with it. [`Interpreter`] is shipped for
//! those that have none. It was written because a processor driver lives on `Notify`, which the
//! interpreter of the crate `acpi` answers by ending the method with an error, and because tables may be
//! hostile: here every evaluation is bounded in steps, depth, memory and time waited.

mod data;
mod error;
mod evaluation;
mod interpreter;
mod limits;
mod namespace;
mod opcode;
mod path;
mod table;
mod value;

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::Bus;
pub use error::{AmlError, Cause};
pub use interpreter::Interpreter;
pub use value::{NameSeg, Value};

/// An object of the namespace; valid for as long as the evaluator that gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(pub u32);

/// What kind of object has children that a driver may be interested in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// `Device`.
    Device,
    /// `Processor`, which ACPI 6.0 deprecated; its ProcID.
    Processor {
        /// ProcID.
        id: u8,
    },
}

/// What methods act on while they are evaluated.
pub trait Surroundings: Bus {
    /// A method notifies a device. What follows is the OS's business, after the method has ended.
    fn notify(&mut self, device: Node, value: u64);
    /// `Sleep` and `Stall`.
    fn wait(&mut self, time: Duration);
}

/// An AML interpreter.
pub trait Evaluator {
    /// Why a method gave no value.
    type Error: core::error::Error;

    /// The devices and processors directly below `parent` (`None`: below `\_SB`, and `Processor` objects
    /// of `\_PR`), in the order of their declaration.
    fn devices(&self, parent: Option<Node>) -> Vec<(Node, DeviceKind)>;

    /// The full path of an object, such as `\_SB.CPUS.C001`.
    fn path(&self, object: Node) -> String;

    /// Whether `device` has an object of this name.
    fn has(&self, device: Node, name: NameSeg) -> bool;

    /// The value of the object `name` of `device`: what a method returns (`None`: nothing), or the object
    /// itself.
    fn evaluate(
        &mut self,
        device: Node,
        name: NameSeg,
        arguments: &[Value],
        surroundings: &mut dyn Surroundings,
    ) -> Result<Option<Value>, Self::Error>;
}
