//! `hotcore top`: what can be typed.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::options::seconds;

/// What is said after the options in `--help`.
pub(crate) const HELP: &str = "\
Keys:
  arrows, Page Up, Page Down, Home, End  select a CPU
  a, +                                   add it, or the lowest that is missing
  r, -                                   remove it
  ?                                      show the keys
  q, Escape, Ctrl-C                      quit

A request is answered by the guest; what becomes of it is told below the table.

Exit status:
  0      as asked
  1      the VMM cannot be talked to any more, or the terminal; the reason is on stderr
  2      the command line is wrong
  128+N  ended by signal N";

/// `hotcore top`.
#[derive(Debug, Args)]
pub(crate) struct Top {
    /// The socket that the VMM was started with
    #[arg(long, value_name = "PATH")]
    pub(super) api_socket: PathBuf,
    /// How often to look
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds::parse)]
    pub(super) interval: Duration,
    /// Print one table, of the time of one interval, and end
    #[arg(long)]
    pub(super) once: bool,
    /// Print it as JSON
    #[arg(long, requires = "once")]
    pub(super) json: bool,
}
