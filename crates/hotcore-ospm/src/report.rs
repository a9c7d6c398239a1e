//! What a person should know of: broken firmware, and what the OS half made of it.

use alloc::string::String;

use crate::aml::{NameSeg, Node};
use crate::{Cpu, Mpidr, PsciError};

/// Something that a person should know of. Its text is its `Display`; where Linux has a message for it, the
/// words are Linux's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Report {
    /// A table that is not what it says; it is ignored.
    #[error("ignoring table {} at {address:#x}: {error}", signature.escape_ascii())]
    Table {
        /// Its signature, zeros if it could not be read.
        signature: [u8; 4],
        /// Where it is.
        address: u64,
        /// What is wrong.
        error: crate::tables::TableError,
    },
    /// A structure of the MADT is shorter than its type or reaches beyond the table; it is ignored.
    #[error(
        "MADT: ignoring the structure of type {kind} at offset {offset}: its length is {length}"
    )]
    MadtEntry {
        /// Its type.
        kind: u8,
        /// Where it begins in the table.
        offset: usize,
        /// What it says of its length. 0 and 1 end the search.
        length: u8,
    },
    /// More such structures of the MADT than are reported one by one.
    #[error("MADT: ignoring {0} more structures")]
    MoreMadtEntries(usize),
    /// A GICC whose MPIDR has bits outside of its affinity fields.
    #[error("skipping CPU entry with invalid MPIDR {0:#x}")]
    InvalidMpidr(u64),
    /// Two GICCs, or nodes of the device tree, have this MPIDR; the second is ignored.
    #[error("duplicate CPU MPIDR {0} in MADT")]
    DuplicateMpidr(Mpidr),
    /// The tables do not describe the CPU that boots: no other is possible.
    #[error("missing boot CPU MPIDR, not enabling secondaries")]
    MissingBootCpu,
    /// There are more CPUs than the OS has room for.
    #[error("{0} CPUs are beyond the limit of this OS and ignored")]
    TooManyCpus(usize),
    /// GICC structures alone describe redistributors, and not this CPU's while it is disabled.
    #[error("CPU {0}'s redistributor is inaccessible: this CPU can't be brought online")]
    RedistributorInaccessible(Cpu),
    /// The tables give no usable way to start a CPU: it is not present.
    #[error("CPU {cpu}: no way to start it: {why}")]
    NoEnableMethod {
        /// Which.
        cpu: Cpu,
        /// Why not.
        why: &'static str,
    },
    /// An object's method gave no usable value.
    #[error("{path}.{name}: {why}")]
    Method {
        /// The device.
        path: String,
        /// The method.
        name: NameSeg,
        /// The evaluator's words, or what was expected.
        why: String,
    },
    /// Several processor objects have this `_UID`: none of them is registered.
    #[error("{path}: failed to get unique processor _UID ({uid:#x})")]
    DuplicateUid {
        /// Of the object that was to be added.
        path: String,
        /// The `_UID`.
        uid: u64,
    },
    /// A processor object that no GICC of the MADT (nor `_MAT`) belongs to, or a `Processor`, which arm64
    /// knows nothing of.
    #[error("{path}: unable to map CPU to valid ID")]
    Unmapped {
        /// Of the object.
        path: String,
    },
    /// Two processor objects are about one CPU; the second is ignored.
    #[error("BIOS reported wrong ACPI id {uid} for the processor ({path})")]
    WrongUid {
        /// Of the second object.
        path: String,
        /// Its `_UID`.
        uid: u64,
    },
    /// A CPU of the tables that no device describes; like Linux's, it is never registered.
    #[error("CPU {cpu} (UID {uid}) is not described in the DSDT")]
    NotInDsdt {
        /// Which.
        cpu: Cpu,
        /// Its ACPI Processor UID.
        uid: u32,
    },
    /// A CPU became enabled.
    #[error("CPU{0} has been hot-added")]
    HotAdded(Cpu),
    /// The firmware says of a CPU in use that it is not enabled, without an eject.
    #[error("firmware bug: CPU {cpu} is in use, but its _STA is {status:#x}: not enabled")]
    InUseNotEnabled {
        /// Which.
        cpu: Cpu,
        /// `_STA`.
        status: u64,
    },
    /// The OS does not eject at present ([`Ospm::permit_ejects`](crate::Ospm::permit_ejects)).
    #[error("Eject disabled")]
    EjectDisabled,
    /// A CPU that was to be ejected could not be taken offline.
    #[error("Offline failed.")]
    OfflineFailed(Cpu),
    /// The device has no `_EJ0`.
    #[error("No _EJ0 support for device {path}")]
    NoEject {
        /// Of the device.
        path: String,
    },
    /// After `_EJ0`, `_STA` still says enabled.
    #[error("Eject incomplete - status {status:#x}")]
    EjectIncomplete {
        /// `_STA`.
        status: u64,
    },
    /// `_STA` lost its present bit: the CPU stays registered. Said once.
    #[error("Changing CPU present bit is not supported")]
    PresentBit,
    /// CPU_ON was answered with an error other than DENIED.
    #[error("psci: failed to boot CPU{cpu} ({error})")]
    CpuOnFailed {
        /// Which.
        cpu: Cpu,
        /// The answer.
        error: PsciError,
    },
    /// A CPU was started and has not arrived: it is stuck.
    #[error("CPU{0}: failed to come online")]
    NotArrived(Cpu),
    /// The firmware jumped without having taken the jump address.
    #[error("CPU{0}: the firmware has not cleared the jump address of its mailbox")]
    JumpAddressLeft(Cpu),
    /// A CPU was to be off, and AFFINITY_INFO says otherwise: it is stuck.
    #[error("CPU{cpu} may not have shut down cleanly (AFFINITY_INFO reports {answer})")]
    NotShutDown {
        /// Which.
        cpu: Cpu,
        /// What AFFINITY_INFO said last.
        answer: i32,
    },
    /// A CPU was to be back in the firmware, and the firmware does not say so: it is stuck.
    #[error("Failed to hand over CPU {0} to firmware")]
    NotHandedOver(Cpu),
    /// A GED's interrupt came, and the device has no method for it.
    #[error("{path}: cannot locate _EVT method")]
    NoEventMethod {
        /// Of the device.
        path: String,
    },
    /// More notifications than can be kept.
    #[error("the notification {value:#x} of object {device:?} is lost: too many are pending")]
    NotificationLost {
        /// The device.
        device: Node,
        /// The notification.
        value: u64,
    },
    /// A device tree's CPU node that is unusable.
    #[error("CPU {mpidr}: {why}")]
    DeviceTreeCpu {
        /// Which.
        mpidr: Mpidr,
        /// Why.
        why: &'static str,
    },
}
