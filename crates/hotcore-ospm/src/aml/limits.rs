//! Bounds: whatever the tables hold, an evaluation ends, and soon. It needs 64 KiB of stack at most in an
//! optimised build.

use core::time::Duration;

use super::error::Cause;

/// Terms of one evaluation or of loading one table. A scan over 512 CPUs takes some 50,000.
const STEPS: usize = 1 << 20;
/// Terms within each other, those of calling methods included.
const DEPTH: usize = 64;
/// Methods that have called each other.
pub(super) const CALLS: usize = 20;
/// `If`, `While`, `Device` and so on within each other, in one method.
pub(super) const BLOCKS: usize = 512;
/// Bytes of all strings, buffers and packages made in one evaluation, or in loading all tables.
const MADE: usize = 4 << 20;
/// Bytes of all values that differ from what the tables said.
pub(super) const HELD: usize = 1 << 20;
/// Bytes of one string or buffer, elements of one package.
pub(super) const SIZE: usize = 1 << 16;
/// Packages within packages.
pub(super) const NESTING: usize = 16;
/// Objects of the namespace.
pub(super) const NODES: usize = 1 << 16;
/// Levels of the namespace.
pub(super) const LEVELS: u16 = 64;
/// All that one evaluation, or loading all tables, may wait.
const WAIT: Duration = Duration::from_secs(10);

/// What an evaluation has used up.
#[derive(Debug, Clone, Default)]
pub(super) struct Budget {
    steps: usize,
    depth: usize,
    made: usize,
    waited: Duration,
}

impl Budget {
    /// After a table: what it has made stays, if the table does; its steps are no other table's.
    pub(super) fn next_table(&self, before: &Self, stays: bool) -> Self {
        let made = if stays { self.made } else { before.made };
        Self { made, waited: self.waited, ..Self::default() }
    }

    /// Does so many steps.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Cause> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > STEPS { Err(Cause::Limit("steps")) } else { Ok(()) }
    }

    /// Begins with a term that is part of another one.
    pub(super) fn descend(&mut self) -> Result<(), Cause> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Cause::Limit("terms within each other"));
        }
        self.spend(1)
    }

    /// Is done with it.
    pub(super) fn ascend(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Makes an object of so many bytes, which takes time, too.
    pub(super) fn make(&mut self, bytes: usize) -> Result<(), Cause> {
        self.made = self.made.saturating_add(bytes);
        if self.made > MADE {
            return Err(Cause::Limit("bytes of objects"));
        }
        self.spend(bytes / 64)
    }

    /// Waits.
    pub(super) fn wait(&mut self, time: Duration) -> Result<(), Cause> {
        self.waited = self.waited.saturating_add(time);
        if self.waited > WAIT { Err(Cause::Limit("waiting")) } else { Ok(()) }
    }

    /// What `Timer` reads, in units of 100 ns: what was waited and, since there is no clock here, a
    /// unit per step.
    pub(super) fn timer(&self) -> u64 {
        (self.waited.as_nanos() / 100) as u64 + self.steps as u64
    }
}
