//! `hotcore-demo KERNEL ENGINE`: the demo's side next to the guest. Prints events as JSON lines for
//! `cargo xtask demo`, which is what people run.

use std::io::{self, Write};
use std::process::ExitCode;

use hotcore_e2e::{Kernel, demo};
use hotcore_report::Event;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let kernel = words.next().as_deref().and_then(Kernel::named);
    let (Some(kernel), Some(engine)) = (kernel, words.next()) else {
        eprintln!("usage: hotcore-demo 6.12|7.2|other auto|kvm");
        return ExitCode::from(2);
    };
    let last = match demo::play(kernel, &engine, &mut tell) {
        Ok(()) => Event::Passed,
        Err(error) => Event::Failed { why: error.to_string() },
    };
    tell(&last);
    ExitCode::from(u8::from(last != Event::Passed))
}

/// One event, one line, at once.
fn tell(event: &Event) {
    let mut output = io::stdout().lock();
    let written = serde_json::to_writer(&mut output, event).map_err(io::Error::from);
    let written = written.and_then(|()| output.write_all(b"\n")).and_then(|()| output.flush());
    if let Err(error) = written {
        eprintln!("the event cannot be told: {error}");
    }
}
