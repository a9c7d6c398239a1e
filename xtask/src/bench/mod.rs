//! `cargo xtask bench`: what hotplug, idle CPUs and a start cost, next to the goals.
//!
//! Measured next to the guest by `hotcore-bench` (`hotcore-e2e`); here the samples are worked into
//! [`results`], shown as a table, as JSON and as a [`plot`]. Nothing is asserted: a nested lab is
//! slow and noisy, and what the numbers are worth depends on where they come from.

mod plot;
mod results;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use hotcore_report::{Bench, Sample};

use crate::lab::EngineChoice;
use crate::{fetch, guest_side};
use results::Results;

/// What `cargo xtask bench` takes.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What to measure: hotplug, density or start
    #[arg(value_parser = bench)]
    bench: Bench,
    /// How often
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// What executes the guests: what this machine has, KVM (on a nested arm64 machine where this
    /// is none), or software
    #[arg(long, value_enum, default_value_t)]
    engine: EngineChoice,
    /// Print the results as JSON (target/bench/NAME.json) instead of a table
    #[arg(long)]
    json: bool,
}

fn bench(name: &str) -> Result<Bench, String> {
    Bench::named(name).ok_or_else(|| "there are hotplug, density and start".to_owned())
}

/// Measures, prints the results and saves them.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let Arguments { bench, rounds, engine, json } = *arguments;
    let mut samples = Vec::new();
    let args = [bench.name(), &rounds.to_string()];
    let status =
        guest_side::run(engine.engine(), "hotcore-bench", &args, &[], |sample: Sample| {
            eprintln!("{}: {} samples", bench.name(), samples.len());
            samples.push(sample);
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
    let results = Results::of(bench, samples).ok_or("hotcore-bench told no samples")?;
    let text = serde_json::to_string_pretty(&results)? + "\n";
    let folder = fetch::workspace().join("target").join("bench");
    guest_side::save(&folder.join(format!("{}.json", bench.name())), &text)?;
    guest_side::save(&folder.join(format!("{}.svg", bench.name())), &plot::of(&results))?;
    let shown = if json { text } else { results.table() };
    io::stdout().write_all(shown.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
