//! Ends that nobody planned: signals and panics.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::{fs, io, panic, process, thread};

use hotcore_vmm::Vmm;
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals as Incoming;

use crate::run::terminal;
use crate::{status, top, trace};

/// Those that ask a process to end.
const ENDING: [i32; 4] = [SIGTERM, SIGINT, SIGHUP, SIGQUIT];

/// Signals cannot be watched.
#[derive(Debug, thiserror::Error)]
#[error("signals cannot be watched")]
pub(crate) struct SignalsError(#[source] io::Error);

/// Remembers which signal came.
pub(crate) struct Signals {
    /// 0: none yet.
    first: Arc<AtomicI32>,
}

impl Signals {
    /// From now on the first signal that asks this process to end ends the machine instead. The
    /// second one, should the machine not manage, ends the process.
    ///
    /// What the caller has this process ignore, such as `nohup` does with SIGHUP, stays ignored.
    pub(crate) fn watch(vmm: Vmm) -> Result<Self, SignalsError> {
        Self::watch_for(move || vmm.leave())
    }

    /// The same for whatever else shall end: the first signal has `end` called.
    pub(crate) fn watch_for(end: impl Fn() + Send + 'static) -> Result<Self, SignalsError> {
        let ignored = ignored();
        let watched = ENDING.into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
        let mut incoming = Incoming::new(watched).map_err(SignalsError)?;
        let first = Arc::new(AtomicI32::new(0));
        let seen = Arc::clone(&first);
        let watch = move || {
            for signal in incoming.forever() {
                if seen.swap(signal, Ordering::AcqRel) != 0 {
                    terminal::restore();
                    top::restore();
                    trace::flush();
                    process::exit(status::of_signal(signal).into());
                }
                end();
            }
        };
        thread::Builder::new().name("signals".into()).spawn(watch).map_err(SignalsError)?;
        Ok(Self { first })
    }

    /// The signal that ended the machine.
    pub(crate) fn received(&self) -> Option<i32> {
        Some(self.first.load(Ordering::Acquire)).filter(|&signal| signal != 0)
    }
}

/// The mask of ignored signals (proc(5), `SigIgn`): bit N-1 for signal N.
fn ignored() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// From now on a panic of any thread is the end of the process, in good order for its caller: a
/// machine that lacks a thread would hang.
pub(crate) fn end_on_panic() {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        terminal::restore();
        top::restore();
        trace::flush();
        report(info);
        process::exit(status::FAILURE.into());
    }));
}
