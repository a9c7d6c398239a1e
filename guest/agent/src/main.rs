//! A small program inside the test guest.
fn main() {}
