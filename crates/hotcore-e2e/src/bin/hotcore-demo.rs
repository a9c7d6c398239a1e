//! `hotcore-demo KERNEL`: the demo's side next to the guest. Prints events as JSON lines for
//! `cargo xtask demo`, which is what people run.

use std::process::ExitCode;

use hotcore_e2e::{Kernel, demo, tell};
use hotcore_report::Event;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let kernel = words.next().as_deref().and_then(Kernel::named);
    let Some(kernel) = kernel else {
        eprintln!("usage: hotcore-demo 6.12|7.2|other");
        return ExitCode::from(2);
    };
    let last = match demo::play(kernel, &mut |event| tell(event)) {
        Ok(()) => Event::Passed,
        Err(error) => Event::Failed { why: error.to_string() },
    };
    tell(&last);
    ExitCode::from(u8::from(last != Event::Passed))
}
