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
//!
//! | status | `hotcore ctl` |
//! |---|---|
//! | 0 | done; with `--no-wait`, asked |
//! | 1 | the VMM cannot be talked to, or did not take the command; the reason is on stderr |
//! | 2 | the command line is wrong |
//! | 3 | the guest refused |
//! | 4 | the guest did not answer in time |
//! | 5 | the guest has added the CPU, but not brought it up in time |
//! | 6 | the request was taken back, or a reset completed it |
//!
//! Where a resize has several outcomes, the lowest of 3 to 6 counts.

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
/// The guest refused.
pub(crate) const REFUSED: u8 = 3;
/// The guest did not answer in time.
pub(crate) const TIMED_OUT: u8 = 4;
/// The guest has added a CPU, but not brought it up in time.
pub(crate) const NOT_ONLINED: u8 = 5;
/// A request was taken back, or a reset completed it.
pub(crate) const OVERTAKEN: u8 = 6;

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

/// The table for `hotcore ctl --help`.
pub(crate) const OF_CTL: &str = "\
Exit status:
  0  done; with --no-wait, asked
  1  the VMM cannot be talked to, or did not take the command; the reason is on stderr
  2  the command line is wrong
  3  the guest refused
  4  the guest did not answer in time
  5  the guest has added the CPU, but not brought it up in time
  6  the request was taken back, or a reset completed it
Where a resize has several outcomes, the lowest of 3 to 6 counts.";
