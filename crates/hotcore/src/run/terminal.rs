//! The terminal in raw mode, and back on every way out.
//!
//! Every way out that a process can see: the normal end, errors, panics and the signals that
//! [`ending`](crate::ending) watches all lead to [`restore`].

use std::io::{IsTerminal, Stdin, stdin};
use std::sync::{Mutex, PoisonError};

use rustix::io::Errno;
use rustix::termios::{OptionalActions, OutputModes, Termios, tcgetattr, tcsetattr};

/// How the terminal was before; `None` while it is as it was.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// Whether a person can type on standard input.
pub(super) fn is_interactive() -> bool {
    stdin().is_terminal()
}

/// Hands every key to the guest as it is pressed, until [`restore`].
///
/// Output processing stays on, so that messages on stderr begin at the left margin.
pub(super) fn make_raw() -> Result<(), Errno> {
    let before = tcgetattr(stdin())?;
    let mut raw = before.clone();
    raw.make_raw();
    raw.output_modes |= before.output_modes & (OutputModes::OPOST | OutputModes::ONLCR);
    *saved() = Some(before);
    set(&stdin(), &raw)
}

/// Puts the terminal back to how it was, if it was changed.
pub(crate) fn restore() {
    // Its own statement: the lock is not held over the system call.
    let before = saved().take();
    if let Some(before) = before
        && let Err(error) = set(&stdin(), &before)
    {
        tracing::warn!("the terminal cannot be restored: {error}");
    }
}

fn saved() -> std::sync::MutexGuard<'static, Option<Termios>> {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// At once: waiting for output to drain would wait for ever at a terminal whose output is stopped.
fn set(terminal: &Stdin, modes: &Termios) -> Result<(), Errno> {
    rustix::io::retry_on_intr(|| tcsetattr(terminal, OptionalActions::Now, modes))
}
