//! REST control of a machine over a Unix socket, in Cloud Hypervisor's dialect.
//!
//! [`Server`] serves one machine on a thread of its own, through its
//! [`Control`](hotcore_vmm::Control). [`Client`] talks to such a server. What goes over the wire is
//! in [`wire`], which both share.
//!
//! HTTP/1.1 with keep-alive; every path is below [`BASE`]:
//!
//! | method and path | body | answer |
//! |---|---|---|
//! | GET `vmm.ping` | | 200 [`wire::Ping`] |
//! | GET `vm.info` | | 200 [`wire::Info`] |
//! | PUT `vm.resize` | [`wire::Resize`] | 204; with `report` 200 [`wire::Begun`]; 400; 429 while the guest ejects a CPU that is wanted again |
//! | PUT `vm.add-cpu`, `vm.remove-cpu` | [`wire::OneCpu`] | [`wire::Operation`]: 200 at its end, 409 refused or cancelled, 504 timed out, 202 with `"wait": false`; 400, 409, 429 where it was not begun |
//! | GET `vm.operation?id=N[&wait_ms=M][&seen=STAGE]` | | 200 [`wire::Operation`], when it is past the stage or the time is over; 404 |
//! | PUT `vm.cancel-operation` | [`wire::Cancel`] | 204; 404 there is none; 409 the guest has seen it |
//! | PUT `vm.power-button`, `vm.reboot` | | 204 |
//! | PUT `vm.shutdown`, `vmm.shutdown` | | 204; both end the machine and its process |
//!
//! Errors that are not an operation's are a JSON array of strings, as Cloud Hypervisor's are.

mod client;
mod server;
pub mod wire;

pub use client::{Client, ClientError};
pub use server::{Server, ServerError};

/// What every path begins with.
pub const BASE: &str = "/api/v1/";
