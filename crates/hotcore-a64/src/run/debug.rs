//! A PE under a debugger: breakpoints by virtual address, and steps of one instruction.
//!
//! Guest memory is changed for neither, so whoever reads code reads the guest's. Blocks are executed
//! as ever where no breakpoint can lie in them; the instructions just before one are executed alone.
//! A PE that was not asked for this asks one question per turn.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{BLOCKS_PER_LOOK, Core, Exit};
use crate::block::{BLOCK_MAX, NONE};
use crate::cluster::Doorbell;

/// What a debugger wants of a PE.
#[derive(Default)]
pub(super) struct Debug {
    breakpoints: Arc<BTreeSet<u64>>,
    step: Step,
}

/// How far a single step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Step {
    #[default]
    NotWanted,
    Wanted,
    /// The instruction has completed and the outside was called: it has to come back first.
    Done,
}

impl Core {
    /// From now on [`Core::run`] returns [`Exit::Breakpoint`] before it executes an instruction at
    /// one of these virtual addresses, whichever translation they have then.
    pub fn set_breakpoints(&mut self, breakpoints: Arc<BTreeSet<u64>>) {
        let steps = self.debug.as_ref().is_some_and(|debug| debug.step != Step::NotWanted);
        if breakpoints.is_empty() && !steps {
            // As fast as without a debugger.
            self.debug = None;
            return;
        }
        self.debug.get_or_insert_default().breakpoints = breakpoints;
    }

    /// Whether [`Core::run`] executes one instruction and returns [`Exit::Stepped`]. No interrupt is
    /// taken before it: stepping would always end in the timer's handler otherwise. A breakpoint at
    /// the instruction itself does not count.
    pub fn set_single_step(&mut self, wanted: bool) {
        let step = if wanted { Step::Wanted } else { Step::NotWanted };
        self.debug.get_or_insert_default().step = step;
    }

    /// [`Core::turn`] with a debugger.
    #[cold]
    pub(super) fn turn_under_debugger(&mut self) -> Option<Exit> {
        match self.debug.as_ref().map(|debug| debug.step) {
            None | Some(Step::NotWanted) => self.turn_to_breakpoint(),
            Some(Step::Wanted) => self.single_step(),
            Some(Step::Done) => {
                self.set_single_step(false);
                Some(Exit::Stepped)
            }
        }
    }

    fn single_step(&mut self) -> Option<Exit> {
        let exit = if self.cpu.replay.is_pending() {
            self.execute_alone()
        } else {
            self.cpu.serve_requests();
            if self.cpu.bell.take(Doorbell::KICK) {
                return Some(Exit::Kicked);
            }
            if self.cpu.is_software_stepping() {
                self.software_step()
            } else {
                self.execute_alone()
            }
        };
        match exit {
            Some(Exit::Device(_)) => return exit,
            Some(_) => self.debug.get_or_insert_default().step = Step::Done,
            None => self.set_single_step(false),
        }
        exit.or(Some(Exit::Stepped))
    }

    fn turn_to_breakpoint(&mut self) -> Option<Exit> {
        if self.cpu.replay.is_pending() {
            return self.execute_alone();
        }
        if let Some(exit) = self.attend() {
            return Some(exit);
        }
        if self.next_breakpoint() == Some(self.cpu.pc) {
            return Some(Exit::Breakpoint);
        }
        if self.cpu.is_software_stepping() {
            return self.software_step();
        }
        if self.cpu.illegal || self.cpu.traces_instructions() {
            return self.execute_alone();
        }
        self.execute_blocks_to_breakpoint()
    }

    fn execute_blocks_to_breakpoint(&mut self) -> Option<Exit> {
        for _ in 0..BLOCKS_PER_LOOK {
            if self.cpu.wants_attention() {
                return None;
            }
            if let Some(breakpoint) = self.next_breakpoint() {
                let at_it = breakpoint == self.cpu.pc;
                return if at_it { Some(Exit::Breakpoint) } else { self.execute_alone() };
            }
            let found = self.blocks.find(&mut self.cpu, NONE);
            if found.and_then(|block| self.blocks.execute(&mut self.cpu, block)).is_err() {
                return self.trapped();
            }
        }
        None
    }

    /// The first breakpoint that a block at the PC may reach.
    fn next_breakpoint(&self) -> Option<u64> {
        let from = self.cpu.pc;
        let to = from.saturating_add(4 * u64::from(BLOCK_MAX));
        self.debug.as_ref()?.breakpoints.range(from..to).next().copied()
    }
}

#[cfg(test)]
mod tests;
