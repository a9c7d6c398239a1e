//! QMP on a machine with a scripted guest, through a real socket.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is a test's report"
)]

mod clients;
mod dialogues;
mod hostile;
mod human;
mod life;
mod real;
mod removal;
mod schema;
mod support;
