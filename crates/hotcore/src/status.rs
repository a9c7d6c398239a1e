//! How `hotcore` tells its caller what happened: the exit statuses.
//!
//! | status | `hotcore run` |
//! |---|---|
//! | 0 | the guest powered off, or was ended by `vmm.shutdown` or Ctrl-A x |
//! | 1 | Hotcore failed; the reason is on stderr |
//! | 2 | the command line asks for something that cannot be |
//! | 3 | the guest crashed: it did something that cannot be executed |
//! | 4 | the guest reset itself, and `--no-reboot` was given |
//! | 128+N | ended by signal N |

/// As asked.
pub(crate) const SUCCESS: u8 = 0;
/// Hotcore failed.
pub(crate) const FAILURE: u8 = 1;
/// The command line is wrong: clap's own status for that.
pub(crate) const USAGE: u8 = 2;
/// The guest crashed.
pub(crate) const CRASHED: u8 = 3;
/// The guest reset itself where that is the end.
pub(crate) const RESET: u8 = 4;

/// Ended by a signal: what a shell makes of it.
pub(crate) fn of_signal(signal: i32) -> u8 {
    u8::try_from(signal).unwrap_or(0).saturating_add(128)
}

/// The table for `hotcore run --help`.
pub(crate) const OF_RUN: &str = "\
Exit status:
  0      the guest powered off, or was ended by vmm.shutdown or Ctrl-A x
  1      hotcore failed; the reason is on stderr
  2      the command line asks for something that cannot be
  3      the guest crashed: it did something that cannot be executed
  4      the guest reset itself, and --no-reboot was given
  128+N  ended by signal N

Keys, where the guest's console is a terminal:
  Ctrl-A x       end the machine
  Ctrl-A h       show these keys
  Ctrl-A Ctrl-A  send Ctrl-A to the guest

Environment:
  HOTCORE_LOG (or RUST_LOG)  what to log to stderr, such as \"debug\" or \"hotcore_vmm=trace\"; default \"warn\"";
