//! The gdb server against a guest on the software engine: by hand, by chance, and by a real gdb.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a test's report")]

mod debugging;
mod guest;
mod hostile;
mod leaving;
mod real;
mod support;
