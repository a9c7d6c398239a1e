//! Why an instruction did not simply complete.

use crate::exception::Exception;
use crate::memory::DeviceAccess;

/// An instruction did not simply complete; [`crate::Cpu`] holds the [`Trap`] that tells why.
/// Without a payload of its own a step's result fits in a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) struct Trapped;

/// How a step ends: `Ok` when the instruction completed and the next one follows.
pub(crate) type Done = Result<(), Trapped>;

/// What happened instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trap {
    /// Nothing: no step has trapped yet.
    None,
    /// A synchronous exception; the instruction had no effect (or, for SVC, only this one).
    Exception(Exception),
    /// An access outside RAM, which the machine answers; the instruction is then repeated.
    Device(DeviceAccess),
    /// HVC or SMC: the instruction completed, the machine is called.
    Call,
    /// WFI: the instruction completed, the PE waits for an interrupt.
    WaitForInterrupt,
    /// WFE: the instruction completed, the PE waits for an event.
    WaitForEvent,
    /// IC IALLU: the instruction completed, the PE forgets what it has decoded.
    ForgetCode,
    /// The instruction completed and set the PC; the next may need another way to execute.
    Leave,
    /// The instruction had no effect yet: it is about to write to a page of code, perhaps to its
    /// own block, and has to be repeated outside of any block.
    CodeWrite,
}
