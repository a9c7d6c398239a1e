//! A small program inside the test guest, for what its shell cannot do: uevents, interrupts of
//! the performance counters, load on one CPU, another kernel.

mod affinity;
mod kexec;
mod perf;
mod uevents;

use std::process::ExitCode;
use std::time::{Duration, Instant};
use std::{env, io};

const USAGE: &str = "\
usage: hotcore-guest-agent uevents [DEVPATH-PREFIX]   print ACTION DEVPATH of the kernel's events
       hotcore-guest-agent perf CPU MILLISECONDS      print how many samples the cycle counter gave
       hotcore-guest-agent burn CPU MILLISECONDS      keep one CPU busy
       hotcore-guest-agent kexec KERNEL INITRAMFS      start another kernel";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match *words {
        ["uevents"] => uevents::print(""),
        ["uevents", prefix] => uevents::print(prefix),
        ["perf", cpu, time] => on_cpu(cpu, time, |cpu, time| {
            println!("{}", perf::samples(cpu, || spin(time))?);
            Ok(())
        }),
        ["burn", cpu, time] => on_cpu(cpu, time, |_, time| {
            spin(time);
            Ok(())
        }),
        ["kexec", kernel, initramfs] => kexec::start(kernel, initramfs),
        _ => Err(io::Error::new(io::ErrorKind::InvalidInput, USAGE)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Moves this thread to the CPU, then does the work there.
fn on_cpu(
    cpu: &str,
    milliseconds: &str,
    work: impl FnOnce(u16, Duration) -> io::Result<()>,
) -> io::Result<()> {
    let not_a_number = |_| io::Error::new(io::ErrorKind::InvalidInput, USAGE);
    let cpu = cpu.parse().map_err(not_a_number)?;
    let time = Duration::from_millis(milliseconds.parse().map_err(not_a_number)?);
    affinity::pin(cpu)?;
    work(cpu, time)
}

fn spin(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}
