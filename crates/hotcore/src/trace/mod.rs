//! `--trace`: what the vCPUs do, as lines of a file.
//!
//! [`line`] says how an event reads, [`symbols`] names addresses. The machine's threads hand in
//! events; whichever way this process ends, [`flush`] brings the last of them to the file.

mod line;
mod psci;
mod symbols;
mod syndrome;

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::time::Instant;

use hotcore_a64::trace::Event;
use hotcore_engine::trace::{TraceEvent, TraceSink};
use hotcore_vcpu::VcpuIndex;

use self::line::Line;
use self::symbols::{Symbols, SymbolsError};

/// Bytes that wait for the file at most.
const BUFFER: usize = 1 << 20;

/// The trace of this process: a panic of any thread has to find it.
static WRITER: OnceLock<Arc<Writer>> = OnceLock::new();

/// Why a trace cannot be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TraceError {
    #[error("--trace-file {}: the file cannot be written", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("--symbols {}: the file cannot be read", path.display())]
    Symbols { path: PathBuf, source: io::Error },
    #[error("--symbols {}: {source}", path.display())]
    NoSymbols { path: PathBuf, source: SymbolsError },
}

/// Writes events to a file.
pub(crate) struct Writer {
    begin: Instant,
    state: Mutex<State>,
}

struct State {
    out: BufWriter<File>,
    symbols: Symbols,
    /// Why nothing is written any more.
    failed: Option<io::Error>,
}

impl Writer {
    /// Writes to a new file at `path`, with the names that a System.map at `symbols` has.
    pub(crate) fn create(path: &Path, symbols: Option<&Path>) -> Result<Arc<Self>, TraceError> {
        let symbols = symbols.map(read_symbols).transpose()?.unwrap_or_default();
        let file = File::create(path)
            .map_err(|source| TraceError::File { path: path.to_owned(), source })?;
        let out = BufWriter::with_capacity(BUFFER, file);
        let state = Mutex::new(State { out, symbols, failed: None });
        let writer = Arc::new(Self { begin: Instant::now(), state });
        // One process runs one machine.
        let _ = WRITER.set(Arc::clone(&writer));
        Ok(writer)
    }

    /// Brings every event so far to the file; tells if one was lost.
    pub(crate) fn finish(&self) -> io::Result<()> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.flush();
        state.failed.take().map_or(Ok(()), Err)
    }
}

impl State {
    fn flush(&mut self) {
        if self.failed.is_none() {
            self.failed = self.out.flush().err();
        }
    }
}

impl TraceSink for Writer {
    fn record(&self, cpu: VcpuIndex, event: &TraceEvent) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Inside the lock: lines are in the order of their times.
        let time = self.begin.elapsed();
        if let TraceEvent::Core(Event::Vectors { base }) = event {
            state.symbols.learn(cpu, *base);
        }
        let State { out, symbols, failed } = &mut *state;
        if failed.is_none() {
            *failed = writeln!(out, "{}", Line { time, cpu, event, symbols }).err();
        }
    }
}

/// Brings the trace to its file, if this process has one, where it ends without further notice.
pub(crate) fn flush() {
    let Some(writer) = WRITER.get() else { return };
    if let Some(mut state) = try_lock(&writer.state) {
        state.flush();
    }
}

/// Whoever panicked may hold the lock.
fn try_lock(state: &Mutex<State>) -> Option<MutexGuard<'_, State>> {
    match state.try_lock() {
        Ok(state) => Some(state),
        Err(TryLockError::Poisoned(state)) => Some(state.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

fn read_symbols(path: &Path) -> Result<Symbols, TraceError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| TraceError::Symbols { path: path.to_owned(), source })?;
    Symbols::parse(&text).map_err(|source| TraceError::NoSymbols { path: path.to_owned(), source })
}
