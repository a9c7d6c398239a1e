//! The terminal as a screen, and back on every way out: see also [`ending`](crate::ending).

use std::io::{self, Stdout, stdout};
use std::sync::atomic::{AtomicBool, Ordering};

use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::Command;
use ratatui::crossterm::cursor::{Hide, Show};
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{
    EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};

/// Whether there is something to restore.
static TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal, until this is dropped.
pub(super) struct Taken {
    pub(super) terminal: Terminal<CrosstermBackend<Stdout>>,
}

impl Taken {
    /// Takes the terminal.
    pub(super) fn new() -> io::Result<Self> {
        TAKEN.store(true, Ordering::SeqCst);
        let taken = Self { terminal: Terminal::new(CrosstermBackend::new(stdout()))? };
        enable_raw_mode()?;
        execute!(stdout(), EnterAlternateScreen, Hide)?;
        Ok(taken)
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        restore();
    }
}

/// Gives the terminal back, if it was taken. Any thread may.
pub(crate) fn restore() {
    if !TAKEN.swap(false, Ordering::SeqCst) {
        return;
    }
    // There is nobody left to tell that it does not work. And no lock is taken, which a thread that is
    // stuck may hold.
    let _ = disable_raw_mode();
    let mut text = String::new();
    let _ = LeaveAlternateScreen.write_ansi(&mut text);
    let _ = Show.write_ansi(&mut text);
    let _ = rustix::io::write(rustix::stdio::stdout(), text.as_bytes());
}
