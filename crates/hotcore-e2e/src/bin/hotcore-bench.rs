//! `hotcore-bench NAME ROUNDS SECONDS`: the benchmarks' side next to a guest. Prints samples as JSON lines
//! for `cargo xtask bench`, which is what people run.

use std::process::ExitCode;

use hotcore_e2e::{bench, tell};
use hotcore_report::{Bench, Sample};

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let bench = words.next().as_deref().and_then(Bench::named);
    let mut number = || words.next().and_then(|number| number.parse().ok());
    let (Some(bench), Some(rounds), Some(seconds)) = (bench, number(), number()) else {
        let names = Bench::EVERY.map(Bench::name).join("|");
        eprintln!("usage: hotcore-bench {names} ROUNDS SECONDS");
        return ExitCode::from(2);
    };
    if let Err(error) = bench::run(bench, rounds, seconds, &mut |sample| tell(&sample)) {
        tell(&Sample::Failed { why: error.to_string() });
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
