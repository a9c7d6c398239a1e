//! `hotcore`: run a guest whose CPUs come and go.
fn main() {}
