//! What a person sees while something slow happens: one line on stderr per step, with its time.

use std::time::Instant;

/// Says that `what` begins, runs `step`, and says how long it took if it succeeded.
pub(crate) fn timed<T, E>(what: &str, step: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    eprintln!("{what} ...");
    let start = Instant::now();
    let result = step()?;
    eprintln!("{what}: done in {:.1} s", start.elapsed().as_secs_f64());
    Ok(result)
}
