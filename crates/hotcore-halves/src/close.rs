//! The end: nobody wishes for anything any more, time passes, and everything has to end.

use crate::judge::Violation;
use crate::mutant::Mutant;
use crate::program::Program;
use crate::world::{Step, World};

/// Steps within which everything has to have ended; a scan and an eject take some fifty.
const MOST_STEPS: usize = 2000;

impl World {
    /// Whether nothing happens by itself.
    pub fn is_quiet(&self, program: &Program) -> bool {
        let mut steps = Vec::new();
        self.natural_steps(program, &mut steps);
        steps.is_empty()
    }

    /// Lets everything happen that happens by itself, and time pass, until nobody waits for anything.
    pub fn close(mut self, program: &mut Program, mutant: Option<Mutant>) -> Result<(), Violation> {
        let mut steps: Vec<Step> = Vec::new();
        for _ in 0..MOST_STEPS {
            steps.clear();
            self.natural_steps(program, &mut steps);
            if let Some(&step) = steps.last() {
                self.take(step, program, mutant)?;
            } else if !self.let_pass(program, mutant)? {
                return self.judge_end(program);
            }
        }
        Err(Violation::Endless)
    }
}
