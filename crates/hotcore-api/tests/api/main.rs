//! The API as its clients meet it: a real machine whose guest is a script, a real socket, HTTP as
//! bytes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

mod again;
mod chaos;
mod create;
mod events;
mod hotplug;
mod http;
mod kata;
mod metrics;
mod operations;
mod support;
