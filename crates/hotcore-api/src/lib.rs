//! REST control of a VMM over a Unix socket, in Cloud Hypervisor's dialect.
//!
//! [`Server`] serves one [`Vmm`](hotcore_vmm::Vmm), with a machine or without, on a thread of its own.
//! [`Client`] talks to such a server. What goes over the wire is
//! in [`wire`], which both share.
//!
//! HTTP/1.1 with keep-alive; every path is below [`BASE`]:
//!
//! | method and path | body | answer |
//! |---|---|---|
//! | GET `vmm.ping` | | 200 [`wire::Ping`] |
//! | PUT `vm.create` | [`wire::VmConfig`] | 204; 400 names the field; 501 names what Hotcore has not |
//! | PUT `vm.boot`, `vm.pause`, `vm.resume`, `vm.reboot`, `vm.power-button`, `vm.shutdown`, `vm.delete` | | 204; 404 without a machine; 405 in another state |
//! | PUT `vmm.shutdown` | | 204; ends the machine and its process |
//! | GET `vm.info` | | 200 [`wire::Info`] |
//! | GET `vm.counters` | | 200 [`wire::Counters`] |
//! | PUT `vm.resize` | [`wire::Resize`] | 204; with `report` 200 [`wire::Begun`]; 400; 429 while the guest ejects a CPU that is wanted again |
//! | PUT `vm.add-cpu`, `vm.remove-cpu` | [`wire::OneCpu`] | [`wire::Operation`]: 200 at its end, 409 refused or cancelled, 504 timed out, 202 with `"wait": false`; 400, 409, 429 where it was not begun |
//! | GET `vm.operations` | | 200 [`wire::Operations`] |
//! | GET `vm.operations/N` | | 200 [`wire::Operation`] |
//! | GET `vm.operation?id=N[&wait_ms=M][&seen=STAGE]` | | 200 [`wire::Operation`], when it is past the stage or the time is over; 404 |
//! | DELETE `vm.operations/N`, PUT `vm.cancel-operation` | none; [`wire::Cancel`] | 204; 404 there is none; 409 the guest has seen it |
//! | GET `vm.events[?after=N]` | | 200 Server-Sent Events, each a [`wire::Event`] |
//! | GET `metrics`, also at `/metrics` | | 200 in Prometheus's text format |
//! | GET `openapi.yaml` | | 200 all of this for tools |
//!
//! What else the dialect has answers 501, and says what Hotcore has not.
//!
//! Errors that are not an operation's are a JSON array of strings, as Cloud Hypervisor's are.

mod client;
mod server;
pub mod wire;

pub use client::{Client, ClientError};
#[doc(hidden)]
pub use server::refusal;
pub use server::{Server, ServerError};

/// What every path begins with.
pub const BASE: &str = "/api/v1/";
