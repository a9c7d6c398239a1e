//! Control of a machine over a Unix socket by QMP, QEMU's machine protocol.
//!
//! [`Server`] serves a [`Vmm`](hotcore_vmm::Vmm) on a thread of its own, to many clients at once. Each
//! client is a [`Session`]: greeted, negotiating for itself, with its own stream of events. The protocol
//! is that of QEMU 10.0 (docs/interop/qmp-spec), with its classes of errors and its texts where clients
//! match on them.
//!
//! Commands are in one table, which `query-commands` and `query-qmp-schema` tell. What they do is
//! [`Command`](hotcore_vmm::Command)s, the same as behind every other door. This door's own are the
//! devices: a CPU that was added has the id that `device_add` gave it, until the guest has ejected it.
//!
//! ```text
//! -> {"execute": "device_add", "arguments": {"driver": "host-arm-cpu", "id": "cpu1", "core-id": 1}}
//! <- {"return": {}}
//! <- {"event": "ACPI_DEVICE_OST", "data": {"info": {"device": "cpu1", "slot": "1", ...
//! -> {"execute": "device_del", "arguments": {"id": "cpu1"}}
//! <- {"return": {}}
//! <- {"event": "DEVICE_DELETED", "data": {"device": "cpu1", "path": "/machine/peripheral/cpu1"}, ...
//! ```
//!
//! A client that reads too slowly loses its oldest events, and is told how many by one event
//! `HOTCORE_EVENTS_LOST`; it never holds up the machine or another client.

mod arguments;
mod commands;
mod devices;
mod door;
mod error;
mod events;
mod framing;
mod request;
mod schema;
mod server;
mod session;

pub use framing::REQUEST_LIMIT;
pub use server::{Server, ServerError};
pub use session::{Call, Session, Turn};
