//! Both halves in every order of steps, and in some.
//!
//! `HOTCORE_RANDOM_STEPS=10000000` makes each of the random walks as long as that.

#![allow(clippy::panic, reason = "only tests use it")]

mod mutants;
mod search;

use std::io::{Write as _, stderr};

/// Says how much was searched, whether or not the test goes well: what a test prints is shown only when it
/// fails, what is written to stderr itself always.
fn say(text: &str) {
    let _ = writeln!(stderr(), "{text}");
}
