//! `hotcore autoscale`: what can be typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::builder::RangedU64ValueParser;

use super::policy::{Policy, PolicyError};
use crate::options::seconds;

/// What is said after the options in `--help`.
pub(crate) const HELP: &str = "\
CPUs are added when those there are have been used above target + margin for --add-after, as many as
bring them down to the target; they are removed, an eighth of them at most at a time, when those that
stay would be used below target - margin, for --remove-after, and none were added for --cool-down.
How busy they are is for how long the guest had something to do on them, as the VMM counts it: what the
host's CPUs spent on them, and what they waited for one. What a guest refuses is asked for again later
and later. Each decision is a line on standard output, with its reason.

Traces: JSON lines {\"at_s\": 1.0, \"enabled\": 2, \"busy\": [0.5, 0.25]}, as --record writes them, with
\"demand\": 0.75 instead of busy if you like; or CSV with the columns seconds, demand (or cpu0, cpu1, ...)
and, where it is known, enabled.

Exit status:
  0      the trace, or the VMM, has come to its end
  1      the VMM cannot be talked to, or a file not be read or written; the reason is on stderr
  2      the command line is wrong
  128+N  ended by signal N";

/// `hotcore autoscale`.
#[derive(Debug, Args)]
pub(crate) struct Autoscale {
    /// The socket that the VMM was started with
    #[arg(long, value_name = "PATH", required_unless_present = "dry_run")]
    pub(super) api_socket: Option<PathBuf>,
    /// Never fewer CPUs than this
    #[arg(long, value_name = "N", default_value = "1", value_parser = cpus())]
    min: u16,
    /// Never more CPUs than this
    #[arg(long, value_name = "M", value_parser = cpus())]
    max: u16,
    /// How much of its CPUs the guest shall use, in percent
    #[arg(long, value_name = "P", default_value = "70", value_parser = percent())]
    target_utilisation: u8,
    /// How far from that it may be, in percent of a CPU
    #[arg(long, value_name = "P", default_value = "10", value_parser = percent())]
    margin: u8,
    /// How often to look
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds::parse)]
    pub(super) interval: Duration,
    /// How long the CPUs have to be too busy before more are added
    #[arg(long, value_name = "SECONDS", default_value = "2", value_parser = seconds::parse)]
    add_after: Duration,
    /// How long they have to be idle before some are removed
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds::parse)]
    remove_after: Duration,
    /// How long none are removed after some were added
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = seconds::parse)]
    cool_down: Duration,
    /// Write the log as JSON, an object a line
    #[arg(long)]
    pub(super) json: bool,
    /// Write down how busy the CPUs are, for --dry-run
    #[arg(long, value_name = "FILE", conflicts_with = "dry_run")]
    pub(super) record: Option<PathBuf>,
    /// Do not touch a machine: tell what would have been decided during a recorded trace
    #[arg(long, value_name = "TRACE", conflicts_with = "api_socket")]
    pub(super) dry_run: Option<PathBuf>,
    /// Draw the demand and the CPUs that would have followed it
    #[arg(long, value_name = "FILE.svg", requires = "dry_run")]
    pub(super) plot: Option<PathBuf>,
}

impl Autoscale {
    /// The policy that is asked for.
    pub(super) fn policy(&self) -> Result<Policy, PolicyError> {
        let policy = Policy::new(self.min, self.max, self.target_utilisation, self.margin)?;
        Ok(Policy {
            add_after: self.add_after,
            remove_after: self.remove_after,
            cool_down: self.cool_down,
            ..policy
        })
    }
}

fn cpus() -> RangedU64ValueParser<u16> {
    RangedU64ValueParser::new().range(1..=u64::from(u16::MAX))
}

fn percent() -> RangedU64ValueParser<u8> {
    RangedU64ValueParser::new().range(1..=99)
}
