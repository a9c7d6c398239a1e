//! Judges the instruction table by other decoders: disarm64 and yaxpeax-arm, and GNU objdump.
//!
//! Each has gaps of its own; `known` lists them with the reason why the table is right.

#![allow(clippy::unwrap_used, reason = "a panic is a test's report")]

mod known;
mod libraries;
mod objdump;
mod words;

/// The mnemonic of a disassembled instruction.
fn mnemonic(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}
