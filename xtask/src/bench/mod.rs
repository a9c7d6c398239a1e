//! `cargo xtask bench`: what hotplug, idle CPUs, a start and the software engine cost, and how quickly
//! clients are answered, next to the goals.
//!
//! Measured next to the guest by `hotcore-bench` (`hotcore-e2e`); here the samples are worked into
//! [`results`], shown as a table, as JSON and as a [`plot`]. Nothing is asserted: a nested lab is
//! slow and noisy, and what the numbers are worth depends on where they come from.

mod control;
mod cycles;
mod engine;
mod parking;
mod plot;
mod results;

use std::error::Error;
use std::ffi::OsString;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use hotcore_report::{Bench, Sample};

use crate::error::FetchError;
use crate::guest_side::{self, Program};
use crate::lab::{Engine, EngineChoice};
use crate::{fetch, here};
use results::Results;

/// What `cargo xtask bench` takes.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What to measure: hotplug, density, start, engine (against QEMU's emulator), cycles (what
    /// adding and removing CPUs over and over leaves behind), control (how quickly clients are
    /// answered) or parking (CPUs that come and go through mailboxes, next to PSCI)
    #[arg(value_parser = bench)]
    bench: Bench,
    /// How often; for engine, how many pairs of boots [default: 20; engine and
    /// control: 5, parking: 100, cycles: 1000]
    #[arg(
        long,
        value_name = "N",
        visible_aliases = ["pairs", "cycles"],
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    rounds: Option<u32>,
    /// How long control has many clients at once [default: 60]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds: Option<u32>,
    /// What executes the guests: what this machine has, KVM (on a nested arm64 machine where this
    /// is none), or software
    #[arg(long, value_enum, default_value_t)]
    engine: EngineChoice,
    /// Print the results as JSON (target/bench/NAME.json) instead of a table
    #[arg(long)]
    json: bool,
}

fn bench(name: &str) -> Result<Bench, String> {
    Bench::named(name).ok_or_else(|| {
        let names: Vec<_> = Bench::EVERY.into_iter().map(Bench::name).collect();
        format!("there are {}", names.join(", "))
    })
}

impl Arguments {
    fn rounds(&self) -> u32 {
        self.rounds.unwrap_or(match self.bench {
            Bench::Hotplug | Bench::Density | Bench::Start => 20,
            Bench::Engine | Bench::Control => 5,
            Bench::Cycles => 1000,
            Bench::Parking => 100,
        })
    }

    fn seconds(&self) -> Result<u32, String> {
        match (self.bench, self.seconds) {
            (Bench::Control, seconds) => Ok(seconds.unwrap_or(60)),
            (_, None) => Ok(0),
            (bench, Some(_)) => {
                Err(format!("`bench {}` takes rounds: leave --seconds out", bench.name()))
            }
        }
    }

    /// What is to execute the guests.
    fn engine(&self) -> Result<Engine, String> {
        match (self.bench, self.engine) {
            (Bench::Engine, EngineChoice::Kvm) => {
                Err("`bench engine` measures the software engine: leave --engine out".to_owned())
            }
            (Bench::Engine, _) => Ok(Engine::Soft),
            (_, choice) => Ok(choice.engine()),
        }
    }

    /// What the benchmark has to be told beside its arguments.
    fn environment(&self) -> Result<Vec<(String, OsString)>, FetchError> {
        if self.bench != Bench::Engine {
            return Ok(Vec::new());
        }
        let qemu = fetch::qemu()?;
        Ok(vec![
            ("HOTCORE_QEMU_SYSTEM".to_owned(), qemu.program.into()),
            ("HOTCORE_QEMU_LIBRARIES".to_owned(), qemu.library_path.into()),
            ("HOTCORE_QEMU_DATA".to_owned(), qemu.data_dir.into()),
        ])
    }
}

/// Measures, prints the results and saves them.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let bench = arguments.bench;
    let results = Results::of(bench, measure(arguments)?);
    let results = results.ok_or("hotcore-bench told too few samples")?;
    let text = serde_json::to_string_pretty(&results)? + "\n";
    let drawing = match bench {
        Bench::Cycles => cycles::drawing(&results),
        _ => plot::of(&results),
    };
    let folder = fetch::workspace().join("target").join("bench");
    guest_side::save(&folder.join(format!("{}.json", bench.name())), &text)?;
    guest_side::save(&folder.join(format!("{}.svg", bench.name())), &drawing)?;
    let shown = if arguments.json { text } else { results.table() };
    io::stdout().write_all(shown.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

fn measure(arguments: &Arguments) -> Result<Vec<Sample>, Box<dyn Error>> {
    let name = arguments.bench.name();
    let program = Program {
        name: "hotcore-bench",
        engine: arguments.engine()?,
        profile: here::RELEASE,
        args: &[name, &arguments.rounds().to_string(), &arguments.seconds()?.to_string()],
        env: arguments.environment()?,
        ..Program::default()
    };
    let mut samples = Vec::new();
    let status = program.run(|sample: Sample| {
        samples.push(sample);
        eprintln!("{name}: {} samples", samples.len());
    })?;
    let trouble = samples.iter().find_map(|sample| match sample {
        Sample::Failed { why } => Some(why.clone()),
        _ => None,
    });
    if let Some(why) = trouble {
        return Err(why.into());
    }
    if status != 0 {
        return Err(format!("hotcore-bench ended with status {status}").into());
    }
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn parse(words: &str) -> Result<Arguments, clap::Error> {
        let words = std::iter::once("bench").chain(words.split_whitespace());
        Line::try_parse_from(words).map(|line| line.arguments)
    }

    #[test]
    fn each_benchmark_has_its_own_number_of_rounds() {
        for (line, rounds) in [
            ("hotplug", 20),
            ("engine", 5),
            ("engine --pairs 7", 7),
            ("cycles", 1000),
            ("cycles --cycles 30", 30),
            ("density --rounds 2", 2),
            ("control --seconds 3", 5),
        ] {
            assert_eq!(parse(line).unwrap().rounds(), rounds, "{line}");
        }
        for line in ["", "cycle", "engine --pairs 0", "engine --pairs many"] {
            assert!(parse(line).is_err(), "{line}");
        }
    }

    #[test]
    fn only_control_takes_a_time() {
        assert_eq!(parse("control").unwrap().seconds(), Ok(60));
        assert_eq!(parse("control --seconds 3").unwrap().seconds(), Ok(3));
        assert_eq!(parse("start").unwrap().seconds(), Ok(0));
        assert!(parse("start --seconds 3").unwrap().seconds().is_err());
        assert!(parse("control --seconds 0").is_err());
    }

    #[test]
    fn the_engine_is_measured_in_software_only() {
        assert_eq!(parse("engine").unwrap().engine(), Ok(Engine::Soft));
        assert_eq!(parse("cycles --engine kvm").unwrap().engine(), Ok(Engine::Kvm));
        assert!(parse("engine --engine kvm").unwrap().engine().is_err());
    }
}
