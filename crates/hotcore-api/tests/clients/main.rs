//! Clients that others wrote, against a machine whose guest is a script: schemathesis, which makes requests of
//! the description and holds the answers to it; a client that is generated of it; curl.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

mod curl;
mod generated;
mod schemathesis;
#[path = "../api/support.rs"]
#[allow(dead_code, reason = "the other tests need more of it")]
mod support;
mod tcp;
