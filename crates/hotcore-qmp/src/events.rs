//! The events that clients are sent: their table, and what of the machine's events becomes which.

use std::time::{SystemTime, UNIX_EPOCH};

use hotcore_vmm::{ResetBy, Stop};
use serde_json::{Value, json};

use crate::schema::{EMPTY, Enum, Object, Type, object, optional, required};

/// An event, for `query-events` and the schema.
pub(crate) struct EventType {
    pub(crate) name: &'static str,
    pub(crate) data: &'static Object,
}

/// Every event that is ever sent.
pub(crate) static EVENTS: &[EventType] = &[
    EventType { name: OST, data: &OST_DATA },
    EventType { name: DELETED, data: &DEVICE },
    EventType { name: UNPLUG_ERROR, data: &DEVICE },
    EventType { name: LOST, data: &LOST_DATA },
    EventType { name: POWERDOWN, data: &EMPTY },
    EventType { name: RESET, data: &CAUSE },
    EventType { name: RESUME, data: &EMPTY },
    EventType { name: SHUTDOWN, data: &CAUSE },
    EventType { name: STOP, data: &EMPTY },
];

pub(crate) const OST: &str = "ACPI_DEVICE_OST";
pub(crate) const DELETED: &str = "DEVICE_DELETED";
pub(crate) const UNPLUG_ERROR: &str = "DEVICE_UNPLUG_GUEST_ERROR";
/// Not QEMU's: the client was too slow, and so many events before this one were not sent to it.
const LOST: &str = "HOTCORE_EVENTS_LOST";
pub(crate) const POWERDOWN: &str = "POWERDOWN";
const RESET: &str = "RESET";
pub(crate) const RESUME: &str = "RESUME";
const SHUTDOWN: &str = "SHUTDOWN";
pub(crate) const STOP: &str = "STOP";

static OST_DATA: Object =
    object("ACPI_DEVICE_OST-arg", &[required("info", Type::Object(&OST_INFO))]);
/// QAPI's `ACPIOSTInfo`.
pub(crate) static OST_INFO: Object = object(
    "ACPIOSTInfo",
    &[
        optional("device", Type::Str),
        required("slot", Type::Str),
        required("slot-type", Type::Enum(&SLOT_TYPE)),
        required("source", Type::Int),
        required("status", Type::Int),
    ],
);
static SLOT_TYPE: Enum = Enum { name: "ACPISlotType", values: &["CPU"] };
static DEVICE: Object =
    object("DEVICE-arg", &[optional("device", Type::Str), required("path", Type::Str)]);
static LOST_DATA: Object = object("EVENTS_LOST-arg", &[required("count", Type::Int)]);
static CAUSE: Object = object(
    "SHUTDOWN-arg",
    &[required("guest", Type::Bool), required("reason", Type::Enum(&REASON))],
);
static REASON: Enum = Enum {
    name: "ShutdownCause",
    values: &[
        "host-error",
        "host-qmp-quit",
        "host-qmp-system-reset",
        "guest-shutdown",
        "guest-reset",
        "guest-panic",
    ],
};

/// An event, ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told {
    name: &'static str,
    data: Value,
    at: SystemTime,
}

impl Told {
    pub(crate) fn new(name: &'static str, data: Value, at: SystemTime) -> Self {
        Self { name, data, at }
    }

    /// Without data.
    pub(crate) fn bare(name: &'static str, at: SystemTime) -> Self {
        Self::new(name, Value::Null, at)
    }

    pub(crate) fn lost(count: u64) -> Self {
        Self::new(LOST, json!({"count": count}), SystemTime::now())
    }

    pub(crate) fn reset(by: ResetBy, at: SystemTime) -> Self {
        let data = match by {
            ResetBy::Guest => json!({"guest": true, "reason": "guest-reset"}),
            ResetBy::Host => json!({"guest": false, "reason": "host-qmp-system-reset"}),
        };
        Self::new(RESET, data, at)
    }

    pub(crate) fn shutdown(stop: &Stop, at: SystemTime) -> Self {
        let (guest, reason) = match stop {
            Stop::PoweredOff => (true, "guest-shutdown"),
            Stop::Reset => (true, "guest-reset"),
            Stop::Crashed { .. } => (true, "guest-panic"),
            Stop::ByHost => (false, "host-qmp-quit"),
            Stop::Failed { .. } => (false, "host-error"),
        };
        Self::new(SHUTDOWN, json!({"guest": guest, "reason": reason}), at)
    }

    /// The line that is sent.
    pub(crate) fn line(&self) -> String {
        let since = self.at.duration_since(UNIX_EPOCH).unwrap_or_default();
        let timestamp = json!({"seconds": since.as_secs(), "microseconds": since.subsec_micros()});
        let mut event = json!({"event": self.name, "timestamp": timestamp});
        if !self.data.is_null() {
            event["data"] = self.data.clone();
        }
        format!("{event}\r\n")
    }
}
