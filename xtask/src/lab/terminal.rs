//! The terminal of the person who asked for a shell in the lab.

use std::io;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcgetwinsize, tcsetattr};

use super::LabError;

/// The terminal in raw mode: every key goes to the lab. It is restored when this is dropped.
pub(super) struct Terminal {
    pub(super) rows: u16,
    pub(super) columns: u16,
    before: Termios,
}

impl Terminal {
    pub(super) fn raw() -> Result<Self, LabError> {
        let system = |error: rustix::io::Errno| {
            LabError::system("use the terminal (is standard input one?)")(error.into())
        };
        let stdin = io::stdin();
        let before = tcgetattr(&stdin).map_err(system)?;
        let size = tcgetwinsize(&stdin).map_err(system)?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(&stdin, OptionalActions::Now, &raw).map_err(system)?;
        Ok(Self { rows: size.ws_row, columns: size.ws_col, before })
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // There is nothing left to do for a terminal that has gone.
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}
