//! Interrupts of the boot CPU, taken by asking and kept until somebody handles them.

use alloc::vec::Vec;

use crate::gic;

/// As many as are kept; a GED raises one at a time.
const KEPT: usize = 16;

/// What has come.
#[derive(Debug, Default)]
pub(crate) struct Interrupts {
    /// Shared ones, in the order in which they came.
    shared: Vec<u32>,
    /// From other CPUs.
    pub(crate) signals: u32,
    /// The timer's.
    pub(crate) timer: u32,
}

impl Interrupts {
    /// Takes what is there. Whether there was anything.
    pub(crate) fn collect(&mut self) -> bool {
        let mut any = false;
        while let Some(interrupt) = gic::take() {
            any = true;
            match interrupt {
                0..16 => self.signals += 1,
                gic::TIMER => self.timer += 1,
                32.. if self.shared.len() < KEPT && !self.shared.contains(&interrupt) => {
                    self.shared.push(interrupt);
                }
                _ => {}
            }
            // A level interrupt comes again for as long as it is not handled.
            if interrupt >= 32 {
                break;
            }
        }
        any
    }

    /// The first shared one of those that `wanted` takes.
    pub(crate) fn next(&mut self, wanted: impl Fn(u32) -> bool) -> Option<u32> {
        let at = self.shared.iter().position(|interrupt| wanted(*interrupt))?;
        Some(self.shared.remove(at))
    }
}
