//! The benchmarks' side next to a guest. Each measures, and tells its samples one by one; what they
//! amount to is worked out where they are told.

mod control;
mod cycles;
mod density;
mod emulators;
mod engine;
mod footprint;
mod hotplug;
mod parking;
mod start;

use std::fs;
use std::thread::available_parallelism;

use hotcore_report::{Bench, Sample};

use crate::{GuestError, Kernel, Spec, engine as engine_name};

/// Numbers of possible CPUs that are compared.
const MAXIMA: [u16; 3] = [1, 64, 512];

/// RAM of the guests. Linux 6.12 does not boot with 512 possible CPUs in 512 MiB.
const RAM_KIB: u64 = 1536 << 10;

/// Runs a benchmark, so many rounds of it; what takes a time and not rounds takes so many `seconds`.
pub fn run(
    bench: Bench,
    rounds: u32,
    seconds: u32,
    tell: &mut dyn FnMut(Sample),
) -> Result<(), GuestError> {
    tell(place()?);
    match bench {
        Bench::Hotplug => hotplug::run(rounds, tell),
        Bench::Density => density::run(rounds, tell),
        Bench::Start => start::run(rounds, tell),
        Bench::Engine => engine::run(rounds, tell),
        Bench::Cycles => cycles::run(rounds, tell),
        Bench::Control => control::run(rounds, seconds, tell),
        Bench::Parking => parking::run(rounds, tell),
    }
}

/// A guest that disturbs nobody, with one CPU of `max`.
fn spec(max: u16) -> Spec {
    let mut spec = Spec::new(Kernel::Linux6_12, &format!("boot=1,max={max}")).quiet();
    spec.memory = format!("size={RAM_KIB}K");
    spec
}

/// Where this is measured.
fn place() -> Result<Sample, GuestError> {
    let text = |path| fs::read_to_string(path).map_err(GuestError::system(path));
    let kernel = text("/proc/sys/kernel/osrelease")?.trim().to_owned();
    let cpus = available_parallelism().map_err(GuestError::system("the number of CPUs"))?;
    let board = text("/sys/firmware/devicetree/base/compatible").unwrap_or_default();
    let board = board.split('\0').next().filter(|board| !board.is_empty());
    let board = board.unwrap_or(std::env::consts::ARCH).to_owned();
    Ok(Sample::Place { kernel, cpus: cpus.get() as u64, board, engine: engine_name() })
}
