//! What the programs of this package print.

use std::io::{self, Write};

use serde::Serialize;

/// Prints an object on a line of its own, at once.
pub fn tell(object: &impl Serialize) {
    let mut output = io::stdout().lock();
    let written = serde_json::to_writer(&mut output, object).map_err(io::Error::from);
    let written = written.and_then(|()| output.write_all(b"\n")).and_then(|()| output.flush());
    if let Err(error) = written {
        eprintln!("standard output: {error}");
    }
}
